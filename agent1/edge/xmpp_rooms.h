/*
 * The rooms of the configuration: finds the one that a stanza or a saying is for.
 */
#ifndef AGENT1_EDGE_XMPP_ROOMS_H
#define AGENT1_EDGE_XMPP_ROOMS_H

#include "agent1/edge/xmpp_outbox.h"
#include "agent1/edge/xmpp_room.h"

typedef struct XmppRooms {
    GPtrArray *list;  /* XmppRoom * */
    bool has_dropped; /* something to be said, since its room was not entered yet */
} XmppRooms;

/* settings: RoomSettings *; NULL: none. */
void xmpp_rooms_init(XmppRooms *rooms, const GPtrArray *settings);
void xmpp_rooms_clear(XmppRooms *rooms);

/* A session has begun. */
void xmpp_rooms_begin(XmppRooms *rooms, int64_t now_ms);

/* Does what is due; when the next is. */
void xmpp_rooms_do(XmppRooms *rooms, int64_t now_ms, XmppOutbox *outbox);
int64_t xmpp_rooms_deadline(const XmppRooms *rooms);

/* True when the stanza is from one of the rooms: then it is dealt with. *out_event as
 * xmpp_room_take() has it. */
bool xmpp_rooms_take(XmppRooms *rooms, xmpp_stanza_t *stanza, int64_t now_ms, const char *own_jid,
                     XmppOutbox *outbox, Event **out_event);

/* The message for a JID, as its kind wants it: one to one, or to all in a room. is_link: the text
 * is a URL, and marked as one. NULL when that room is not entered: then nothing is said, and
 * xmpp_rooms_may_say_again() tells when it can be. The caller owns it. */
char *xmpp_rooms_print(XmppRooms *rooms, const char *id, const char *jid, const char *text,
                       bool is_link);

/* True once, when all rooms are entered, if something was dropped for one of them. */
bool xmpp_rooms_may_say_again(XmppRooms *rooms);

#endif
