#include "agent1/edge/xmpp_room.h"

#include "agent1/edge/xmpp_outgoing.h"
#include "agent1/edge/xmpp_room_stanza.h"
#include "common/base/text.h"
#include "common/data/backoff.h"
#include "common/sys/log.h"

#include <string.h>

#include "common/base/banned.h"

#define BASE_MS   INT64_C(2000)
#define CAP_MS    (10 * 60 * INT64_C(1000))
#define ENTER_MS  (30 * INT64_C(1000))
#define ASK_MS    (3 * 60 * INT64_C(1000))
#define ANSWER_MS (30 * INT64_C(1000))

/* Who was banned, or must be let in, will not be welcome in a minute. */
#define BARRED_ATTEMPT 7

#define NICKS_MAX     5
#define OCCUPANTS_MAX 5000
#define WHY_CHARS     60
#define PING_ID       "room-ping"

typedef enum {
    ROOM_OUT, /* until due_ms */
    ROOM_ENTERING,
    ROOM_IN,
    ROOM_ASKING, /* in, as far as is known; the answer to a ping is awaited */
} RoomState;

struct XmppRoom {
    char *jid;
    char *wanted_nick;
    char *nick; /* as it is, or as it is tried */
    unsigned nick_number;
    RoomState state;
    int64_t due_ms;
    unsigned attempt;
    char *why;             /* it is out; for the log, which tells each reason once */
    GHashTable *occupants; /* nick → real JID, "" where the room hides it */
};

XmppRoom *xmpp_room_new(const char *jid, const char *nick)
{
    XmppRoom *room = g_new0(XmppRoom, 1);

    room->jid = g_strdup(jid);
    room->wanted_nick = g_strdup(nick);
    room->nick = g_strdup(nick);
    room->nick_number = 1;
    room->state = ROOM_OUT;
    room->due_ms = INT64_MAX;
    room->occupants = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    return room;
}

void xmpp_room_free(XmppRoom *room)
{
    if (!room)
        return;

    g_free(room->jid);
    g_free(room->wanted_nick);
    g_free(room->nick);
    g_free(room->why);
    g_hash_table_unref(room->occupants);
    g_free(room);
}

const char *xmpp_room_jid(const XmppRoom *room)
{
    return room->jid;
}

bool xmpp_room_is_in(const XmppRoom *room)
{
    return room->state == ROOM_IN || room->state == ROOM_ASKING;
}

int64_t xmpp_room_deadline(const XmppRoom *room)
{
    return room->due_ms;
}

/* ---- going in and out ---- */

static void set_nick(XmppRoom *room, unsigned number)
{
    room->nick_number = number;
    g_free(room->nick);
    room->nick = number == 1 ? g_strdup(room->wanted_nick)
                             : g_strdup_printf("%s_%u", room->wanted_nick, number);
}

void xmpp_room_begin(XmppRoom *room, int64_t now_ms)
{
    set_nick(room, 1);
    g_hash_table_remove_all(room->occupants);
    room->state = ROOM_OUT;
    room->attempt = 0;
    room->due_ms = now_ms;
}

static void enter(XmppRoom *room, int64_t now_ms, XmppOutbox *outbox)
{
    g_autofree char *xml = xmpp_outgoing_enter(room->jid, room->nick);

    g_hash_table_remove_all(room->occupants);
    xmpp_outbox_add(outbox, NULL, xml);
    room->state = ROOM_ENTERING;
    room->due_ms = now_ms + ENTER_MS;
}

static void be_out(XmppRoom *room, int64_t now_ms, uint64_t random, const char *why)
{
    int64_t wait_ms = backoff_wait_ms(room->attempt++, BASE_MS, CAP_MS, random);
    g_autofree char *line = text_make_line(why, WHY_CHARS);

    log_line(g_strcmp0(room->why, line) == 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING,
             "XMPP: not in the room %s: %s; next try in %.1f s", room->jid, line,
             (double)wait_ms / 1000);
    g_free(room->why);
    room->why = g_steal_pointer(&line);
    room->state = ROOM_OUT;
    room->due_ms = now_ms + wait_ms;
}

static void be_in(XmppRoom *room, int64_t now_ms)
{
    if (room->state == ROOM_ENTERING) {
        log_line(LOG_LEVEL_NOTICE, "XMPP: in the room %s as %s", room->jid, room->nick);
        g_clear_pointer(&room->why, g_free);
        room->attempt = 0;
    }
    room->state = ROOM_IN;
    room->due_ms = now_ms + ASK_MS;
}

static void ask(XmppRoom *room, int64_t now_ms, XmppOutbox *outbox)
{
    g_autofree char *to = g_strdup_printf("%s/%s", room->jid, room->nick);
    g_autofree char *xml = xmpp_outgoing_ping(PING_ID, to);

    xmpp_outbox_add(outbox, NULL, xml);
    room->state = ROOM_ASKING;
    room->due_ms = now_ms + ANSWER_MS;
}

void xmpp_room_do(XmppRoom *room, int64_t now_ms, uint64_t random, XmppOutbox *outbox)
{
    if (now_ms < room->due_ms)
        return;

    switch (room->state) {
    case ROOM_OUT:
        enter(room, now_ms, outbox);
        break;
    case ROOM_ENTERING:
        be_out(room, now_ms, random, "no answer");
        break;
    case ROOM_IN:
        ask(room, now_ms, outbox);
        break;
    case ROOM_ASKING:
        be_out(room, now_ms, random, "the room does not answer");
        break;
    }
}

/* ---- presence: who is there ---- */

static void note_occupant(XmppRoom *room, const char *nick, xmpp_stanza_t *presence)
{
    char *real = xmpp_room_stanza_real_jid(presence);

    if (g_hash_table_size(room->occupants) < OCCUPANTS_MAX ||
        g_hash_table_contains(room->occupants, nick))
        g_hash_table_replace(room->occupants, g_strdup(nick), real ? real : g_strdup(""));
    else
        g_free(real);
}

static void take_refusal(XmppRoom *room, xmpp_stanza_t *presence, int64_t now_ms,
                         XmppOutbox *outbox)
{
    const char *condition = xmpp_room_stanza_condition(presence);
    bool is_taken = g_str_equal(condition, "conflict");

    if (room->state != ROOM_ENTERING)
        return;

    if (is_taken && room->nick_number < NICKS_MAX) {
        set_nick(room, room->nick_number + 1);
        enter(room, now_ms, outbox);
        return;
    }
    set_nick(room, 1);
    if (!is_taken)
        room->attempt = MAX(room->attempt, BARRED_ATTEMPT);
    be_out(room, now_ms, UINT64_MAX, condition);
}

static void take_leaving(XmppRoom *room, const char *nick, xmpp_stanza_t *presence, int64_t now_ms)
{
    const char *next = xmpp_room_stanza_new_nick(presence);
    bool is_own = g_str_equal(nick, room->nick) || xmpp_room_stanza_has_status(presence, "110");
    bool is_banned = xmpp_room_stanza_has_status(presence, "301");

    g_hash_table_remove(room->occupants, nick);
    if (!is_own || !xmpp_room_is_in(room))
        return;
    if (next) {
        g_free(room->nick);
        room->nick = g_strdup(next);
        return;
    }
    if (is_banned)
        room->attempt = MAX(room->attempt, BARRED_ATTEMPT);
    be_out(room, now_ms, is_banned ? UINT64_MAX : 0, is_banned ? "banned" : "it was made to leave");
}

static void take_coming(XmppRoom *room, const char *nick, xmpp_stanza_t *presence, int64_t now_ms,
                        XmppOutbox *outbox)
{
    bool is_own = xmpp_room_stanza_has_status(presence, "110") ||
                  (room->state == ROOM_ENTERING && g_str_equal(nick, room->nick));

    note_occupant(room, nick, presence);
    if (!is_own || room->state == ROOM_OUT)
        return;

    if (!g_str_equal(nick, room->nick)) {
        g_free(room->nick);
        room->nick = g_strdup(nick);
    }
    /* It was not there before, and waits for its owner to open it. */
    if (room->state == ROOM_ENTERING && xmpp_room_stanza_has_status(presence, "201")) {
        g_autofree char *xml = xmpp_outgoing_open_room(room->jid);

        xmpp_outbox_add(outbox, NULL, xml);
    }
    be_in(room, now_ms);
}

static void take_presence(XmppRoom *room, const char *nick, xmpp_stanza_t *presence, int64_t now_ms,
                          XmppOutbox *outbox)
{
    const char *type = xmpp_stanza_get_type(presence);

    if (type && g_str_equal(type, "error"))
        take_refusal(room, presence, now_ms, outbox);
    else if (nick && type && g_str_equal(type, "unavailable"))
        take_leaving(room, nick, presence, now_ms);
    else if (nick && !type)
        take_coming(room, nick, presence, now_ms, outbox);
}

/* ---- the answer to a ping ---- */

/* XEP-0410, 3: these say that the room passed the ping on, or that it cannot be known now. */
static void take_pong(XmppRoom *room, xmpp_stanza_t *iq, int64_t now_ms)
{
    static const char *const still_in[] = { "service-unavailable",   "feature-not-implemented",
                                            "item-not-found",        "remote-server-not-found",
                                            "remote-server-timeout", NULL };
    const char *type = xmpp_stanza_get_type(iq);
    const char *id = xmpp_stanza_get_id(iq);

    if (room->state != ROOM_ASKING || !type || !id || !g_str_equal(id, PING_ID))
        return;

    if (g_str_equal(type, "result") ||
        (g_str_equal(type, "error") && g_strv_contains(still_in, xmpp_room_stanza_condition(iq))))
        be_in(room, now_ms);
    else if (g_str_equal(type, "error"))
        be_out(room, now_ms, 0, "it was left without a word");
}

/* ---- what is said ---- */

/* An error about what was said here: the room may have forgotten agent1. */
static void take_error(XmppRoom *room, xmpp_stanza_t *message, int64_t now_ms)
{
    if (xmpp_room_is_in(room) && g_str_equal(xmpp_room_stanza_condition(message), "not-acceptable"))
        be_out(room, now_ms, 0, "it was left without a word");
}

static Event *take_message(XmppRoom *room, const char *nick, xmpp_stanza_t *message, int64_t now_ms,
                           const char *own_jid)
{
    const char *type = xmpp_stanza_get_type(message);
    const XmppRoomWriter writer = {
        .room = room->jid,
        .own_nick = room->nick,
        .nick = nick,
        .real_jid = nick ? g_hash_table_lookup(room->occupants, nick) : NULL,
        .own_jid = own_jid,
    };

    if (type && g_str_equal(type, "error")) {
        take_error(room, message, now_ms);
        return NULL;
    }

    return nick && xmpp_room_is_in(room) ? xmpp_room_stanza_judge(message, &writer) : NULL;
}

void xmpp_room_take(XmppRoom *room, xmpp_stanza_t *stanza, int64_t now_ms, const char *own_jid,
                    XmppOutbox *outbox, Event **out_event)
{
    const char *name = xmpp_stanza_get_name(stanza);
    const char *slash = strchr(xmpp_stanza_get_from(stanza), '/');
    const char *nick = slash && slash[1] ? slash + 1 : NULL;

    *out_event = NULL;
    if (g_str_equal(name, "presence"))
        take_presence(room, nick, stanza, now_ms, outbox);
    else if (g_str_equal(name, "iq"))
        take_pong(room, stanza, now_ms);
    else if (g_str_equal(name, "message"))
        *out_event = take_message(room, nick, stanza, now_ms, own_jid);
}
