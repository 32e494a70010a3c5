/* The answers to <iq/>: discovery, version, ping, and errors for the rest. */
#include "agent1/edge/xmpp_disco.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define IQ(type, content)                                                                          \
    "<iq xmlns='jabber:client' type='" type "' id='q\"1' from=\"bob@example.org/it's\">" content   \
    "</iq>"

static const struct {
    const char *what;
    const char *xml;
    const char *answer; /* a part of it; NULL: there is none */
} answer_rows[] = {
    { "features", IQ("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>"),
      "<identity category='client' type='bot' name='agent1'/>" },
    { "features, by name",
      IQ("get", "<query xmlns='http://jabber.org/protocol/disco#info' node='urn:agent1'/>"),
      "node='urn:agent1'" },
    { "features of something else",
      IQ("get", "<query xmlns='http://jabber.org/protocol/disco#info' node=\"x'&lt;\"/>"),
      "<item-not-found " },
    { "items", IQ("get", "<query xmlns='http://jabber.org/protocol/disco#items'/>"),
      "<query xmlns='http://jabber.org/protocol/disco#items'/>" },
    { "items of something else",
      IQ("get", "<query xmlns='http://jabber.org/protocol/disco#items' node='x'/>"),
      "<item-not-found " },
    { "version", IQ("get", "<query xmlns='jabber:iq:version'/>"),
      "<version>" VERSION "</version>" },
    { "ping", IQ("get", "<ping xmlns='urn:xmpp:ping'/>"), "<iq type='result'" },
    { "ping to be set", IQ("set", "<ping xmlns='urn:xmpp:ping'/>"), "<service-unavailable " },
    { "a push to the roster",
      IQ("set", "<query xmlns='jabber:iq:roster'><item jid='mallory@example.org' "
                "subscription='both'/></query>"),
      "<service-unavailable " },
    { "nothing known", IQ("get", "<x xmlns='y'/>"), "<service-unavailable " },
    { "empty", IQ("get", ""), "<service-unavailable " },
    { "a result", IQ("result", ""), NULL },
    { "an error", IQ("error", "<ping xmlns='urn:xmpp:ping'/>"), NULL },
    { "no type", "<iq xmlns='jabber:client' id='q'><ping xmlns='urn:xmpp:ping'/></iq>", NULL },
    { "no id", "<iq xmlns='jabber:client' type='get'><ping xmlns='urn:xmpp:ping'/></iq>", NULL },
    { "no sender", "<iq xmlns='jabber:client' type='get' id='q'><ping xmlns='urn:xmpp:ping'/></iq>",
      "<iq type='result' id='q'></iq>" },
};

static void test_answers(void **state)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(answer_rows); i++) {
        xmpp_stanza_t *iq = xmpp_stanza_new_from_string(ctx, answer_rows[i].xml);
        g_autofree char *answer = NULL;

        if (!iq)
            fail_msg("%s: the test's XML is wrong", answer_rows[i].what);
        answer = xmpp_disco_answer(iq);
        if (!answer != !answer_rows[i].answer || (answer && !strstr(answer, answer_rows[i].answer)))
            fail_msg("%s: %s", answer_rows[i].what, answer);
        if (answer && xmpp_stanza_get_from(iq)) {
            xmpp_stanza_t *parsed = xmpp_stanza_new_from_string(ctx, answer);

            assert_non_null(parsed);
            assert_string_equal(xmpp_stanza_get_id(parsed), "q\"1");
            assert_string_equal(xmpp_stanza_get_to(parsed), "bob@example.org/it's");
            xmpp_stanza_release(parsed);
        }
        xmpp_stanza_release(iq);
    }
    xmpp_ctx_free(ctx);
}

static void test_long_id(void **state)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    g_autofree char *id = g_strnfill(1025, 'x');
    g_autofree char *xml = g_strdup_printf("<iq xmlns='jabber:client' type='get' id='%s'/>", id);
    xmpp_stanza_t *iq = xmpp_stanza_new_from_string(ctx, xml);

    (void)state;

    assert_null(xmpp_disco_answer(iq));
    xmpp_stanza_release(iq);
    xmpp_ctx_free(ctx);
}

/* By hand: printf 'client/bot//agent1<…' | openssl sha1 -binary | base64 */
static void test_hash(void **state)
{
    g_autofree char *hash = xmpp_disco_version_hash();

    (void)state;

    assert_string_equal(hash, "VT60XZ5uTgYkirXMJOn30enOtvY=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_long_id),
        cmocka_unit_test(test_hash),
    };

    return cmocka_run_group_tests_name("xmpp_disco", tests, NULL, NULL);
}
