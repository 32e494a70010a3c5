/*
 * People and their clients, as XMPP knows them: receipts, who sees whom, what a client can.
 */
#ifndef AGENT1_FLOW_CONTACTS_H
#define AGENT1_FLOW_CONTACTS_H

#include "agent1/flow/core_state.h"

#include <stdbool.h>

/* A user wrote. Gives the receipt that was asked for, for a repeat, too: it leaves after the commit
 * of this turn, so that it says "this is on disk". Asks once what a new client can. */
void contacts_heard(Core *core, const EventChat *chat);

/* EVENT_XMPP. */
void contacts_take(Core *core, const XmppFact *fact);

/* Whether the client with this full JID said that it can do it; false while that is not known. */
bool contacts_can(const Core *core, const char *jid, XmppAbility ability);

/* A new session on XMPP: what was asked in the old one is not answered any more. */
void contacts_forget_unanswered(Core *core);

#endif
