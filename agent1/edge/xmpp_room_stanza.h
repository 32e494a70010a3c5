/*
 * What a stanza from a room says (XEP-0045), and which message there is for agent1. Decides by the
 * stanza and by who is in the room, and has no effect.
 */
#ifndef AGENT1_EDGE_XMPP_ROOM_STANZA_H
#define AGENT1_EDGE_XMPP_ROOM_STANZA_H

#include "agent1/port/event.h"

#include <stdbool.h>
#include <strophe.h>

/* ---- presence ---- */

/* The JID that the room tells of its occupant; NULL: it hides it. The caller owns it. */
char *xmpp_room_stanza_real_jid(xmpp_stanza_t *presence);

bool xmpp_room_stanza_has_status(xmpp_stanza_t *presence, const char *code);

/* The name that the one who leaves has from now on; NULL: he has left. Borrowed. */
const char *xmpp_room_stanza_new_nick(xmpp_stanza_t *presence);

/* The condition of an error, of any stanza. Borrowed. */
const char *xmpp_room_stanza_condition(xmpp_stanza_t *stanza);

/* ---- messages ---- */

typedef struct XmppRoomWriter {
    const char *room;     /* bare JID */
    const char *own_nick; /* agent1's */
    const char *nick;     /* the writer's */
    const char *real_jid; /* the writer's; "" or NULL: hidden */
    const char *own_jid;  /* the account's, bare */
} XmppRoomWriter;

/* EVENT_CHAT when the message is new, of somebody else, and said to agent1: by its name, or with
 * the mark of an order; or a private message. NULL otherwise. A private message is answered at the
 * real JID, since the name may be somebody else's by then. The caller owns it. */
Event *xmpp_room_stanza_judge(xmpp_stanza_t *message, const XmppRoomWriter *writer);

#endif
