#include "agent1/edge/xmpp_incoming.h"

#include "agent1/edge/jid.h"
#include "agent1/edge/xmpp_about.h"
#include "common/base/limits.h"
#include "common/base/timestamp.h"

#include <string.h>

#include "common/base/banned.h"

/* RFC 7622, 3.1: three parts of at most 1023 bytes. */
#define JID_MAX_BYTES 3071

#define NS_DELAY "urn:xmpp:delay"

/* A child of one of these namespaces says that the text is no order of the stamped sender. */
static const char *const foreign[] = {
    "urn:xmpp:carbons:2",  /* copies of what others said; CVE-2017-5589 */
    "urn:xmpp:forward:0",  /* quoted whole stanzas */
    "urn:xmpp:mam:2",      /* the archive */
    "jabber:x:conference", /* invitations */
    "jabber:x:delay",      /* history of servers before XEP-0203 */
};

/* One to one, so does this: private messages from rooms that agent1 is not in, and invitations. */
#define NS_ROOM "http://jabber.org/protocol/muc#user"

/* A child of one of these says that the body is only a notice for who cannot decrypt. */
static const char *const encrypted[] = {
    "eu.siacs.conversations.axolotl",
    "urn:xmpp:omemo:2",
    "urn:xmpp:openpgp:0",
    "jabber:x:encrypted",
};

static bool has_child_of(xmpp_stanza_t *message, const char *const *namespaces, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (xmpp_stanza_get_child_by_ns(message, namespaces[i]))
            return true;
    }

    return false;
}

bool xmpp_incoming_is_from_person(const char *from, const char *own_jid)
{
    g_autofree char *bare = NULL;
    const char *at;

    if (!from || strlen(from) > JID_MAX_BYTES)
        return false;

    bare = jid_bare(from);
    at = strchr(bare, '@');
    return at && at != bare && at[1] && !g_str_equal(bare, own_jid);
}

/* The body without a language, or else the first. The caller owns it; NULL: there is none. */
static char *read_body(xmpp_stanza_t *message)
{
    xmpp_stanza_t *found = NULL;
    g_autofree char *copy = NULL;
    char *text;

    for (xmpp_stanza_t *child = xmpp_stanza_get_children(message); child;
         child = xmpp_stanza_get_next(child)) {
        const char *name = xmpp_stanza_get_name(child);
        const char *ns = xmpp_stanza_get_ns(child);

        if (!name || !g_str_equal(name, "body") || !ns || !g_str_equal(ns, XMPP_NS_CLIENT))
            continue;
        if (!xmpp_stanza_get_attribute(child, "lang")) {
            found = child;
            break;
        }
        if (!found)
            found = child;
    }
    text = found ? xmpp_stanza_get_text(found) : NULL;
    if (!text)
        return NULL;

    copy = g_strdup(text);
    xmpp_free(xmpp_stanza_get_context(message), text);

    return g_utf8_validate(copy, -1, NULL) && copy[0] ? g_steal_pointer(&copy) : NULL;
}

/*
 * When a delayed message was written; MESSAGE_ABSENT when it was not delayed. Everybody may add a
 * delay to what he sends, so the oldest of several counts: it can make a message older than it is,
 * and never younger than the server says. A stamp that cannot be read is as old as can be.
 */
static int64_t read_delay(xmpp_stanza_t *message)
{
    int64_t oldest_ms = INT64_MAX;

    for (xmpp_stanza_t *child = xmpp_stanza_get_children(message); child;
         child = xmpp_stanza_get_next(child)) {
        const char *ns = xmpp_stanza_get_ns(child);
        const char *stamp;
        int64_t at_ms;

        if (!ns || !g_str_equal(ns, NS_DELAY))
            continue;
        stamp = xmpp_stanza_get_attribute(child, "stamp");
        if (!stamp || !timestamp_parse(stamp, &at_ms, NULL))
            at_ms = 0;
        oldest_ms = MIN(oldest_ms, at_ms);
    }

    return oldest_ms == INT64_MAX ? MESSAGE_ABSENT : oldest_ms;
}

/* The id that the sender's client gave (XEP-0359), or that of the stanza; NULL: none that serves.
 */
static const char *read_id(xmpp_stanza_t *message)
{
    xmpp_stanza_t *origin =
        xmpp_stanza_get_child_by_name_and_ns(message, "origin-id", "urn:xmpp:sid:0");
    const char *id = origin ? xmpp_stanza_get_attribute(origin, "id") : NULL;

    if (!id || !*id)
        id = xmpp_stanza_get_id(message);

    return id && *id && strlen(id) <= LABEL_MAX_BYTES ? id : NULL;
}

/* The id by which the sender wants to hear that this has come (XEP-0184); NULL: no wish. */
static const char *read_receipt_id(xmpp_stanza_t *message)
{
    const char *id = xmpp_stanza_get_id(message);

    if (!id || !*id || strlen(id) > LABEL_MAX_BYTES)
        return NULL;

    return xmpp_stanza_get_child_by_name_and_ns(message, "request", "urn:xmpp:receipts") ? id
                                                                                         : NULL;
}

static XmppIncoming judge_error(xmpp_stanza_t *message)
{
    xmpp_stanza_t *error = xmpp_stanza_get_child_by_name(message, "error");
    xmpp_stanza_t *condition =
        error ? xmpp_stanza_get_child_by_ns(error, XMPP_NS_STANZAS_IETF) : NULL;
    const char *name = condition ? xmpp_stanza_get_name(condition) : NULL;

    return (XmppIncoming){ .kind = XMPP_INCOMING_ERROR,
                           .from = xmpp_stanza_get_from(message),
                           .id = xmpp_stanza_get_id(message),
                           .condition = name ? name : "undefined-condition" };
}

static void mark_reaction(XmppFact *fact, xmpp_stanza_t *message)
{
    int64_t written_ms = read_delay(message);

    fact->stanza_id = g_strdup(read_id(message));
    fact->written_ms = written_ms == MESSAGE_ABSENT ? 0 : written_ms;
}

static XmppIncoming judge_chat(xmpp_stanza_t *message, const char *from)
{
    g_autofree char *body = read_body(message);
    g_autofree char *words = NULL;
    XmppIncoming incoming = { .from = from };
    EventChat *chat;

    if (!body) {
        incoming.event = xmpp_about_reaction(message, from);
        incoming.kind = incoming.event ? XMPP_INCOMING_REACTION : XMPP_INCOMING_NOTHING;
        if (incoming.event)
            mark_reaction(&incoming.event->fact, message);
        return incoming;
    }

    incoming.bytes = strlen(body);
    if (has_child_of(message, encrypted, G_N_ELEMENTS(encrypted))) {
        incoming.kind = XMPP_INCOMING_ENCRYPTED;
        return incoming;
    }
    if (incoming.bytes > CHAT_TEXT_MAX_BYTES) {
        incoming.kind = XMPP_INCOMING_TOO_LONG;
        return incoming;
    }

    words = xmpp_about_own_words(message, body);
    if (!*words) {
        incoming.kind = XMPP_INCOMING_NOTHING;
        return incoming;
    }
    incoming.kind = XMPP_INCOMING_CHAT;
    incoming.event = event_new(EVENT_CHAT);
    chat = &incoming.event->chat;
    chat->door = DOOR_XMPP;
    chat->address = g_strdup(from);
    chat->principal = jid_bare(from);
    chat->stanza_id = g_strdup(read_id(message));
    chat->receipt_id = g_strdup(read_receipt_id(message));
    chat->replaces = g_strdup(xmpp_about_replaced(message));
    chat->quotes = g_strdup(xmpp_about_quoted(message));
    chat->text = g_steal_pointer(&words);
    chat->written_ms = read_delay(message);

    return incoming;
}

XmppIncoming xmpp_incoming_judge(xmpp_stanza_t *message, const char *own_jid)
{
    const XmppIncoming nothing = { .kind = XMPP_INCOMING_NOTHING };
    const char *type = xmpp_stanza_get_type(message);
    const char *from = xmpp_stanza_get_from(message);

    if (type && g_str_equal(type, "error"))
        return judge_error(message);
    /* RFC 6121, 5.2.2: no type, or one that is not known, means normal. */
    if (type && (g_str_equal(type, "groupchat") || g_str_equal(type, "headline")))
        return nothing;
    if (!xmpp_incoming_is_from_person(from, own_jid))
        return nothing;
    if (has_child_of(message, foreign, G_N_ELEMENTS(foreign)) ||
        xmpp_stanza_get_child_by_ns(message, NS_ROOM))
        return nothing;

    return judge_chat(message, from);
}

XmppIncoming xmpp_incoming_judge_room(xmpp_stanza_t *message, const char *own_jid)
{
    const XmppIncoming nothing = { .kind = XMPP_INCOMING_NOTHING };
    const char *from = xmpp_stanza_get_from(message);

    if (!xmpp_incoming_is_from_person(from, own_jid) ||
        has_child_of(message, foreign, G_N_ELEMENTS(foreign)))
        return nothing;

    return judge_chat(message, from);
}
