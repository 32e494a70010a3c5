/*
 * What agent1 does on XMPP beside speaking (agent1/port/xmpp_act.h), as stanzas in the outbox.
 */
#ifndef AGENT1_EDGE_XMPP_ACTS_H
#define AGENT1_EDGE_XMPP_ACTS_H

#include "agent1/edge/xmpp_outbox.h"
#include "agent1/port/xmpp_act.h"

/* Adds what the act asks for to the outbox of a session that is there. */
void xmpp_acts_do(const XmppAct *act, XmppOutbox *outbox);

#endif
