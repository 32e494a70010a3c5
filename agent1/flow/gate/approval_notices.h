/*
 * What those who may answer an approval hear of it, unasked: when it opens, when it opens again,
 * and once before it expires. The runs of one plan are one message: a phone does not ring forty
 * times.
 */
#ifndef AGENT1_FLOW_GATE_APPROVAL_NOTICES_H
#define AGENT1_FLOW_GATE_APPROVAL_NOTICES_H

#include "agent1/flow/state/core_state.h"

/* At the end of each step. */
void approval_notices_send(Core *core);

#endif
