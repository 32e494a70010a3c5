/*
 * An agent that hears its control topic and gets no tasks: it answers there that it does not know a
 * task which was sent to its inbox again and again. A broker may deliver on one subscription of a
 * connection and not on the other, or its access list may forbid one. The agent connects anew by
 * itself (agent2/flow/worker_inbox.h); people are told when that does not help.
 */
#ifndef AGENT1_FLOW_FLEET_UNHEARD_H
#define AGENT1_FLOW_FLEET_UNHEARD_H

#include "agent1/flow/state/core_state.h"

/* It answered that it does not know the run, whose task it was sent. */
void unheard_note(Core *core, FleetAgent *agent, const Run *run);

/* It showed that a task came. */
void unheard_end(Core *core, FleetAgent *agent);

#endif
