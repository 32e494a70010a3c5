/*
 * The XMPP session's events on their way to the core. None is lost when the mailbox is full: they
 * wait here, in their order, and the session reads nothing more meanwhile. EVENT_LINK_UP and
 * EVENT_LINK_DOWN take turns.
 */
#ifndef AGENT1_EDGE_XMPP_REPORTER_H
#define AGENT1_EDGE_XMPP_REPORTER_H

#include "agent1/port/event.h"
#include "common/sys/mailbox.h"

#include <glib.h>
#include <stdbool.h>

typedef struct XmppReporter {
    Mailbox *events; /* borrowed */
    GQueue waiting;  /* Event * */
    bool is_linked;  /* EVENT_LINK_UP came last */
} XmppReporter;

void xmpp_reporter_init(XmppReporter *reporter, Mailbox *events);
void xmpp_reporter_clear(XmppReporter *reporter);

/* Hands over what waits. True when nothing waits any more. */
bool xmpp_reporter_flush(XmppReporter *reporter);

/* event is taken over. */
void xmpp_reporter_post(XmppReporter *reporter, Event *event);

void xmpp_reporter_said(XmppReporter *reporter, const char *id);
void xmpp_reporter_all_said(XmppReporter *reporter, const GPtrArray *ids);

/* Nothing when the link was so before. */
void xmpp_reporter_link(XmppReporter *reporter, bool is_up);

#endif
