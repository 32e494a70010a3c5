/*
 * People as XMPP knows them: what they are owed beside an answer.
 */
#ifndef AGENT1_FLOW_CONTACTS_H
#define AGENT1_FLOW_CONTACTS_H

#include "agent1/flow/core_state.h"

/* A user wrote: gives the receipt that was asked for, for a repeat, too. It leaves after the commit
 * of this turn, so that it says "this is on disk". */
void contacts_heard(Core *core, const EventChat *chat);

#endif
