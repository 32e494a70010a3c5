/*
 * Approvals: runs that wait for a person's yes, bound to exactly what would be started
 * (common/wire/approval.h). Durable; each ends by itself after a while, with a reminder before.
 */
#ifndef AGENT1_FLOW_APPROVALS_H
#define AGENT1_FLOW_APPROVALS_H

#include "agent1/flow/core_state.h"
#include "agent1/model/gate.h"

/* Opens an approval of the run, whose row the caller stores. */
void approvals_open(Core *core, Run *run, const Verdict *verdict);

#endif
