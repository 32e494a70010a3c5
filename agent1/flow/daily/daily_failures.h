/*
 * The failures of a day, each with the line of its output that tells it. What is one: run_state.h.
 */
#ifndef AGENT1_FLOW_DAILY_DAILY_FAILURES_H
#define AGENT1_FLOW_DAILY_DAILY_FAILURES_H

#include "agent1/flow/state/core_state.h"

/* Lists those among the rows of a QUERY_DAY, and counts the others; nothing where there are none.
 */
void daily_failures_append(GString *text, const Core *core, const GPtrArray *rows);

#endif
