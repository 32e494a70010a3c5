/* `search` of config.json: the defaults, what people set, and what is refused, with the words for
 * the person who mends it. */
#include "agent1/port/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/banned.h"

static Settings *parse(const char *search, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("{\"xmpp\":{\"enabled\":false},\"mqtt\":{\"url\":\"mqtt://h\"},"
                        "\"users\":[],\"search\":%s}",
                        search);
    g_autoptr(Json) json = json_parse(text, strlen(text), CONFIG_MAX_BYTES, NULL);

    assert_non_null(json);
    return settings_parse(json, NULL, NULL, error);
}

static void the_defaults(void **state)
{
    static const char *const rows[] = { "null", "{}", "{\"base_url\":\"\"}" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Settings) settings = parse(rows[i], NULL);

        assert_non_null(settings);
        assert_int_equal(settings->search.provider, SEARCH_DUCKDUCKGO);
        assert_string_equal(settings->search.base_url, "https://html.duckduckgo.com");
        assert_int_equal(settings->search.results, 5);
        assert_int_equal(settings->search.timeout_ms, 20000);
        assert_null(settings->search.private_hosts);
    }
}

static void what_people_set(void **state)
{
    g_autoptr(Settings) settings =
        parse("{\"provider\":\"searxng\",\"base_url\":\"http://127.0.0.1:8888/x//\","
              "\"results\":10,\"timeout\":\"5s\",\"private_hosts\":[\"[::1]:80\",\"a.b:1\"]}",
              NULL);
    g_autoptr(Settings) none = parse("{\"provider\":\"none\"}", NULL);

    (void)state;
    assert_non_null(settings);
    assert_int_equal(settings->search.provider, SEARCH_SEARXNG);
    assert_string_equal(settings->search.base_url, "http://127.0.0.1:8888/x");
    assert_int_equal(settings->search.results, 10);
    assert_int_equal(settings->search.timeout_ms, 5000);
    assert_int_equal(settings->search.private_hosts->len, 2);
    assert_int_equal(none->search.provider, SEARCH_NONE);
    assert_null(none->search.base_url);
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *search;
        const char *why;
    } rows[] = {
        { "{\"provider\":\"google\"}",
          "search.provider: \"google\": expected one of duckduckgo, searxng, none" },
        { "{\"provider\":\"searxng\"}", "search.base_url: missing: expected the URL of your "
                                        "SearXNG, such as https://search.example.org" },
        { "{\"base_url\":\"search.example.org\"}",
          "search.base_url: \"search.example.org\": expected " SEARCH_URL_EXPECTED },
        { "{\"base_url\":\"https://a:b@c\"}",
          "search.base_url: \"https://a:b@c\": expected " SEARCH_URL_EXPECTED },
        { "{\"results\":0}", "search.results: 0: expected a whole number from 1 to 20" },
        { "{\"timeout\":\"1m\"}",
          "search.timeout: \"1m\": expected a duration such as \"10m\", from 1s to 20s" },
        { "{\"private_hosts\":\"wiki:80\"}",
          "search.private_hosts: \"wiki:80\": expected " PRIVATE_HOSTS_EXPECTED },
        { "{\"private_hosts\":[\"wiki\"]}",
          "search.private_hosts[0]: \"wiki\": expected " PRIVATE_HOSTS_EXPECTED },
        { "{\"private_hosts\":[\"a:1\",\"http://wiki:80\"]}",
          "search.private_hosts[1]: \"http://wiki:80\": expected " PRIVATE_HOSTS_EXPECTED },
        { "{\"private_hosts\":[\"::1:80\"]}",
          "search.private_hosts[0]: \"::1:80\": expected " PRIVATE_HOSTS_EXPECTED },
        { "{\"private_hosts\":[\"wiki:0\"]}",
          "search.private_hosts[0]: \"wiki:0\": expected " PRIVATE_HOSTS_EXPECTED },
        { "{\"private_hosts\":[\":80\"]}",
          "search.private_hosts[0]: \":80\": expected " PRIVATE_HOSTS_EXPECTED },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Settings) settings = parse(rows[i].search, &error);

        if (settings || strcmp(error->message, rows[i].why) != 0)
            fail_msg("%s: %s", rows[i].search, settings ? "taken" : error->message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults),
        cmocka_unit_test(what_people_set),
        cmocka_unit_test(what_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
