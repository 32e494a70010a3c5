/*
 * Whether the XMPP server is still there: when it must be asked (XEP-0199), and when its silence
 * means that the link is dead. Arithmetic only: times are milliseconds of one clock, which the
 * caller reads. A dead link is noticed in 1.5 times the silence after which it is asked, or
 * earlier.
 */
#ifndef AGENT1_EDGE_XMPP_PULSE_H
#define AGENT1_EDGE_XMPP_PULSE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct XmppPulse {
    int64_t ping_ms;     /* silence after which the server is asked */
    int64_t heard_ms;    /* when something came last */
    int64_t pinged_ms;   /* when a ping left last */
    int64_t progress_ms; /* since when the oldest stanza waits for its acknowledgement */
} XmppPulse;

/* ping_s: 0 for the usual 30 s. */
void xmpp_pulse_init(XmppPulse *pulse, unsigned ping_s);

/* A connection stands. */
void xmpp_pulse_begin(XmppPulse *pulse, int64_t now_ms);

/* Whether the server owes an answer. has_unacknowledged: it has stanzas to acknowledge. */
bool xmpp_pulse_is_waiting(const XmppPulse *pulse, bool has_unacknowledged);

/* When it must have been heard of, or be asked. */
int64_t xmpp_pulse_deadline(const XmppPulse *pulse, bool has_unacknowledged);

#endif
