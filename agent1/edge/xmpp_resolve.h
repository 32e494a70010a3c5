/*
 * Where the account's server is: SRV records (RFC 6120, 3.2; XEP-0368 for TLS from the first byte),
 * else the domain itself, and their addresses; and which of those takes connections.
 *
 * libstrophe would do it too, but tries one address only, and forgets the session that it is to
 * resume when that one does not answer. Blocks, with time limits.
 */
#ifndef AGENT1_EDGE_XMPP_RESOLVE_H
#define AGENT1_EDGE_XMPP_RESOLVE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define XMPP_RESOLVE_MAX_ADDRESSES 16

typedef struct XmppAddress {
    struct sockaddr_storage address;
    socklen_t length;
    char *host; /* as numbers */
    unsigned short port;
} XmppAddress;

typedef struct XmppResolveQuery {
    const char *domain;
    const char *host;    /* NULL: by SRV records of the domain */
    unsigned short port; /* 0: the usual one; only used where no SRV record says it */
    bool is_direct_tls;
    uint64_t random; /* any 64 bits: draws among equals */
} XmppResolveQuery;

/* The addresses in the order of trial, one at least; PROBLEM_IO. g_ptr_array_unref() frees them. */
GPtrArray *xmpp_resolve(const XmppResolveQuery *query, GError **error);

/* The first address from `first` on, around, that takes a connection; NULL and PROBLEM_IO with the
 * last cause when none does. on_socket is told each socket waited for, and -1 after that; who cuts
 * one ends the search. Borrowed from addresses. */
const XmppAddress *xmpp_resolve_reachable(const GPtrArray *addresses, unsigned first,
                                          void (*on_socket)(int fd, void *data), void *data,
                                          GError **error);

#endif
