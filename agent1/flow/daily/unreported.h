/*
 * Agents that are there, were asked for their report, and sent none: told half an hour later, once
 * for each day, where no compiled report comes soon that names them anyhow. Of those that are gone
 * people know already (agent1/flow/fleet/absence.h).
 */
#ifndef AGENT1_FLOW_DAILY_UNREPORTED_H
#define AGENT1_FLOW_DAILY_UNREPORTED_H

#include "agent1/flow/state/core_state.h"

/* Returns when to look again. */
int64_t unreported_look(Core *core);

#endif
