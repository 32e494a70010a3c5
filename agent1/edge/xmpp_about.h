/*
 * What a <message/> says about another one: that it corrects it (XEP-0308), replies to it
 * (XEP-0461) or reacts to it (XEP-0444). Reads the stanza and has no effect.
 */
#ifndef AGENT1_EDGE_XMPP_ABOUT_H
#define AGENT1_EDGE_XMPP_ABOUT_H

#include "agent1/port/event.h"

#include <strophe.h>

/* So many reactions of one person to one message are read at most, each of at most so many bytes.
 */
#define XMPP_REACTIONS_MAX      20
#define XMPP_REACTION_MAX_BYTES 64

/* The id of the message that this one takes the place of, or replies to: borrowed; NULL: of none.
 */
const char *xmpp_about_replaced(xmpp_stanza_t *message);
const char *xmpp_about_quoted(xmpp_stanza_t *message);

/* The body of a reply without the quotation that stands before it for clients that know no replies
 * (XEP-0428): lines that begin with ">", since only those look like one to everybody. The caller
 * owns it. */
char *xmpp_about_own_words(xmpp_stanza_t *message, const char *body);

/* EVENT_XMPP for a message that only reacts; NULL when it does not. The caller owns it. */
Event *xmpp_about_reaction(xmpp_stanza_t *message, const char *from);

#endif
