/*
 * Schedules as people read them: when each happens next, and what the gate makes of it.
 */
#ifndef AGENT1_FLOW_SCHEDULES_SCHEDULE_TEXT_H
#define AGENT1_FLOW_SCHEDULES_SCHEDULE_TEXT_H

#include "agent1/flow/schedules/schedule_book.h"
#include "agent1/model/gate.h"

/* "Mon 2026-11-30 03:00 CET", in the language of whoever is spoken to. The caller owns it. */
char *schedule_text_time(const Core *core, GTimeZone *zone, int64_t at_ms);

/* What becomes of one of its times, as far as it is known now. */
typedef enum {
    TIME_STARTS, /* then */
    TIME_ASKS,   /* then, when somebody approves it */
    TIME_WAITS,  /* at starts_ms: its gate opens */
    TIME_SKIPS,  /* it does not: the schedule wants it so, or the gate opens too late */
    TIME_FAILS,  /* it is refused */
} TimeFate;

typedef struct ScheduledTime {
    Occurrence occurrence;
    TimeFate fate;
    int64_t starts_ms;
    Rule rule;    /* of the gate: all but STARTS */
    char *reason; /* the gate's; NULL when it starts */
} ScheduledTime;

void scheduled_time_clear(ScheduledTime *time);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScheduledTime, scheduled_time_clear)

/* Its first time after an instant; false when there is none. The caller clears it. */
bool schedule_text_next(Core *core, const Schedule *schedule, int64_t after_ms, ScheduledTime *out);

/* The first time after its mark that is not skipped. When all are that were looked at, the last of
 * them. */
typedef struct NextStart {
    bool is_known; /* false: it is over, or held */
    ScheduledTime time;
    unsigned skipped; /* so many come before it */
} NextStart;

void next_start_clear(NextStart *next);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NextStart, next_start_clear)

/* Many times may have to be looked at: who tells of a schedule twice looks once. The caller clears
 * it. */
void schedule_text_next_start(Core *core, const Schedule *schedule, NextStart *out);

/* "Mon 2026-11-30 03:00 CET, starts 05:00 CET (blackout hours 02:00-05:00)", and why where clocks
 * are set. Where the schedule's clock shows another time than the installation's, both. The caller
 * owns it. */
char *schedule_text_of_time(Core *core, const Schedule *schedule, const ScheduledTime *time);

/* The whole line: "apt-weekly: weekly mon 03:00 · web1 · apt upgrade · next …". The caller owns it.
 */
char *schedule_text_line(Core *core, const Schedule *schedule);

/* The same where its next start was looked at. */
char *schedule_text_line_of(Core *core, const Schedule *schedule, const NextStart *next);

/* ", nearest: a, b", or "" when none is near. The caller owns it. */
char *schedule_text_nearest(Core *core, const char *id);

#endif
