/*
 * What each agent must know to judge for itself: the windows, its work hours, the pause wished for.
 */
#ifndef AGENT1_FLOW_RUNS_POLICY_H
#define AGENT1_FLOW_RUNS_POLICY_H

#include "agent1/flow/state/core_state.h"

/* The `policy` member of a control message. The caller owns it. */
Json *policy_for(const Core *core, const char *agent);

#endif
