/* What is done about a stanza: events, answers, and few of them. */
#include "agent1/edge/xmpp_reception.h"

#include "common/base/limits.h"
#include "common/sys/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define OWN "agent1@example.org"
#define BOB "bob@example.org/phone"

static XmppOutcome judge(XmppReception *reception, int64_t now_ms, const char *xml)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);
    XmppOutcome outcome;

    if (!stanza)
        fail_msg("the test's XML is wrong: %s", xml);
    outcome = xmpp_reception_judge(reception, stanza, now_ms, OWN);
    xmpp_stanza_release(stanza);
    xmpp_ctx_free(ctx);

    return outcome;
}

static const struct {
    const char *what;
    const char *xml;
    bool is_event;
    const char *answer; /* a part of it */
    bool is_synced;
    uint32_t synced;
} outcome_rows[] = {
    { "chat", "<message xmlns='jabber:client' from='" BOB "'><body>!help</body></message>", true,
      NULL, false, 0 },
    { "encrypted",
      "<message xmlns='jabber:client' from='" BOB "'><body>?</body>"
      "<encrypted xmlns='eu.siacs.conversations.axolotl'/></message>",
      false, "switch encryption off", false, 0 },
    { "an error", "<message xmlns='jabber:client' type='error' from='" BOB "'/>", false, NULL,
      false, 0 },
    { "a question",
      "<iq xmlns='jabber:client' type='get' id='1' from='" BOB "'>"
      "<ping xmlns='urn:xmpp:ping'/></iq>",
      false, "<iq type='result'", false, 0 },
    { "presence", "<presence xmlns='jabber:client' from='" BOB "'/>", false, NULL, false, 0 },
    { "a wish to see the presence",
      "<presence xmlns='jabber:client' type='subscribe' from='" BOB "'/>", true, NULL, false, 0 },
    { "the own account's wish", "<presence xmlns='jabber:client' type='subscribe' from='" OWN "'/>",
      false, NULL, false, 0 },
    { "a gateway's wish",
      "<presence xmlns='jabber:client' type='subscribe' from='irc.example.org'/>", false, NULL,
      false, 0 },
    { "an answer that nobody asked for",
      "<iq xmlns='jabber:client' type='result' id='1' from='" BOB "'><query "
      "xmlns='http://jabber.org/protocol/disco#info'/></iq>",
      false, NULL, false, 0 },
    { "the server's answer to a sync",
      "<iq xmlns='jabber:client' type='result' id='sync-7' from='example.org'/>", false, NULL, true,
      7 },
    { "the server's refusal of one",
      "<iq xmlns='jabber:client' type='error' id='sync-7' from='example.org'/>", false, NULL, true,
      7 },
    { "the server without its name", "<iq xmlns='jabber:client' type='result' id='sync-7'/>", false,
      NULL, true, 7 },
    { "somebody else's", "<iq xmlns='jabber:client' type='result' id='sync-7' from='" BOB "'/>",
      false, NULL, false, 0 },
    { "a number too large",
      "<iq xmlns='jabber:client' type='result' id='sync-4294967296' from='example.org'/>", false,
      NULL, false, 0 },
    { "no number", "<iq xmlns='jabber:client' type='result' id='sync-' from='example.org'/>", false,
      NULL, false, 0 },
};

static void test_outcomes(void **state)
{
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(outcome_rows); i++) {
        XmppActs acts = { .show = NULL };
        XmppReception reception;
        XmppOutcome outcome;

        xmpp_reception_init(&reception, "example.org", &acts);
        outcome = judge(&reception, 1000, outcome_rows[i].xml);
        if (!outcome.event == outcome_rows[i].is_event || !outcome.xml != !outcome_rows[i].answer ||
            (outcome.xml && !strstr(outcome.xml, outcome_rows[i].answer)) ||
            outcome.is_synced != outcome_rows[i].is_synced ||
            outcome.synced != outcome_rows[i].synced)
            fail_msg("%s: %s", outcome_rows[i].what, outcome.xml ? outcome.xml : "no answer");
        event_free(outcome.event);
        g_free(outcome.xml);
    }
}

/* Two programs that complain to each other fall silent. */
static void test_few_answers(void **state)
{
    g_autofree char *text = g_strnfill(CHAT_TEXT_MAX_BYTES + 1, 'x');
    g_autofree char *xml = g_strdup_printf(
        "<message xmlns='jabber:client' from='" BOB "'><body>%s</body></message>", text);
    XmppActs acts = { .show = NULL };
    XmppReception reception;
    unsigned answers = 0;

    (void)state;

    xmpp_reception_init(&reception, "example.org", &acts);
    for (int64_t now_ms = 0; now_ms < 60 * 1000; now_ms += 1000) {
        XmppOutcome outcome = judge(&reception, now_ms, xml);

        assert_null(outcome.event);
        if (outcome.xml) {
            assert_non_null(strstr(outcome.xml, "message too long (131073 bytes; at most 131072)"));
            answers++;
        }
        g_free(outcome.xml);
    }
    assert_in_range(answers, 10, 20);
}

/* A generator of its own, so that a failure can be repeated. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;

    return *state >> 8;
}

/* What holds for every stanza that can be parsed at all. */
static void check_any(xmpp_stanza_t *stanza)
{
    const char *from = xmpp_stanza_get_from(stanza);
    const char *type = xmpp_stanza_get_type(stanza);
    XmppActs acts = { .show = NULL };
    XmppReception reception;
    XmppOutcome outcome;

    xmpp_reception_init(&reception, "example.org", &acts);
    outcome = xmpp_reception_judge(&reception, stanza, 1000, OWN);
    if (outcome.event && outcome.event->kind == EVENT_XMPP) {
        const XmppFact *fact = &outcome.event->fact;

        assert_int_equal(fact->kind, XMPP_FACT_SUBSCRIBE);
        assert_true(g_str_has_prefix(from, fact->principal));
        assert_string_not_equal(fact->principal, OWN);
    } else if (outcome.event) {
        const EventChat *chat = &outcome.event->chat;

        assert_string_equal(chat->address, from);
        assert_true(g_str_has_prefix(from, chat->principal));
        assert_null(strchr(chat->principal, '/'));
        assert_string_not_equal(chat->principal, OWN);
        assert_true(chat->text[0] && g_utf8_validate(chat->text, -1, NULL));
    }
    if (type && g_str_equal(type, "error"))
        assert_true(!outcome.event && !outcome.xml);
    event_free(outcome.event);
    g_free(outcome.xml);
}

static void test_any_stanza(void **state)
{
    enum { ROUNDS = 10000 };
    static const char *const seeds[] = {
        "<message xmlns='jabber:client' type='chat' id='i' from='" BOB "'><body>!help</body>"
        "<origin-id xmlns='urn:xmpp:sid:0' id='o'/><delay xmlns='urn:xmpp:delay' "
        "stamp='2026-11-21T00:00:00Z'/></message>",
        "<message xmlns='jabber:client' type='error' from='" BOB "'><error type='cancel'>"
        "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
        "<message xmlns='jabber:client' from='" OWN "'><body>x</body><received "
        "xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'/></received></message>",
        "<iq xmlns='jabber:client' type='get' id='1' from='" BOB "'><query "
        "xmlns='http://jabber.org/protocol/disco#info' node='urn:agent1'/></iq>",
        "<iq xmlns='jabber:client' type='result' id='sync-7' from='example.org'/>",
        "<presence xmlns='jabber:client' type='subscribe' from='" BOB "'/>",
    };
    static const char pieces[] = "<>/='\"&;@ abodyiqmessage\xc3\xa9\0\x1b";
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    uint32_t random = 1;
    unsigned parsed = 0;

    (void)state;

    for (unsigned round = 0; round < ROUNDS; round++) {
        g_autofree char *xml = g_strdup(seeds[round % G_N_ELEMENTS(seeds)]);
        size_t length = strlen(xml);
        xmpp_stanza_t *stanza;

        for (uint32_t n = next_random(&random) % 4; n > 0; n--)
            xml[next_random(&random) % length] = pieces[next_random(&random) % sizeof(pieces)];
        stanza = xmpp_stanza_new_from_string(ctx, xml);
        if (!stanza)
            continue;
        parsed++;
        if (xmpp_stanza_get_name(stanza))
            check_any(stanza);
        xmpp_stanza_release(stanza);
    }
    xmpp_ctx_free(ctx);
    /* Enough of them were stanzas still. */
    assert_in_range(parsed, ROUNDS / 4, ROUNDS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_few_answers),
        cmocka_unit_test(test_any_stanza),
    };

    log_init("test-xmpp_reception", FALSE);

    return cmocka_run_group_tests_name("xmpp_reception", tests, NULL, NULL);
}
