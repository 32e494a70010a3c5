#include "agent1/port/search_settings.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"

#include "common/base/banned.h"

#define DUCKDUCKGO_URL "https://html.duckduckgo.com"
#define PORT_MAX       65535

const char *const search_provider_words[] = { "duckduckgo", "searxng", "none", NULL };

bool search_url_is_valid(const char *text)
{
    return *text == '\0' ||
           ((g_str_has_prefix(text, "http://") || g_str_has_prefix(text, "https://")) &&
            text_is_harmless(text) && !strpbrk(text, " \t\n\"<>?#@"));
}

bool private_host_is_valid(const char *text)
{
    const char *colon = strrchr(text, ':');
    g_autofree char *host = colon ? g_strndup(text, (gsize)(colon - text)) : NULL;
    bool is_v6 = host && host[0] == '[' && g_str_has_suffix(host, "]");
    guint64 port;

    return host && *host && text_is_harmless(text) && !strpbrk(host, " \t\n\"<>/?#@") &&
           (is_v6 || !strpbrk(host, ":[]")) &&
           g_ascii_string_to_unsigned(colon + 1, 10, 1, PORT_MAX, &port, NULL);
}

void search_settings_init(SearchSettings *settings)
{
    settings->provider = SEARCH_DUCKDUCKGO;
    settings->results = SEARCH_RESULTS_DEFAULT;
    settings->timeout_ms = PAGE_TIME_MS;
}

bool search_settings_check(SearchSettings *settings, GError **error)
{
    char *url = settings->base_url;

    if (url && *url == '\0')
        url = settings->base_url = (g_free(url), NULL);
    while (url && g_str_has_suffix(url, "/"))
        url[strlen(url) - 1] = '\0';
    if (settings->provider == SEARCH_SEARXNG && !url) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING,
                    "search.base_url: missing: expected the URL of your SearXNG, such as "
                    "https://search.example.org");
        return false;
    }
    if (settings->provider == SEARCH_DUCKDUCKGO && !url)
        settings->base_url = g_strdup(DUCKDUCKGO_URL);

    return true;
}
