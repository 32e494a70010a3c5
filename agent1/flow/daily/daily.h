/*
 * The day: each agent is asked for its report at its time, and the compiled report goes to admins
 * and operators at its own, once per local day. What was sent is a mark in the store, stored
 * together with what is said; what was reported is a row. What was asked is in memory alone: after
 * a restart an agent without a row is asked again.
 */
#ifndef AGENT1_FLOW_DAILY_DAILY_H
#define AGENT1_FLOW_DAILY_DAILY_H

#include "agent1/flow/state/core_state.h"

/* At the start, and when people's files were read anew. A time that is new begins with its next
 * occurrence. */
void daily_settle(Core *core);

void daily_due(Core *core);

/* A report message of an agent. */
void daily_take_report(Core *core, FleetAgent *agent, const Message *message);

/* When this time of day comes next after now. */
int64_t daily_next_ms(const Core *core, int minute);

/* "2026-11-25", the last day whose compiled report was sent; NULL: none yet. The caller owns it. */
char *daily_last_sent(const Core *core);

#endif
