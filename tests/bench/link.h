/*
 * A bare TCP connection to loopback for the measuring clients: non-blocking, TCP_NODELAY, and
 * TCP_QUICKACK armed again after each read, so that a stock server's Nagle and our own delayed
 * acknowledgements are not what is measured. Any failure ends the program, since a measure with a
 * broken link says nothing; but for a link that may end, which then says so.
 */
#ifndef TESTS_BENCH_LINK_H
#define TESTS_BENCH_LINK_H

#include <glib.h>
#include <stdbool.h>

typedef struct Link {
    int fd;
    bool may_end;    /* its loss is no failure */
    bool is_ended;   /* it was refused, closed or reset */
    GByteArray *in;  /* read, and not yet taken by its owner */
    GByteArray *out; /* not yet written */
} Link;

void link_open(Link *link, unsigned port);

/* Begins to connect, without waiting for it; what is sent meanwhile waits. */
void link_begin(Link *link, unsigned port);

void link_close(Link *link);

/* Writes at once what the socket takes; the rest goes with the next link_wait(). */
void link_send(Link *link, const void *bytes, gsize length);

/* Holds back and sends together: what link_send() got between the two goes in one write. */
void link_hold(Link *link);
void link_release(Link *link);

/* Waits until something was read; false when nothing came in time. -1: no limit. */
bool link_wait(Link *link, int timeout_ms);

/* Drops the first bytes of `in`. */
void link_taken(Link *link, gsize length);

/* Ends the program with a message. */
G_NORETURN void bench_fail(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
