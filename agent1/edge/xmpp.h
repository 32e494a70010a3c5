/*
 * The XMPP edge: one account on one server (RFC 6120, 6121), on a thread of its own, since
 * libstrophe blocks while it resolves and while TLS shakes hands, and may be used by one thread
 * only.
 *
 * Posts EVENT_CHAT, EVENT_LINK_UP, EVENT_LINK_DOWN and EVENT_SAID to the mailbox it was given.
 * Keeps the connection: TLS required unless configured, SCRAM, stream management with resumption
 * (XEP-0198), ping with a time-out (XEP-0199), reconnect with full jitter. Answers disco and
 * version queries. Drops what is no chat of a person: errors, itself, carbons, history. Is in the
 * rooms that it was given, where it hears what is said to agent1.
 *
 * The functions begin with xmpp_edge_, since the prefix xmpp_ is libstrophe's, which also has an
 * xmpp_free().
 */
#ifndef AGENT1_EDGE_XMPP_H
#define AGENT1_EDGE_XMPP_H

#include "agent1/edge/xmpp_tls.h"
#include "agent1/port/xmpp_act.h"
#include "common/sys/mailbox.h"

#include <glib.h>
#include <stdbool.h>

typedef struct Xmpp Xmpp;

typedef struct XmppSettings {
    const char *jid; /* bare, or with a resource; without one "agent1" is used */
    const char *password;
    const char *host; /* NULL or "": by DNS SRV of the JID's domain */
    unsigned port;
    XmppTls tls;
    const char *ca_file;    /* NULL or "": the system's */
    const GPtrArray *rooms; /* RoomSettings *, or NULL */
    unsigned ping_s;        /* silence after which the server is pinged; 0: 30 s */
} XmppSettings;

/* Copies the settings and begins to connect. events is the mailbox for Event *, which outlives the
 * edge. Fails on settings that cannot work: PROBLEM_VALUE, PROBLEM_IO. */
Xmpp *xmpp_edge_new(const XmppSettings *settings, Mailbox *events, GError **error);

/* Says what is left and goodbye, at most 2 s, and joins the thread (which takes up to 10 s longer
 * while a name server does not answer). */
void xmpp_edge_free(Xmpp *xmpp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Xmpp, xmpp_edge_free)

/*
 * Sends a chat message with this stanza id (also as origin-id, XEP-0359). The text is made fit for
 * XML, and cut when it is longer than servers take. EVENT_SAID with the id follows when the server
 * acknowledged it (XEP-0198; where the server has no stream management, when it answered a ping
 * that was sent after it). While there is no connection, or when the session ends before the
 * acknowledgement, nothing follows: the core says it again after EVENT_LINK_UP. When more is said
 * than there is room for, EVENT_LINK_DOWN and EVENT_LINK_UP follow once the rest is said. What is
 * said again with an id that is under way or said is not sent twice.
 */
void xmpp_edge_say(Xmpp *xmpp, const char *id, const char *jid, const char *text);

/* The same in the place of the message `replaced`, for who knows corrections (XEP-0308). */
void xmpp_edge_say_correction(Xmpp *xmpp, const char *id, const char *jid, const char *replaced,
                              const char *text);

/* The same with a URL alone, marked as what it is (XEP-0066): clients show what it leads to. Only
 * for links of our own making, since many fetch them unasked. */
void xmpp_edge_say_link(Xmpp *xmpp, const char *id, const char *jid, const char *url);

/* Does something else. What finds no connection, or no room, is dropped. */
void xmpp_edge_act(Xmpp *xmpp, const XmppAct *act);

#endif
