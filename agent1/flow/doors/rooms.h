/*
 * What is written in a room: only what is meant for agent1 and comes from a user whose real JID the
 * room shows; the rest of a conversation is none of its business. A name in a room proves nothing.
 */
#ifndef AGENT1_FLOW_DOORS_ROOMS_H
#define AGENT1_FLOW_DOORS_ROOMS_H

#include "agent1/flow/state/core_state.h"

#include <stdbool.h>

/* True when a message in a room is to be taken like any other. Otherwise it is left, and who said
 * it to agent1 by name hears once in a while why. */
bool rooms_admit(Core *core, const EventChat *chat);

#endif
