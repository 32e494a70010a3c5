/*
 * One room (XEP-0045) as its account lives in it: enter, be there, notice when it is not any more
 * (XEP-0410), come back. And what is said there: an order only when it is new, said to agent1, and
 * by somebody; who that is stands in the room's own presence, never in a name.
 *
 * Knows no connection: it takes stanzas and the time, and gives XML and events.
 */
#ifndef AGENT1_EDGE_XMPP_ROOM_H
#define AGENT1_EDGE_XMPP_ROOM_H

#include "agent1/edge/xmpp_outbox.h"
#include "agent1/port/event.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <strophe.h>

typedef struct XmppRoom XmppRoom;

/* jid: bare, lower case; both are copied. */
XmppRoom *xmpp_room_new(const char *jid, const char *nick);
void xmpp_room_free(XmppRoom *room);

const char *xmpp_room_jid(const XmppRoom *room);
bool xmpp_room_is_in(const XmppRoom *room);

/* A session has begun: it is to be entered. */
void xmpp_room_begin(XmppRoom *room, int64_t now_ms);

/* Does what is due: enters, asks whether it is still in. random: any 64 bits, for the back-off. */
void xmpp_room_do(XmppRoom *room, int64_t now_ms, uint64_t random, XmppOutbox *outbox);
int64_t xmpp_room_deadline(const XmppRoom *room);

/* A stanza from the room or an occupant. own_jid: the account's, bare. *out_event gets what was
 * said to agent1 (the caller's), or NULL. */
void xmpp_room_take(XmppRoom *room, xmpp_stanza_t *stanza, int64_t now_ms, const char *own_jid,
                    XmppOutbox *outbox, Event **out_event);

#endif
