/*
 * What is done about a stanza that came: an event, an answer, a line in the log. The answers that
 * agent1's core has no part in are given here, few enough that no two programs can keep each other
 * talking.
 */
#ifndef AGENT1_EDGE_XMPP_RECEPTION_H
#define AGENT1_EDGE_XMPP_RECEPTION_H

#include "agent1/edge/xmpp_acts.h"
#include "agent1/port/event.h"
#include "common/data/bucket.h"

#include <stdbool.h>
#include <stdint.h>
#include <strophe.h>

/* A ping with this and a number as its id asks whether the server has taken so many stanzas. */
#define XMPP_RECEPTION_SYNC "sync-"

typedef struct XmppReception {
    const char *domain; /* of the own server; borrowed */
    XmppActs *acts;     /* what was asked; borrowed */
    Bucket answers;
    Bucket notes; /* lines in the log that strangers can cause */
} XmppReception;

typedef struct XmppOutcome {
    Event *event;      /* or NULL; the caller's */
    char *xml;         /* the answer, or NULL; the caller's */
    bool is_card_ours; /* just now: the presence says more than before */
    bool is_synced;
    uint32_t synced; /* the number of the ping that was answered */
} XmppOutcome;

/* domain, acts: borrowed for its life. */
void xmpp_reception_init(XmppReception *reception, const char *domain, XmppActs *acts);

/* stanza: <message/>, <presence/> or <iq/>. own_jid: bare. */
XmppOutcome xmpp_reception_judge(XmppReception *reception, xmpp_stanza_t *stanza, int64_t now_ms,
                                 const char *own_jid);

#endif
