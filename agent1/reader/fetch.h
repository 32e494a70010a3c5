/*
 * One page from the web by libcurl: http and https, without cookies, credentials or proxies, over a
 * bounded number of redirects, each judged again, in a bounded time, up to a bounded size once it
 * is unpacked. Where the host really is, is judged for each connection at its socket, so that
 * neither a name that changes nor a redirect leads to an address that is not public.
 */
#ifndef AGENT1_READER_FETCH_H
#define AGENT1_READER_FETCH_H

#include "agent1/port/page_call.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct FetchOrder {
    const char *address;    /* as it was typed */
    const GPtrArray *named; /* char *, "host:port" that may be private; NULL: none */
    int64_t until_ms;       /* of fetch_clock_ms() */
    const char *accept;     /* what is asked for, for the header Accept */
    bool stays;             /* a redirect to another host is refused: its address has the words */
} FetchOrder;

typedef struct Fetched {
    PageOutcome outcome; /* FOUND: an answer came, of whatever status */
    char *why;           /* or NULL */
    unsigned status;
    char *type;    /* "text/html", in lower case; NULL: it does not say */
    char *charset; /* as it says; NULL: it does not */
    char *address; /* where it stands in the end */
    GByteArray *body;
    bool is_cut; /* it was larger than PAGE_FETCH_MAX_BYTES */
} Fetched;

void fetched_clear(Fetched *fetched);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fetched, fetched_clear)

/* Reads the certificates of authorities and loads what libcurl and the look-up of names need:
 * afterwards no file may be open to us. PROBLEM_MISSING: there are no certificates. */
bool fetch_warm_up(GError **error);

int64_t fetch_clock_ms(void);

/* out is to be cleared. */
void fetch_page(const FetchOrder *order, Fetched *out);

#endif
