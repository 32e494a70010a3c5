/*
 * What was given to an XMPP stream and not yet acknowledged: stanzas in their order, numbered as
 * the server counts them (XEP-0198, section 4).
 *
 * Knows no connection and no XML: it holds texts, says which one leaves next, and which sayings an
 * acknowledgement covers. libstrophe keeps a queue of its own, which forgets what it had not fully
 * written when the connection broke, and misnumbers after a resumption; so this one is the truth.
 */
#ifndef AGENT1_EDGE_XMPP_OUTBOX_H
#define AGENT1_EDGE_XMPP_OUTBOX_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* At most so many stanzas are under way without an acknowledgement, and so many are held. */
#define XMPP_OUTBOX_WINDOW    200
#define XMPP_OUTBOX_MAX_ITEMS 16384
#define XMPP_OUTBOX_MAX_BYTES ((size_t)16 * 1024 * 1024)

/* So many ids of acknowledged sayings are remembered. */
#define XMPP_OUTBOX_MAX_KNOWN 4096

/* A server that dies takes with it what it had acknowledged and not yet written to the recipient's
 * socket (seen with Prosody 0.12.3). So what it acknowledged so shortly before it may have died is
 * in doubt, and said again in the next one with the same id: rather twice than never. */
#define XMPP_OUTBOX_DOUBT_MS        2000
#define XMPP_OUTBOX_DOUBT_MAX_BYTES ((size_t)1024 * 1024)

typedef struct XmppOutbox XmppOutbox;

typedef enum {
    XMPP_OUTBOX_ADDED,
    XMPP_OUTBOX_WAITS, /* a saying with this id is in the outbox already */
    XMPP_OUTBOX_SAID,  /* it was acknowledged in this session already */
    XMPP_OUTBOX_FULL,
} XmppOutboxAnswer;

XmppOutbox *xmpp_outbox_new(void);
void xmpp_outbox_free(XmppOutbox *outbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmppOutbox, xmpp_outbox_free)

/* Adds a stanza. id names a saying; NULL: a stanza that nobody waits for. Both texts are copied. */
XmppOutboxAnswer xmpp_outbox_add(XmppOutbox *outbox, const char *id, const char *xml);

/* The stanza to be sent now, which counts as sent from here on, or NULL. Borrowed until the next
 * call. */
const char *xmpp_outbox_next(XmppOutbox *outbox);

/* True when xmpp_outbox_next() would give one. */
bool xmpp_outbox_has_next(const XmppOutbox *outbox);

/* How many stanzas were sent in this session, as the server counts. */
uint32_t xmpp_outbox_sent(const XmppOutbox *outbox);

/* How many of them are not acknowledged. */
unsigned xmpp_outbox_unacknowledged(const XmppOutbox *outbox);

/* How many there are, sent or not. */
unsigned xmpp_outbox_length(const XmppOutbox *outbox);

/* True when nothing waits, sent or not. */
bool xmpp_outbox_is_empty(const XmppOutbox *outbox);

/* The server has `count` of them (modulo 2^32), which it says at now_ms of CLOCK_BOOTTIME. Appends
 * the ids of sayings that are now said (the caller frees each). False, and nothing else, when the
 * count cannot be: fewer than acknowledged before or more than were sent. */
bool xmpp_outbox_acknowledge(XmppOutbox *outbox, uint32_t count, int64_t now_ms, GPtrArray *said);

/* The session was resumed and the server has `count`: as above, and what it has not is sent again,
 * in its order. */
bool xmpp_outbox_resume(XmppOutbox *outbox, uint32_t count, int64_t now_ms, GPtrArray *said);

/* The session is over, and its server was there for certain until alive_ms: counts from 0, holds
 * and knows nothing, but for what is in doubt. */
void xmpp_outbox_restart(XmppOutbox *outbox, int64_t alive_ms);

/* Adds what is in doubt, behind what was added already. */
void xmpp_outbox_add_doubted(XmppOutbox *outbox);

#endif
