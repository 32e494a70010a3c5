#include "agent1/edge/xmpp_room_stanza.h"

#include "agent1/edge/jid.h"
#include "agent1/edge/xmpp_incoming.h"
#include "common/wire/command.h"

#include <string.h>

#include "common/base/banned.h"

#define NS_USER "http://jabber.org/protocol/muc#user"

/* No trigger is longer. */
#define WORD_MAX_BYTES 32

/* ---- presence ---- */

static xmpp_stanza_t *find_item(xmpp_stanza_t *presence)
{
    xmpp_stanza_t *x = xmpp_stanza_get_child_by_name_and_ns(presence, "x", NS_USER);

    return x ? xmpp_stanza_get_child_by_name(x, "item") : NULL;
}

char *xmpp_room_stanza_real_jid(xmpp_stanza_t *presence)
{
    xmpp_stanza_t *item = find_item(presence);
    const char *jid = item ? xmpp_stanza_get_attribute(item, "jid") : NULL;

    /* No account is left out here: whose words are agent1's own is judged with the message. */
    return jid && xmpp_incoming_is_from_person(jid, "") ? g_strdup(jid) : NULL;
}

bool xmpp_room_stanza_has_status(xmpp_stanza_t *presence, const char *code)
{
    xmpp_stanza_t *x = xmpp_stanza_get_child_by_name_and_ns(presence, "x", NS_USER);

    for (xmpp_stanza_t *child = x ? xmpp_stanza_get_children(x) : NULL; child;
         child = xmpp_stanza_get_next(child)) {
        const char *name = xmpp_stanza_get_name(child);

        if (name && g_str_equal(name, "status") &&
            g_strcmp0(xmpp_stanza_get_attribute(child, "code"), code) == 0)
            return true;
    }

    return false;
}

const char *xmpp_room_stanza_new_nick(xmpp_stanza_t *presence)
{
    xmpp_stanza_t *item = find_item(presence);
    const char *nick = item ? xmpp_stanza_get_attribute(item, "nick") : NULL;

    return nick && *nick && xmpp_room_stanza_has_status(presence, "303") ? nick : NULL;
}

const char *xmpp_room_stanza_condition(xmpp_stanza_t *stanza)
{
    xmpp_stanza_t *error = xmpp_stanza_get_child_by_name(stanza, "error");
    xmpp_stanza_t *condition =
        error ? xmpp_stanza_get_child_by_ns(error, XMPP_NS_STANZAS_IETF) : NULL;
    const char *name = condition ? xmpp_stanza_get_name(condition) : NULL;

    return name ? name : "undefined-condition";
}

/* ---- messages ---- */

/* What follows agent1's name at the start of a text, as in "agent1: x", "agent1, x" and "@agent1
 * x"; NULL: it is not addressed. */
static const char *after_name(const char *text, const char *nick)
{
    size_t length = strlen(nick);
    bool has_at = *text == '@';
    const char *rest;

    if (has_at)
        text++;
    if (g_ascii_strncasecmp(text, nick, length) != 0)
        return NULL;

    rest = text + length;
    if (*rest == ':' || *rest == ',')
        rest++;
    else if (!has_at || *rest != ' ')
        return NULL;

    return rest + strspn(rest, " \t\n");
}

/* Whether it begins with what no talk begins with. */
static bool looks_like_order(const char *text)
{
    const char *colon = strchr(text, ':');
    g_autofree char *word = NULL;
    Trigger trigger;

    if (*text == '!' || *text == '@')
        return true;
    if (!colon || colon - text >= WORD_MAX_BYTES)
        return false;

    word = g_strndup(text, (size_t)(colon - text) + 1);

    return trigger_parse(word, &trigger);
}

/* The same rules as one to one. What is older than the moment never acts in a room. */
static Event *read_chat(xmpp_stanza_t *message, const char *own_jid)
{
    XmppIncoming incoming = xmpp_incoming_judge_room(message, own_jid);

    if (incoming.kind == XMPP_INCOMING_CHAT && incoming.event->chat.written_ms == MESSAGE_ABSENT)
        return incoming.event;

    event_free(incoming.event);
    return NULL;
}

static void take_name_off(EventChat *chat, const char *own_nick)
{
    const char *rest = after_name(chat->text, own_nick);
    char *text;

    if (!rest)
        return;

    text = g_strdup(rest);
    g_free(chat->text);
    chat->text = text;
    chat->is_addressed = true;
}

static void set(char **place, const char *text)
{
    g_free(*place);
    *place = g_strdup(text);
}

Event *xmpp_room_stanza_judge(xmpp_stanza_t *message, const XmppRoomWriter *writer)
{
    const char *type = xmpp_stanza_get_type(message);
    bool is_private = !type || !g_str_equal(type, "groupchat");
    bool is_known = writer->real_jid && *writer->real_jid;
    g_autofree char *bare = is_known ? jid_bare(writer->real_jid) : g_strdup("");
    g_autoptr(Event) event = NULL;
    EventChat *chat;

    if (g_str_equal(writer->nick, writer->own_nick) || g_strcmp0(bare, writer->own_jid) == 0)
        return NULL;
    event = read_chat(message, writer->own_jid);
    if (!event)
        return NULL;

    chat = &event->chat;
    take_name_off(chat, writer->own_nick);
    chat->is_addressed |= is_private;
    if (!*chat->text || (!chat->is_addressed && !looks_like_order(chat->text)))
        return NULL;

    g_clear_pointer(&chat->receipt_id, g_free);
    set(&chat->principal, bare);
    if (is_private && is_known) {
        set(&chat->address, writer->real_jid);
        return g_steal_pointer(&event);
    }
    chat->room = g_strdup(writer->room);
    chat->nick = g_strdup(writer->nick);
    if (!is_private)
        set(&chat->address, writer->room);

    return g_steal_pointer(&event);
}
