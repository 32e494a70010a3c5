/* What time alone brings: repeats, expiry, deferred runs that meet the gate again, old rows. */
#ifndef AGENT1_FLOW_TICK_H
#define AGENT1_FLOW_TICK_H

#include "agent1/flow/state/core_state.h"

/* EVENT_TICK, and the end of every step: does all that is due. */
void tick_do(Core *core);

int64_t tick_next_deadline(const Core *core);

#endif
