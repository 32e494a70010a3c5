/*
 * The occurrences of one schedule: which is due, and whether it still runs or was missed. Knows no
 * task and no agent; what became of an occurrence is the caller's to remember, as a mark: the
 * nominal time of the last one that was decided.
 *
 * An occurrence is on time until ON_TIME_MS after its time. Later than that it is late: of the late
 * ones as many are made up for as the rule allows, and none that is later than max_lateness_ms.
 * Each that is not is missed. A long row of missed ones is told as one.
 */
#ifndef AGENT1_MODEL_OCCURRENCE_H
#define AGENT1_MODEL_OCCURRENCE_H

#include "common/data/time_spec.h"

/* So long a restart takes at most; a max_lateness that is shorter wins. */
#define OCCURRENCE_ON_TIME_MS (60 * INT64_C(1000))

/* Of more missed ones at once only the last has a row of its own. */
#define OCCURRENCE_MISSED_ROWS 100

/* They are counted up to this number. */
#define OCCURRENCE_COUNT_MAX 100000

typedef enum {
    MAKE_UP_NONE,
    MAKE_UP_LAST,
    MAKE_UP_ALL,
} MakeUp;

/* Everything is borrowed. */
typedef struct OccurrenceRule {
    const TimeSpec *spec;
    const WallClock *clock;
    int64_t anchor_ms; /* as of time_spec_next() */
    int make_up;       /* MakeUp */
    int64_t max_lateness_ms;
    int64_t jitter_ms; /* each is due so much later at most, and not after the next one's time:
                          always the same for the same one */
    const char *salt;  /* what tells the jitter of this schedule from another's */
} OccurrenceRule;

typedef struct Occurrence {
    TimeOccurrence time; /* time.at_ms is its nominal time */
    int64_t due_ms;      /* with its jitter */
    bool is_missed;
    unsigned count;   /* how many it stands for, itself the last: 1 unless many were missed */
    int64_t first_ms; /* the nominal time of the first of those */
} Occurrence;

/* The first one after the mark; false when there is none. Not whether it is due. */
bool occurrence_next(const OccurrenceRule *rule, int64_t mark_ms, Occurrence *out);

/* The first one after the mark if it is due at now_ms, and what is to become of it; false when
 * nothing is due. The mark then moves to its nominal time. */
bool occurrence_take_due(const OccurrenceRule *rule, int64_t mark_ms, int64_t now_ms,
                         Occurrence *out);

/*
 * True when the clock was put back so far that the next one is further away than it may be: for an
 * interval more than a period, for fixed times more than two days after the mark. Fixed times that
 * lie between now and the mark already had their occurrence, and do not come again for less.
 */
bool occurrence_is_stuck(const OccurrenceRule *rule, int64_t mark_ms, int64_t now_ms);

#endif
