/* The stanzas that leave: always well-formed XML, whatever stands in them. */
#include "agent1/edge/xmpp_outgoing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strophe.h>

#include <cmocka.h>

#include "common/base/banned.h"

/* Parses, and fails the test when it is no XML. */
static xmpp_stanza_t *parse(xmpp_ctx_t *ctx, const char *xml)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);

    if (!stanza)
        fail_msg("no XML: %.200s", xml);

    return stanza;
}

static void test_chat(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *body;
    } rows[] = {
        { "plain", "#12 web1: succeeded", "#12 web1: succeeded" },
        { "markup", "</body><x a='\"'>&amp;", "</body><x a='\"'>&amp;" },
        { "lines", "a\n\tb", "a\n\tb" },
        { "escape", "\033[31mred", "<U+001B>[31mred" },
        { "a byte that is no UTF-8",
          "a\xff"
          "b",
          "a\xef\xbf\xbd"
          "b" },
        { "no characters of XML", "a\xef\xbf\xbe\xef\xbf\xbf", "a<U+FFFE><U+FFFF>" },
        { "beyond the first plane", "👍", "👍" },
        { "empty", "", "" },
    };
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *xml = xmpp_outgoing_chat("i&1", "bob@example.org/it's", rows[i].text);
        xmpp_stanza_t *stanza = parse(ctx, xml);
        xmpp_stanza_t *origin = xmpp_stanza_get_child_by_ns(stanza, "urn:xmpp:sid:0");
        char *body = xmpp_message_get_body(stanza);

        if (g_strcmp0(body ? body : "", rows[i].body) != 0)
            fail_msg("%s: %s", rows[i].what, body);
        assert_string_equal(xmpp_stanza_get_name(stanza), "message");
        assert_string_equal(xmpp_stanza_get_type(stanza), "chat");
        assert_string_equal(xmpp_stanza_get_id(stanza), "i&1");
        assert_string_equal(xmpp_stanza_get_to(stanza), "bob@example.org/it's");
        assert_string_equal(xmpp_stanza_get_attribute(origin, "id"), "i&1");
        xmpp_free(ctx, body);
        xmpp_stanza_release(stanza);
    }
    xmpp_ctx_free(ctx);
}

static void test_length(void **state)
{
    static const struct {
        const char *what;
        const char *unit;
        size_t count;
        const char *end; /* NULL: whole */
    } rows[] = {
        { "fits", "x", XMPP_BODY_MAX_BYTES, NULL },
        { "one too many", "x", XMPP_BODY_MAX_BYTES + 1, "\n… (65 bytes more)" },
        { "much", "x", 1000000, "\n… (938624 bytes more)" },
        { "escaped, fits", "&", XMPP_BODY_MAX_BYTES / 5, NULL },
        { "escaped, does not fit", "&", XMPP_BODY_MAX_BYTES / 5 + 1, "\n… (14 bytes more)" },
        { "between characters", "€", XMPP_BODY_MAX_BYTES / 3 + 1, "\n… (69 bytes more)" },
    };
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree char *xml = NULL;
        xmpp_stanza_t *stanza;
        char *body;

        for (size_t n = 0; n < rows[i].count; n++)
            g_string_append(text, rows[i].unit);
        xml = xmpp_outgoing_chat("i", "bob@example.org", text->str);
        assert_true(strlen(xml) < XMPP_BODY_MAX_BYTES + 200);
        stanza = parse(ctx, xml);
        body = xmpp_message_get_body(stanza);
        if (!rows[i].end && !g_str_equal(body, text->str))
            fail_msg("%s: cut", rows[i].what);
        if (rows[i].end && !g_str_has_suffix(body, rows[i].end))
            fail_msg("%s: ends in %s", rows[i].what, body + strlen(body) - 40);
        xmpp_free(ctx, body);
        xmpp_stanza_release(stanza);
    }
    xmpp_ctx_free(ctx);
}

static void test_others(void **state)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    g_autofree char *ping = xmpp_outgoing_ping("p<1", "example.org");
    g_autofree char *presence = xmpp_outgoing_presence("away", "here & there", NULL);
    xmpp_stanza_t *stanza;

    (void)state;

    stanza = parse(ctx, ping);
    assert_string_equal(xmpp_stanza_get_id(stanza), "p<1");
    assert_string_equal(xmpp_stanza_get_to(stanza), "example.org");
    assert_non_null(xmpp_stanza_get_child_by_name_and_ns(stanza, "ping", "urn:xmpp:ping"));
    xmpp_stanza_release(stanza);

    stanza = parse(ctx, presence);
    assert_non_null(xmpp_stanza_get_child_by_name(stanza, "status"));
    assert_non_null(xmpp_stanza_get_child_by_ns(stanza, "http://jabber.org/protocol/caps"));
    xmpp_stanza_release(stanza);

    stanza = parse(ctx, XMPP_OUTGOING_GONE);
    assert_string_equal(xmpp_stanza_get_type(stanza), "unavailable");
    xmpp_stanza_release(stanza);
    xmpp_ctx_free(ctx);
}

static void test_link(void **state)
{
    static const char url[] = "https://share.example.org/x/a.txt?b=1&c='2'";
    static const char *const types[] = { "chat", "groupchat" };
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *xml = xmpp_outgoing_link("i1", "bob@example.org", types[i], url);
        xmpp_stanza_t *stanza = parse(ctx, xml);
        xmpp_stanza_t *oob = xmpp_stanza_get_child_by_ns(stanza, "jabber:x:oob");
        char *body = xmpp_message_get_body(stanza);
        char *marked = xmpp_stanza_get_text(xmpp_stanza_get_child_by_name(oob, "url"));

        assert_string_equal(xmpp_stanza_get_type(stanza), types[i]);
        assert_string_equal(body, url);
        assert_string_equal(marked, url);
        xmpp_free(ctx, body);
        xmpp_free(ctx, marked);
        xmpp_stanza_release(stanza);
    }
    xmpp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chat),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_link),
    };

    return cmocka_run_group_tests_name("xmpp_outgoing", tests, NULL, NULL);
}
