/*
 * What an incoming <message/> means: chat of a person, something to be told back, or nothing.
 *
 * Decides by the stanza alone and has no effect. Only the sender's address is believed, since the
 * server stamps it (RFC 6120, 8.1.2.1); whatever claims to be forwarded (XEP-0280, 0313) or to come
 * from a room is no order of a person.
 */
#ifndef AGENT1_EDGE_XMPP_INCOMING_H
#define AGENT1_EDGE_XMPP_INCOMING_H

#include "agent1/port/event.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <strophe.h>

typedef enum {
    XMPP_INCOMING_NOTHING,
    XMPP_INCOMING_CHAT,
    XMPP_INCOMING_REACTION,
    XMPP_INCOMING_TOO_LONG,  /* chat of more than CHAT_TEXT_MAX_BYTES */
    XMPP_INCOMING_ENCRYPTED, /* chat that only says that it cannot be read */
    XMPP_INCOMING_ERROR,     /* something we sent was not delivered */
} XmppIncomingKind;

typedef struct XmppIncoming {
    XmppIncomingKind kind;
    Event *event;          /* CHAT: EVENT_CHAT, REACTION: EVENT_XMPP; the caller's */
    const char *from;      /* all but NOTHING: borrowed from the stanza, may be NULL for ERROR */
    const char *id;        /* ERROR: of what we sent, borrowed, may be NULL */
    const char *condition; /* ERROR: as in RFC 6120, 8.3.3; borrowed */
    size_t bytes;          /* TOO_LONG */
} XmppIncoming;

/* own_jid: the account's bare JID. */
XmppIncoming xmpp_incoming_judge(xmpp_stanza_t *message, const char *own_jid);

/* The same for a message from an occupant of a room that agent1 is in: said to all, or in private.
 */
XmppIncoming xmpp_incoming_judge_room(xmpp_stanza_t *message, const char *own_jid);

/* True for an address with a name at a domain, other than the own account: servers and gateways
 * have nothing to order. */
bool xmpp_incoming_is_from_person(const char *from, const char *own_jid);

#endif
