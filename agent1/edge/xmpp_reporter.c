#include "agent1/edge/xmpp_reporter.h"

#include "common/base/banned.h"

void xmpp_reporter_init(XmppReporter *reporter, Mailbox *events)
{
    *reporter = (XmppReporter){ .events = events };
    g_queue_init(&reporter->waiting);
}

void xmpp_reporter_clear(XmppReporter *reporter)
{
    g_queue_clear_full(&reporter->waiting, (GDestroyNotify)event_free);
}

bool xmpp_reporter_flush(XmppReporter *reporter)
{
    Event *event;

    while ((event = g_queue_peek_head(&reporter->waiting))) {
        if (!mailbox_post(reporter->events, event))
            return false;
        g_queue_pop_head(&reporter->waiting);
    }

    return true;
}

void xmpp_reporter_post(XmppReporter *reporter, Event *event)
{
    g_queue_push_tail(&reporter->waiting, event);
    xmpp_reporter_flush(reporter);
}

void xmpp_reporter_said(XmppReporter *reporter, const char *id)
{
    Event *event = event_new(EVENT_SAID);

    event->said_id = g_strdup(id);
    xmpp_reporter_post(reporter, event);
}

void xmpp_reporter_all_said(XmppReporter *reporter, const GPtrArray *ids)
{
    for (unsigned i = 0; i < ids->len; i++)
        xmpp_reporter_said(reporter, ids->pdata[i]);
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
