/*
 * The XMPP clients that people write with: the receipts they ask for, and what they can.
 */
#ifndef AGENT1_FLOW_VOICE_CLIENTS_H
#define AGENT1_FLOW_VOICE_CLIENTS_H

#include "agent1/flow/state/core_state.h"

#include <stdbool.h>

/* A user wrote. Gives the receipt that was asked for, for a repeat, too: it leaves after the commit
 * of this turn, so that it says "this is on disk". Asks once what a new client can. */
void clients_heard(Core *core, const EventChat *chat);

/* A client answered that question, or is gone. */
void clients_take_abilities(Core *core, const XmppFact *fact);
void clients_take_gone(Core *core, const XmppFact *fact);

/* Whether the client with this full JID said that it can do it; false while that is not known. */
bool clients_can(const Core *core, const char *jid, XmppAbility ability);

/* Shows a person "composing" or "active", where that client shows it; nothing at other doors and in
 * rooms. */
void clients_show_state(Core *core, const Speaker *speaker, const char *state);

/* A new session on XMPP: what was asked in the old one is not answered any more. */
void clients_forget_unanswered(Core *core);

#endif
