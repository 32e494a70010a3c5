/*
 * When something is to happen, as people write it, in English or French, or as cron and systemd do:
 *
 *     daily 03:00               tous les jours à 3h          @daily
 *     weekly mon 08:00          chaque lundi 08:00           mon..fri 09:00
 *     0 3 1,15 * *              *-*-01 04:00                 hourly
 *     every 6h                  toutes les 30 min            every 1h30
 *     at 2026-12-01T08:00       at 08:00, at 9, at 8pm       in 20m, dans une demi-heure
 *     tomorrow at 9, demain 8h  at 9 tomorrow, ce soir à 20h next monday 9:00, lundi prochain
 *     le 28/11/2026 à 14:02     28/11/2026 08:00             28 Nov 2026 at 08:00
 *     le 28/11 à 14:02          on 28 Nov at 14:02           le 28 novembre à 14h02
 *     monday to friday at 9     chaque lundi et jeudi à 18h  tous les jours ouvrés à 9h30
 *     on the 1st of the month   le premier lundi du mois     every month on the 15th
 *
 * Of two numbers the first is the day: behind "le" or before "à", elsewhere only where it can be no
 * month; with a dash between them they are systemd's month and day, but for those that both may be.
 * A day without a year is the next one of that name.
 *
 * Reads them, prints each in one canonical form, and tells the times before and after an instant.
 *
 * Fixed times (all but `every` and `in`) are times on the wall of a zone: one that is skipped when
 * clocks go forward happens once, just after the gap, together with all others of that gap; one
 * that comes twice when they go back happens once, at the first. Intervals follow elapsed time from
 * an anchor, the instant at which the spec was made. In cron's five fields a day fits when either
 * of the two day fields does, if neither contains a `*`; otherwise, and in systemd's form, both
 * must. Times lie between 1970 and 2100. Pure: zone and instants are arguments.
 */
#ifndef COMMON_DATA_TIME_SPEC_H
#define COMMON_DATA_TIME_SPEC_H

#include "common/data/calendar.h"
#include "common/data/time_problem.h"
#include "common/data/wall_clock.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    TIME_SPEC_CALENDAR,   /* again and again, at fixed times */
    TIME_SPEC_EVERY,      /* again and again, so much time apart */
    TIME_SPEC_IN,         /* once, so much time after the anchor */
    TIME_SPEC_AT_LOCAL,   /* once, at a date and time on the wall */
    TIME_SPEC_AT_INSTANT, /* once, at an instant */
    TIME_SPEC_AT_NEXT,    /* once, at the first such time of day after the anchor */
    TIME_SPEC_AT_DAY,     /* once, at a time of the anchor's day or of one of the next two */
    TIME_SPEC_AT_WEEKDAY, /* once, at a time of the first such day after the anchor's */
    TIME_SPEC_AT_DATE,    /* once, at the first such time of a month's day after the anchor */
} TimeSpecKind;

/* A value: it may be copied, and owns nothing. There may be very many of them. */
typedef struct TimeSpec {
    TimeSpecKind kind;
    int day; /* AT_DAY: 0 to 2, so many ahead; AT_WEEKDAY: 0 Monday … 6 Sunday; else 0 */
    union {
        Calendar calendar; /* CALENDAR; AT_DATE: one value in each mask, any day of the week */
        int64_t period_ms; /* EVERY, IN: whole seconds */
        int64_t at_s;      /* AT_LOCAL: on the wall; AT_INSTANT: Unix; the others: of the day */
    };
} TimeSpec;

/* On failure *out is untouched, and the problem, which was zero, says what is wrong; NULL: nobody
 * asks. */
bool time_spec_read(const char *text, TimeSpec *out, TimeProblem *problem);

/* The same with an error in English: `character 8: found "lundo", expected …`. */
bool time_spec_parse(const char *text, TimeSpec *out, GError **error);

/* The same of a text that nobody can be asked about, as it stands in a file: of two readings
 * systemd's, "05-06 08:00" is the 6th of May. */
bool time_spec_parse_kept(const char *text, TimeSpec *out, GError **error);

/* A length of time alone, as it stands behind "in": "2h", "two hours", "une demi-heure"; in ms.
 * False, and *out is untouched, when it is none. */
bool time_spec_read_length(const char *text, int64_t *out_ms);

/* The canonical form, which parses to an equal spec. The caller owns it. */
char *time_spec_print(const TimeSpec *spec);

bool time_spec_equal(const TimeSpec *a, const TimeSpec *b);

typedef enum {
    TIME_AS_WRITTEN,
    TIME_SKIPPED, /* the wall does not show it on that day: it happens just after the gap */
    TIME_TWICE,   /* the wall shows it twice: it happens at the first */
} TimeShift;

/* One time at which it happens. at_ms names it: no two of a spec are equal. */
typedef struct TimeOccurrence {
    int64_t at_ms;
    int64_t local_s; /* the time on the wall that the spec names: of several in one gap the first */
    TimeShift shift;
} TimeOccurrence;

/* The first occurrence strictly after after_ms, the last strictly before before_ms. False, and *out
 * untouched, when there is none before 2101. Calendars have occurrences before the anchor, too. */
bool time_spec_next(const TimeSpec *spec, const WallClock *clock, int64_t anchor_ms,
                    int64_t after_ms, TimeOccurrence *out);
bool time_spec_previous(const TimeSpec *spec, const WallClock *clock, int64_t anchor_ms,
                        int64_t before_ms, TimeOccurrence *out);

/* "02:30 does not exist that day: clocks go forward; runs at 03:00", or why it runs at the first of
 * two; NULL for a time as written. The caller owns it. */
char *time_occurrence_explain(const TimeOccurrence *occurrence, const WallClock *clock);

#endif
