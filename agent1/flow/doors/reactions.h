/*
 * Reactions to messages that showed an approval or asked a question
 * (agent1/flow/doors/decisions.h): the command that one stands for goes the way of what is typed,
 * with the same rights, and is done once.
 */
#ifndef AGENT1_FLOW_DOORS_REACTIONS_H
#define AGENT1_FLOW_DOORS_REACTIONS_H

#include "agent1/flow/state/core_state.h"

/* XMPP_FACT_REACTION. What decides nothing is left alone. */
void reactions_take(Core *core, const XmppFact *fact);

#endif
