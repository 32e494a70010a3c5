/*
 * Commands in the menus of clients (XEP-0050, 0004): what a client asks, as an event, and what it
 * is told, as XML. Which commands there are, and for whom, is for the core to say.
 */
#ifndef AGENT1_EDGE_XMPP_FORMS_H
#define AGENT1_EDGE_XMPP_FORMS_H

#include "agent1/port/event.h"
#include "agent1/port/xmpp_act.h"

#include <strophe.h>

#define XMPP_FORMS_NS "http://jabber.org/protocol/commands"

/* So many fields are read at most. */
#define XMPP_FORMS_MAX_FIELDS 20

/* EVENT_XMPP for an <iq/> that asks for the list of commands, or for one of them; NULL when it does
 * not. The caller owns it. */
Event *xmpp_forms_read(xmpp_stanza_t *iq, const char *own_jid);

/* The answer that an XMPP_ACT_FORM_… asks for. The caller owns it. */
char *xmpp_forms_print(const XmppAct *act);

#endif
