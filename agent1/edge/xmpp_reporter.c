#include "agent1/edge/xmpp_reporter.h"

#include "common/base/banned.h"

/* Of them, so many do not wait for company. */
#define SAID_MAX 64

void xmpp_reporter_init(XmppReporter *reporter, Mailbox *events)
{
    *reporter = (XmppReporter){ .events = events };
    g_queue_init(&reporter->waiting);
}

void xmpp_reporter_clear(XmppReporter *reporter)
{
    g_queue_clear_full(&reporter->waiting, (GDestroyNotify)event_free);
}

/* Hands over what waits. False when the mailbox has no room for all of it. */
static bool hand_over(XmppReporter *reporter)
{
    Event *event;

    reporter->held_until_ms = 0;
    while ((event = g_queue_peek_head(&reporter->waiting))) {
        if (!mailbox_post(reporter->events, event))
            return false;
        g_queue_pop_head(&reporter->waiting);
    }

    return true;
}

bool xmpp_reporter_flush(XmppReporter *reporter, int64_t now_ms)
{
    return now_ms < reporter->held_until_ms || hand_over(reporter);
}

int64_t xmpp_reporter_deadline(const XmppReporter *reporter)
{
    return reporter->held_until_ms > 0 ? reporter->held_until_ms : INT64_MAX;
}

void xmpp_reporter_post(XmppReporter *reporter, Event *event)
{
    g_queue_push_tail(&reporter->waiting, event);
    hand_over(reporter);
}

void xmpp_reporter_said(XmppReporter *reporter, const char *id, int64_t now_ms)
{
    bool is_first = reporter->waiting.length == 0;
    Event *event = event_new(EVENT_SAID);

    event->said_id = g_strdup(id);
    g_queue_push_tail(&reporter->waiting, event);
    if (is_first)
        reporter->held_until_ms = now_ms + XMPP_REPORTER_COMPANY_MS;
    else if (reporter->waiting.length >= SAID_MAX)
        hand_over(reporter);
}

void xmpp_reporter_all_said(XmppReporter *reporter, const GPtrArray *ids, int64_t now_ms)
{
    for (unsigned i = 0; i < ids->len; i++)
        xmpp_reporter_said(reporter, ids->pdata[i], now_ms);
}

void xmpp_reporter_link(XmppReporter *reporter, bool is_up)
{
    Event *event;

    if (reporter->is_linked == is_up)
        return;

    reporter->is_linked = is_up;
    event = event_new(is_up ? EVENT_LINK_UP : EVENT_LINK_DOWN);
    event->link = LINK_XMPP;
    xmpp_reporter_post(reporter, event);
}
