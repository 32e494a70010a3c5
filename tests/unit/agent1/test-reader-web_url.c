/* Addresses of the web: what is read, what is refused and why, and how libcurl sees each. */
#include "agent1/reader/web_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/banned.h"

static void what_is_read(void **state)
{
    static const struct {
        const char *typed;
        const char *text;
        const char *host;
        unsigned port;
    } rows[] = {
        { "https://example.org/a?b=c#d", "https://example.org/a?b=c", "example.org", 443 },
        { "example.org", "https://example.org/", "example.org", 443 },
        { "example.org/x:y", "https://example.org/x:y", "example.org", 443 },
        { "example.org:8080/x", "https://example.org:8080/x", "example.org", 8080 },
        { "HTTP://Example.ORG", "http://Example.ORG/", "Example.ORG", 80 },
        { "http://example.org:443/", "http://example.org:443/", "example.org", 443 },
        { "http://[2001:db8::1]:8443/", "http://[2001:db8::1]:8443/", "[2001:db8::1]", 8443 },
        { "http://2130706433/", "http://127.0.0.1/", "127.0.0.1", 80 },
        { "http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1", 80 },
        { "http://wiki.local:9000/", "http://wiki.local:9000/", "wiki.local", 9000 },
    };
    g_autoptr(GPtrArray) named = g_ptr_array_new();

    (void)state;
    g_ptr_array_add(named, (void *)(gsize) "Wiki.local:9000");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(WebUrl) url = web_url_read(rows[i].typed, named, &error);

        if (!url)
            fail_msg("%s: %s", rows[i].typed, error->message);
        assert_string_equal(url->text, rows[i].text);
        assert_string_equal(url->host, rows[i].host);
        assert_int_equal(url->port, rows[i].port);
        assert_int_equal(url->is_named, rows[i].port == 9000);
    }
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *typed;
        Problem code;
        const char *why;
    } rows[] = {
        { "", PROBLEM_VALUE, "it is empty" },
        { "http://", PROBLEM_VALUE, "it is no address of the web" },
        { "ftp://example.org/", PROBLEM_VALUE, "only http and https are read" },
        { "file:///etc/passwd", PROBLEM_VALUE, "only http and https are read" },
        { "gopher://example.org/", PROBLEM_VALUE, "only http and https are read" },
        { "javascript:alert(1)", PROBLEM_VALUE, "it is no address of the web" },
        { "http://ana@example.org/", PROBLEM_VALUE, "a name or a password stands in it" },
        { "http://ana:pw@example.org/", PROBLEM_VALUE, "a name or a password stands in it" },
        { "ana:pw@example.org", PROBLEM_VALUE, "it is no address of the web" },
        { "http://example.org/a b", PROBLEM_VALUE, "a sign in it stands in no address" },
        { "http://example.org\\@10.0.0.1/", PROBLEM_VALUE, "a sign in it stands in no address" },
        { "http://example.org/\u202e", PROBLEM_VALUE, "a sign in it stands in no address" },
        { "http://example.org:22/", PROBLEM_REFUSED, "port 22" },
        { "http://example.org:9000/", PROBLEM_REFUSED, "port 9000" },
        { "http://example.org:0/", PROBLEM_VALUE, "it is no address of the web" },
        { "http://example.org:99999/", PROBLEM_VALUE, "it is no address of the web" },
    };
    g_autofree char *many = g_strnfill(PAGE_ADDRESS_MAX_BYTES + 1, 'a');
    g_autoptr(GError) too_long = NULL;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(WebUrl) url = web_url_read(rows[i].typed, NULL, &error);

        if (url || strcmp(error->message, rows[i].why) != 0)
            fail_msg("%s: %s", rows[i].typed, url ? url->text : error->message);
        assert_int_equal(error->code, rows[i].code);
    }
    assert_null(web_url_read(many, NULL, &too_long));
    assert_string_equal(too_long->message, "it is too long");
}

static void references(void **state)
{
    static const struct {
        const char *reference;
        const char *whole;
    } rows[] = {
        { "/a", "http://example.org:9000/a" },
        { "b", "http://example.org:9000/x/b" },
        { "../c#d", "http://example.org:9000/c" },
        { "//other.org/e", "http://other.org/e" },
        { "?q=1", "http://example.org:9000/x/y?q=1" },
        { "javascript:alert(1)", NULL },
        { "mailto:ana@example.org", NULL },
        { "data:text/html,x", NULL },
        { "http://ana:pw@example.org/", NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *whole = web_url_resolve("http://example.org:9000/x/y", rows[i].reference);

        if (g_strcmp0(whole, rows[i].whole) != 0)
            fail_msg("%s: %s", rows[i].reference, whole ? whole : "none");
    }
}

static void names_and_members(void **state)
{
    g_autofree char *name = web_url_name("https://Search.example.org/x");
    g_autofree char *local = web_url_name("http://127.0.0.1:8888");
    g_autofree char *none = web_url_name("nonsense://");
    g_autofree char *member = web_url_member(
        "https://duckduckgo.com/l/?a=b&uddg=https%3A%2F%2Fx.org%2F%3Fa%3D1&rut=2", "uddg");
    g_autofree char *absent = web_url_member("https://duckduckgo.com/l/", "uddg");

    (void)state;
    assert_string_equal(name, "Search.example.org:443");
    assert_string_equal(local, "127.0.0.1:8888");
    assert_null(none);
    assert_string_equal(member, "https://x.org/?a=1");
    assert_null(absent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(references),
        cmocka_unit_test(names_and_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
