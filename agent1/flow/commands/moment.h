/*
 * A moment as a person types it for one run: "20m", "in 2h", "14:30", "at 14:30", or RFC 3339.
 */
#ifndef AGENT1_FLOW_COMMANDS_MOMENT_H
#define AGENT1_FLOW_COMMANDS_MOMENT_H

#include "agent1/flow/state/core_state.h"

/* Later than now, and at most MOMENT_MAX_MS ahead. The clock's time is the next such one in the
 * installation's zone; on a day that has no such time, the day after. */
bool moment_parse(const Core *core, const char *text, int64_t *out_ms, GError **error);

#define MOMENT_MAX_MS (30 * 24 * 3600 * INT64_C(1000))

#endif
