/*
 * What agents reported of their day: one row for each agent and local day.
 */
#ifndef AGENT1_FLOW_DAILY_DAILY_ROWS_H
#define AGENT1_FLOW_DAILY_DAILY_ROWS_H

#include "agent1/flow/state/core_state.h"

/* "web1/2026-11-25": the row's id. The caller owns it. */
char *daily_rows_id(const char *agent, int64_t day);

/* The row of an agent's report of that day; borrowed, NULL: it has not reported. */
const Row *daily_rows_find(const Core *core, const char *agent, int64_t day);

#endif
