#include "agent1/edge/xmpp_rooms.h"

#include "agent1/edge/xmpp_outgoing.h"
#include "agent1/port/room_settings.h"
#include "common/sys/random.h"

#include <string.h>

#include "common/base/banned.h"

static void free_room(void *room)
{
    xmpp_room_free(room);
}

void xmpp_rooms_init(XmppRooms *rooms, const GPtrArray *settings)
{
    *rooms = (XmppRooms){ .list = g_ptr_array_new_with_free_func(free_room) };
    for (unsigned i = 0; settings && i < settings->len; i++) {
        const RoomSettings *room = settings->pdata[i];

        g_ptr_array_add(rooms->list, xmpp_room_new(room->jid, room->nick));
    }
}

void xmpp_rooms_clear(XmppRooms *rooms)
{
    g_ptr_array_unref(rooms->list);
}

/* By the JID without its resource, which servers write in lower case. */
static XmppRoom *find(const XmppRooms *rooms, const char *jid)
{
    size_t length = strcspn(jid, "/");

    for (unsigned i = 0; i < rooms->list->len; i++) {
        const char *own = xmpp_room_jid(rooms->list->pdata[i]);

        if (strlen(own) == length && strncmp(own, jid, length) == 0)
            return rooms->list->pdata[i];
    }

    return NULL;
}

void xmpp_rooms_begin(XmppRooms *rooms, int64_t now_ms)
{
    rooms->has_dropped = false;
    for (unsigned i = 0; i < rooms->list->len; i++)
        xmpp_room_begin(rooms->list->pdata[i], now_ms);
}

void xmpp_rooms_do(XmppRooms *rooms, int64_t now_ms, XmppOutbox *outbox)
{
    for (unsigned i = 0; i < rooms->list->len; i++)
        xmpp_room_do(rooms->list->pdata[i], now_ms, random_u64(), outbox);
}

int64_t xmpp_rooms_deadline(const XmppRooms *rooms)
{
    int64_t next_ms = INT64_MAX;

    for (unsigned i = 0; i < rooms->list->len; i++)
        next_ms = MIN(next_ms, xmpp_room_deadline(rooms->list->pdata[i]));

    return next_ms;
}

/* The room passes questions of its occupants on: they are answered like anybody's. */
static bool is_question(xmpp_stanza_t *stanza)
{
    const char *type = xmpp_stanza_get_type(stanza);

    return g_str_equal(xmpp_stanza_get_name(stanza), "iq") && type &&
           (g_str_equal(type, "get") || g_str_equal(type, "set"));
}

bool xmpp_rooms_take(XmppRooms *rooms, xmpp_stanza_t *stanza, int64_t now_ms, const char *own_jid,
                     XmppOutbox *outbox, Event **out_event)
{
    const char *from = xmpp_stanza_get_from(stanza);
    XmppRoom *room = from ? find(rooms, from) : NULL;

    *out_event = NULL;
    if (!room || is_question(stanza))
        return false;

    xmpp_room_take(room, stanza, now_ms, own_jid, outbox, out_event);

    return true;
}

char *xmpp_rooms_print(XmppRooms *rooms, const char *id, const char *jid, const char *text,
                       bool is_link)
{
    XmppRoom *room = strchr(jid, '/') ? NULL : find(rooms, jid);

    if (room && !xmpp_room_is_in(room)) {
        rooms->has_dropped = true;
        return NULL;
    }
    if (is_link)
        return xmpp_outgoing_link(id, jid, room ? "groupchat" : "chat", text);

    return room ? xmpp_outgoing_groupchat(id, jid, text) : xmpp_outgoing_chat(id, jid, text);
}

bool xmpp_rooms_may_say_again(XmppRooms *rooms)
{
    if (!rooms->has_dropped)
        return false;
    for (unsigned i = 0; i < rooms->list->len; i++) {
        if (!xmpp_room_is_in(rooms->list->pdata[i]))
            return false;
    }
    rooms->has_dropped = false;

    return true;
}
