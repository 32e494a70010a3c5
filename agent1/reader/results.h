/*
 * What a search found: DuckDuckGo's page without scripts, and SearXNG's JSON or page, as numbered
 * results of three lines each: title, address, what stands there.
 */
#ifndef AGENT1_READER_RESULTS_H
#define AGENT1_READER_RESULTS_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    RESULTS_DUCKDUCKGO_PAGE,
    RESULTS_SEARXNG_PAGE,
} ResultsPage;

/* True when the page asks whether a person searches. */
bool results_page_suspects(const char *html);

/* At most count results as a harmless text; "": there are none. The caller owns it. */
char *results_of_page(ResultsPage page, const char *html, const char *address, unsigned count);

/* The same; NULL: it is no JSON of SearXNG's. */
char *results_of_json(const char *text, unsigned count, GError **error);

#endif
