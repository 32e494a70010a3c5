/*
 * SRV records of the DNS (RFC 2782): read from an answer, put into the order of trial. Does not
 * ask: xmpp_resolve.h does.
 */
#ifndef AGENT1_EDGE_XMPP_SRV_H
#define AGENT1_EDGE_XMPP_SRV_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XMPP_SRV_MAX_TARGETS 16

typedef struct XmppSrv {
    uint16_t priority;
    uint16_t weight;
    uint16_t port;
    char *target; /* without a final dot; "": the service is decidedly not offered */
} XmppSrv;

/* The records of an answer (RFC 1035, 4), at most XMPP_SRV_MAX_TARGETS of them; other records in it
 * are passed over. NULL: it is no answer. g_ptr_array_unref() frees the result. */
GPtrArray *xmpp_srv_read(const uint8_t *answer, size_t length);

/* Sorts by priority, and within one draws by weight. random: any 64 bits. */
void xmpp_srv_order(GPtrArray *records, uint64_t random);

#endif
