/*
 * Where the own server takes files (XEP-0363): finds the service when a session begins (XEP-0030),
 * and asks it for places. Knows no connection: it makes XML and reads answers.
 */
#ifndef AGENT1_EDGE_XMPP_SHARE_H
#define AGENT1_EDGE_XMPP_SHARE_H

#include "agent1/edge/xmpp_asked.h"
#include "agent1/edge/xmpp_outbox.h"
#include "agent1/edge/xmpp_slot.h"
#include "agent1/port/event.h"
#include "common/sys/mailbox.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <strophe.h>

/* So many of a server's services are asked what they are; so many questions are open at most. */
#define XMPP_SHARE_SERVICES_MAX  30
#define XMPP_SHARE_QUESTIONS_MAX 100

typedef struct XmppShare {
    const char *domain;  /* borrowed */
    Mailbox *slots;      /* borrowed */
    char *service;       /* NULL: none is known */
    size_t max_bytes;    /* of a file; SIZE_MAX: it does not say */
    bool is_server_here; /* on this very machine; the session says so of each connection */
    XmppAsked asked;
} XmppShare;

/* domain, slots: borrowed for its life. */
void xmpp_share_init(XmppShare *share, const char *domain, Mailbox *slots);
void xmpp_share_clear(XmppShare *share);

/* A session has begun: what was known before may be so no more. XMPP_FACT_SHARE, the caller's, when
 * a service was known; or NULL. */
Event *xmpp_share_begin(XmppShare *share, XmppOutbox *outbox);

/* Asks for a place for a file. The answer is an XmppSlot with this id in the mailbox; one that says
 * why there is no place comes at once when it can be known. */
void xmpp_share_ask(XmppShare *share, const char *id, const char *name, size_t bytes,
                    bool has_session, XmppOutbox *outbox);

/* True when the stanza answers a question of this part: then it is dealt with. *out_event:
 * XMPP_FACT_SHARE, the caller's, when the service has become known. */
bool xmpp_share_take(XmppShare *share, xmpp_stanza_t *stanza, XmppOutbox *outbox,
                     Event **out_event);

#endif
