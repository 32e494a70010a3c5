/*
 * The XMPP server between people and agent1: what it took it keeps, and gives late to whoever was
 * away, with the time of writing on it. The link to agent1 may be cut between any two stanzas; then
 * agent1 does not know what the server took, and the server not what agent1 heard.
 */
#ifndef TESTS_SIMULATE_XMPP_SERVER_H
#define TESTS_SIMULATE_XMPP_SERVER_H

#include "tests/simulate/sim.h"

XmppServer *xmpp_server_new(Sim *sim);
void xmpp_server_free(XmppServer *server);

/* agent1's process begins to connect; it is gone. */
void xmpp_server_join(XmppServer *server);
void xmpp_server_leave(XmppServer *server);

/* agent1 says something. EVENT_SAID follows when the server has it. */
void xmpp_server_say(XmppServer *server, const char *id, const char *jid, const char *text);

/* A person writes from a full JID. */
void xmpp_server_write(XmppServer *server, const char *jid, const char *stanza_id,
                       const char *text);

void xmpp_server_cut(XmppServer *server);

#endif
