/*
 * The XMPP session's events on their way to the core. None is lost when the mailbox is full: they
 * wait here, in their order, and the session reads nothing more meanwhile. EVENT_LINK_UP and
 * EVENT_LINK_DOWN take turns. From EVENT_SAID nothing follows but that a row goes: it waits a
 * moment for other events, to wake nobody by itself.
 */
#ifndef AGENT1_EDGE_XMPP_REPORTER_H
#define AGENT1_EDGE_XMPP_REPORTER_H

#include "agent1/port/event.h"
#include "common/sys/mailbox.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define XMPP_REPORTER_COMPANY_MS 50

typedef struct XmppReporter {
    Mailbox *events;       /* borrowed */
    GQueue waiting;        /* Event * */
    int64_t held_until_ms; /* since boot, what waits has time until then; 0: it has none */
    bool is_linked;        /* EVENT_LINK_UP came last */
} XmppReporter;

void xmpp_reporter_init(XmppReporter *reporter, Mailbox *events);
void xmpp_reporter_clear(XmppReporter *reporter);

/* Hands over what waits and has no time. False when the mailbox has no room for all of it. */
bool xmpp_reporter_flush(XmppReporter *reporter, int64_t now_ms);

/* When to flush next, since boot; INT64_MAX: nothing waits for a time. */
int64_t xmpp_reporter_deadline(const XmppReporter *reporter);

/* event is taken over. */
void xmpp_reporter_post(XmppReporter *reporter, Event *event);

void xmpp_reporter_said(XmppReporter *reporter, const char *id, int64_t now_ms);
void xmpp_reporter_all_said(XmppReporter *reporter, const GPtrArray *ids, int64_t now_ms);

/* Nothing when the link was so before. */
void xmpp_reporter_link(XmppReporter *reporter, bool is_up);

#endif
