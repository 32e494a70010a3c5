/*
 * A moment as a person types it for one run: "20m", "in 2h", "14:30", RFC 3339, or as schedules
 * are told of one (common/data/time_spec.h): "tomorrow at 9", "demain 8h". Behind "in" stands a
 * length, behind "at" a time of day; "1h30" without either is refused, since it may be both.
 */
#ifndef AGENT1_FLOW_COMMANDS_MOMENT_H
#define AGENT1_FLOW_COMMANDS_MOMENT_H

#include "agent1/flow/state/core_state.h"

/* Later than now, and at most MOMENT_MAX_MS ahead. The clock's time is the next such one in the
 * installation's zone; on a day that has no such time, the day after. */
bool moment_parse(const Core *core, const char *text, int64_t *out_ms, GError **error);

/* A time of day alone, "22:00", "22 h 30", "noon", in minutes. */
bool moment_time_of_day(const char *text, int *out_min);

#define MOMENT_MAX_MS (30 * 24 * 3600 * INT64_C(1000))

#endif
