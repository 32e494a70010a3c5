#include "agent1/edge/xmpp_reception.h"

#include "agent1/edge/jid.h"
#include "agent1/edge/xmpp_disco.h"
#include "agent1/edge/xmpp_forms.h"
#include "agent1/edge/xmpp_incoming.h"
#include "agent1/edge/xmpp_outgoing.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/sys/log.h"
#include "common/sys/random.h"

#include <string.h>

#include "common/base/banned.h"

#define BURST         5
#define PER_S         0.2
#define ID_CHARS      20
#define WHO_MAX_CHARS 100

void xmpp_reception_init(XmppReception *reception, const char *domain, XmppActs *acts)
{
    *reception = (XmppReception){ .domain = domain, .acts = acts };
    bucket_init(&reception->answers, BURST, PER_S);
    bucket_init(&reception->notes, BURST, PER_S);
}

static char *answer(XmppReception *reception, int64_t now_ms, const char *jid, const char *text)
{
    g_autofree char *id = NULL;

    if (!bucket_take(&reception->answers, now_ms))
        return NULL;

    id = random_name(ID_CHARS);
    return xmpp_outgoing_chat(id, jid, text);
}

static void note(XmppReception *reception, int64_t now_ms, const char *jid, const char *what)
{
    g_autofree char *who = text_make_line(jid ? jid : "?", WHO_MAX_CHARS);

    if (bucket_take(&reception->notes, now_ms))
        log_line(LOG_LEVEL_NOTICE, "XMPP: %s: %s", who, what);
}

static XmppOutcome judge_message(XmppReception *reception, xmpp_stanza_t *message, int64_t now_ms,
                                 const char *own_jid)
{
    XmppIncoming incoming = xmpp_incoming_judge(message, own_jid);
    XmppOutcome outcome = { .event = incoming.event };
    g_autofree char *text = NULL;

    switch (incoming.kind) {
    case XMPP_INCOMING_NOTHING:
    case XMPP_INCOMING_CHAT:
    case XMPP_INCOMING_REACTION:
        break;
    case XMPP_INCOMING_TOO_LONG:
        text = g_strdup_printf("message too long (%zu bytes; at most %d)", incoming.bytes,
                               CHAT_TEXT_MAX_BYTES);
        outcome.xml = answer(reception, now_ms, incoming.from, text);
        break;
    case XMPP_INCOMING_ENCRYPTED:
        outcome.xml =
            answer(reception, now_ms, incoming.from,
                   "encrypted messages cannot be read here: switch encryption off for this chat");
        break;
    case XMPP_INCOMING_ERROR:
        /* The server had taken the message, so EVENT_SAID came or comes. No answer to errors. */
        text = g_strdup_printf("a message was not delivered: %s", incoming.condition);
        note(reception, now_ms, incoming.from, text);
        break;
    }

    return outcome;
}

/* The answer to one of our pings, of the server itself: everybody may send such an <iq/>. */
static bool is_sync(const XmppReception *reception, xmpp_stanza_t *iq, uint32_t *out_count)
{
    const char *from = xmpp_stanza_get_from(iq);
    const char *type = xmpp_stanza_get_type(iq);
    const char *id = xmpp_stanza_get_id(iq);
    guint64 count;

    if (!type || !id || !g_str_has_prefix(id, XMPP_RECEPTION_SYNC))
        return false;
    if (from && !g_str_equal(from, reception->domain))
        return false;
    if (!g_str_equal(type, "result") && !g_str_equal(type, "error"))
        return false;
    if (!g_ascii_string_to_unsigned(id + strlen(XMPP_RECEPTION_SYNC), 10, 0, UINT32_MAX, &count,
                                    NULL))
        return false;
    *out_count = (uint32_t)count;

    return true;
}

static Event *fact_of(XmppFactKind kind, const char *address)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = kind;
    event->fact.address = g_strdup(address);
    event->fact.principal = jid_bare(address);

    return event;
}

static XmppOutcome judge_iq(XmppReception *reception, xmpp_stanza_t *iq, const char *own_jid)
{
    XmppOutcome outcome = { .event = xmpp_forms_read(iq, own_jid) };
    unsigned abilities;

    if (outcome.event)
        return outcome;
    outcome.xml = xmpp_disco_answer(iq);

    outcome.is_synced = is_sync(reception, iq, &outcome.synced);
    if (xmpp_questions_answered(&reception->acts->questions, iq, &abilities)) {
        outcome.event = fact_of(XMPP_FACT_ABILITIES, xmpp_stanza_get_from(iq));
        outcome.event->fact.abilities = abilities;
    }

    if (!outcome.xml)
        outcome.is_card_ours = xmpp_card_take(&reception->acts->card, iq, own_jid, &outcome.xml);

    return outcome;
}

static XmppOutcome judge_presence(xmpp_stanza_t *presence, const char *own_jid)
{
    const char *type = xmpp_stanza_get_type(presence);
    const char *from = xmpp_stanza_get_from(presence);
    g_autofree char *bare = from ? jid_bare(from) : NULL;
    XmppOutcome outcome = { 0 };

    if (type && g_str_equal(type, "unavailable") && xmpp_incoming_is_from_person(from, own_jid))
        outcome.event = fact_of(XMPP_FACT_GONE, from);
    if (type && g_str_equal(type, "subscribe") && xmpp_incoming_is_from_person(from, own_jid))
        outcome.event = fact_of(XMPP_FACT_SUBSCRIBE, bare);

    return outcome;
}

XmppOutcome xmpp_reception_judge(XmppReception *reception, xmpp_stanza_t *stanza, int64_t now_ms,
                                 const char *own_jid)
{
    const char *name = xmpp_stanza_get_name(stanza);

    if (g_str_equal(name, "message"))
        return judge_message(reception, stanza, now_ms, own_jid);
    if (g_str_equal(name, "iq"))
        return judge_iq(reception, stanza, own_jid);
    if (g_str_equal(name, "presence"))
        return judge_presence(stanza, own_jid);

    return (XmppOutcome){ 0 };
}
