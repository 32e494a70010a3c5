#include "agent1/edge/xmpp_share.h"

#include "common/sys/log.h"

#include <stdint.h>
#include <string.h>

#include "common/base/banned.h"

typedef enum {
    QUESTION_ITEMS, /* which services are there? */
    QUESTION_INFO,  /* what are you? */
    QUESTION_SLOT,
} QuestionKind;

void xmpp_share_init(XmppShare *share, const char *domain, Mailbox *slots)
{
    *share = (XmppShare){ .domain = domain, .slots = slots };
    xmpp_asked_init(&share->asked, XMPP_SHARE_QUESTIONS_MAX);
}

void xmpp_share_clear(XmppShare *share)
{
    xmpp_asked_clear(&share->asked);
    g_clear_pointer(&share->service, g_free);
}

static void discover(XmppShare *share, const char *jid, QuestionKind kind, XmppOutbox *outbox)
{
    const char *ns = kind == QUESTION_ITEMS ? XMPP_NS_DISCO_ITEMS : XMPP_NS_DISCO_INFO;
    g_autofree char *xml =
        g_markup_printf_escaped("<iq type='get' id='%s' to='%s'><query xmlns='%s'/></iq>",
                                xmpp_asked_add(&share->asked, jid, kind, NULL), jid, ns);

    xmpp_outbox_add(outbox, NULL, xml);
}

static Event *fact_of(size_t max_bytes)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = XMPP_FACT_SHARE;
    event->fact.max_bytes = max_bytes;

    return event;
}

/* The service is one of the server's, or the server itself (XEP-0363, section 4). */
Event *xmpp_share_begin(XmppShare *share, XmppOutbox *outbox)
{
    Event *event = share->service ? fact_of(0) : NULL;

    xmpp_share_clear(share);
    discover(share, share->domain, QUESTION_INFO, outbox);
    discover(share, share->domain, QUESTION_ITEMS, outbox);

    return event;
}

/* ---- places ---- */

/* Full, the mailbox loses it: who asked waits for no more than its time. */
static void hand_over(XmppShare *share, XmppSlot *slot)
{
    slot->is_server_here = share->is_server_here;
    if (!mailbox_post(share->slots, slot))
        xmpp_slot_free(slot);
}

/* Why there can be no place; the caller owns it. NULL: there may be one. */
static char *find_obstacle(const XmppShare *share, size_t bytes, bool has_session)
{
    if (!has_session)
        return g_strdup("there is no connection to the XMPP server");
    if (!share->service)
        return g_strdup("the XMPP server takes no files");
    if (bytes > share->max_bytes)
        return g_strdup_printf("the XMPP server takes files of at most %zu bytes",
                               share->max_bytes);

    return NULL;
}

void xmpp_share_ask(XmppShare *share, const char *id, const char *name, size_t bytes,
                    bool has_session, XmppOutbox *outbox)
{
    char *obstacle = find_obstacle(share, bytes, has_session);
    g_autofree char *xml = NULL;

    if (obstacle) {
        XmppSlot *none = xmpp_slot_new(id);

        none->why = obstacle;
        hand_over(share, none);
        return;
    }

    xml = g_markup_printf_escaped("<iq type='get' id='%s' to='%s'><request xmlns='" XMPP_SLOT_NS
                                  "' filename='%s' size='%zu'"
                                  " content-type='%s'/></iq>",
                                  xmpp_asked_add(&share->asked, share->service, QUESTION_SLOT, id),
                                  share->service, name, bytes, xmpp_slot_content_type(name));
    xmpp_outbox_add(outbox, NULL, xml);
}

/* ---- answers ---- */

static void ask_items(XmppShare *share, xmpp_stanza_t *iq, XmppOutbox *outbox)
{
    xmpp_stanza_t *query = xmpp_stanza_get_child_by_name_and_ns(iq, "query", XMPP_NS_DISCO_ITEMS);
    unsigned count = 0;

    if (!query)
        return;

    for (xmpp_stanza_t *child = xmpp_stanza_get_children(query);
         child && count < XMPP_SHARE_SERVICES_MAX; child = xmpp_stanza_get_next(child)) {
        const char *name = xmpp_stanza_get_name(child);
        const char *jid = xmpp_stanza_get_attribute(child, "jid");

        /* People and rooms have an @, and a node is a part of something. */
        if (!name || !g_str_equal(name, "item") || !jid || strchr(jid, '@') ||
            xmpp_stanza_get_attribute(child, "node"))
            continue;
        discover(share, jid, QUESTION_INFO, outbox);
        count++;
    }
}

static bool has_feature(xmpp_stanza_t *query)
{
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(query); child;
         child = xmpp_stanza_get_next(child)) {
        const char *name = xmpp_stanza_get_name(child);
        const char *feature = xmpp_stanza_get_attribute(child, "var");

        if (name && feature && g_str_equal(name, "feature") && g_str_equal(feature, XMPP_SLOT_NS))
            return true;
    }

    return false;
}

/* The value of the field "max-file-size" of a form (XEP-0128), if this is one. */
static size_t read_limit(xmpp_stanza_t *form)
{
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(form); child;
         child = xmpp_stanza_get_next(child)) {
        const char *var = xmpp_stanza_get_attribute(child, "var");
        xmpp_stanza_t *value = xmpp_stanza_get_child_by_name(child, "value");
        char *text = value ? xmpp_stanza_get_text(value) : NULL;
        guint64 limit = 0;
        bool is_limit = text && var && g_str_equal(var, "max-file-size") &&
                        g_ascii_string_to_unsigned(text, 10, 1, SIZE_MAX, &limit, NULL);

        if (text)
            xmpp_free(xmpp_stanza_get_context(form), text);
        if (is_limit)
            return (size_t)limit;
    }

    return SIZE_MAX;
}

/* NULL: this is no service for files, or another one. The caller owns it. */
static Event *take_info(XmppShare *share, const char *jid, xmpp_stanza_t *iq)
{
    xmpp_stanza_t *query = xmpp_stanza_get_child_by_name_and_ns(iq, "query", XMPP_NS_DISCO_INFO);

    if (share->service || !query || !has_feature(query))
        return NULL;

    share->service = g_strdup(jid);
    share->max_bytes = SIZE_MAX;
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(query); child;
         child = xmpp_stanza_get_next(child))
        share->max_bytes = MIN(share->max_bytes, read_limit(child));

    log_line(LOG_LEVEL_NOTICE, "XMPP: long output goes as files to %s", share->service);

    return fact_of(share->max_bytes);
}

bool xmpp_share_take(XmppShare *share, xmpp_stanza_t *stanza, XmppOutbox *outbox, Event **out_event)
{
    const char *name = xmpp_stanza_get_name(stanza);
    g_autoptr(XmppQuestion) question = NULL;

    if (!name || !g_str_equal(name, "iq"))
        return false;
    question = xmpp_asked_take(&share->asked, stanza);
    if (!question)
        return false;

    switch ((QuestionKind)question->kind) {
    case QUESTION_ITEMS:
        ask_items(share, stanza, outbox);
        break;
    case QUESTION_INFO:
        *out_event = take_info(share, question->jid, stanza);
        break;
    case QUESTION_SLOT:
        hand_over(share, xmpp_slot_read(question->about, stanza));
        break;
    }

    return true;
}
