/*
 * libstrophe's memory, counted, so that a server cannot make it take all there is: it builds a
 * whole stanza before anybody can judge it, up to 100 bytes for each byte that came, and frees
 * it by recursion, 100 bytes of stack for each level.
 *
 * And held on to, so that nothing is left of a context that is freed: libstrophe 0.12.2 loses the
 * bound JID of a session when a connection breaks that was to resume it
 * (_reset_sm_state_for_reconnect writes over it).
 */
#ifndef AGENT1_EDGE_XMPP_MEMORY_H
#define AGENT1_EDGE_XMPP_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <strophe.h>

/* More than a stanza of 256 KiB can need, which servers let through. Each level of nesting takes
 * 96 bytes of it at least, so that XMPP_STACK_BYTES is enough for all that fit. */
#define XMPP_MEMORY_MAX_BYTES ((size_t)48 * 1024 * 1024)
#define XMPP_STACK_BYTES      ((size_t)64 * 1024 * 1024)

typedef struct XmppMemory {
    xmpp_mem_t hooks; /* for xmpp_ctx_new() */
    size_t used_bytes;
    void *first; /* of all blocks */
} XmppMemory;

/* In place: the hooks point at it. */
void xmpp_memory_init(XmppMemory *memory);

/* Frees what is left when the context is gone. It can be used again. */
void xmpp_memory_clear(XmppMemory *memory);

bool xmpp_memory_is_exceeded(const XmppMemory *memory);

#endif
