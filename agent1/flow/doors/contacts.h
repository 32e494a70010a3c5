/*
 * What XMPP tells beside chat: who wants to see agent1, what clients can, forms, reactions.
 */
#ifndef AGENT1_FLOW_DOORS_CONTACTS_H
#define AGENT1_FLOW_DOORS_CONTACTS_H

#include "agent1/flow/state/core_state.h"

/* EVENT_XMPP. */
void contacts_take(Core *core, const XmppFact *fact);

#endif
