/*
 * `search` of config.json: who is asked when somebody searches, and which private hosts a page may
 * be read from.
 */
#ifndef AGENT1_PORT_SEARCH_SETTINGS_H
#define AGENT1_PORT_SEARCH_SETTINGS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    SEARCH_DUCKDUCKGO, /* its page without scripts */
    SEARCH_SEARXNG,    /* JSON, or its page where JSON is switched off */
    SEARCH_NONE,
} SearchProvider;

/* The words of SearchProvider in its order, ended by NULL. */
extern const char *const search_provider_words[];

typedef struct SearchSettings {
    int provider;             /* SearchProvider */
    char *base_url;           /* without a slash at its end; NULL: none is needed or given */
    int64_t results;          /* of a search, at most */
    int64_t timeout_ms;       /* of a search or a page, with all redirects */
    GPtrArray *private_hosts; /* char *, "host:port"; NULL: none */
} SearchSettings;

/* What a person may write for them. */
#define SEARCH_URL_EXPECTED "a URL such as https://search.example.org, without ?, # and a password"
#define PRIVATE_HOSTS_EXPECTED                                                                     \
    "an array of hosts with their ports, such as [\"wiki.local:443\", \"[::1]:8080\"]"
bool search_url_is_valid(const char *text);
bool private_host_is_valid(const char *text);

/* DuckDuckGo, 5 results, 20 s. */
void search_settings_init(SearchSettings *settings);

/* What one member alone cannot tell; drops what stands for nothing. */
bool search_settings_check(SearchSettings *settings, GError **error);

#endif
