/* The XMPP edge against a real Prosody and a client that others wrote: what is written and said. */
#include "agent1/edge/xmpp.h"

#include "common/base/limits.h"
#include "common/base/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/agent1/xmpp_stage.h"

#include "common/base/banned.h"

/* ---- without a server ---- */

static void test_settings(void **state)
{
    static const struct {
        const char *what;
        XmppSettings settings;
        int code;
    } rows[] = {
        { "no JID", { .password = "x" }, PROBLEM_VALUE },
        { "no name", { .jid = "@example.org", .password = "x" }, PROBLEM_VALUE },
        { "no domain", { .jid = "agent1@", .password = "x" }, PROBLEM_VALUE },
        { "no domain, a resource", { .jid = "agent1@/x", .password = "x" }, PROBLEM_VALUE },
        { "a domain only", { .jid = "example.org", .password = "x" }, PROBLEM_VALUE },
        { "an @ in the resource only", { .jid = "b/a@c", .password = "x" }, PROBLEM_VALUE },
        { "two @", { .jid = "a@b@c", .password = "x" }, PROBLEM_VALUE },
        { "a space", { .jid = "a b@c", .password = "x" }, PROBLEM_VALUE },
        { "an empty resource", { .jid = "a@b/", .password = "x" }, PROBLEM_VALUE },
        { "no password", { .jid = "a@b" }, PROBLEM_MISSING },
        { "port", { .jid = "a@b", .password = "x", .port = 65536 }, PROBLEM_VALUE },
        { "no TLS to elsewhere",
          { .jid = "a@b", .password = "x", .host = "192.0.2.1", .tls = XMPP_TLS_NONE },
          PROBLEM_VALUE },
        { "no TLS to a domain",
          { .jid = "a@b", .password = "x", .tls = XMPP_TLS_NONE },
          PROBLEM_VALUE },
        { "no CA file", { .jid = "a@b", .password = "x", .ca_file = "/nonexistent" }, PROBLEM_IO },
    };
    g_autoptr(Ear) ear = ear_new();

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        if (xmpp_edge_new(&rows[i].settings, ear->mailbox, &error) ||
            !g_error_matches(error, PROBLEM, rows[i].code))
            fail_msg("%s: %s", rows[i].what, error ? error->message : "taken");
    }
}

/* ---- with one ---- */

static void test_chat(void **state)
{
    Stage *stage = *state;
    Xmpp *xmpp = edge_up(stage, NULL);
    Ear *ear = stage->ear;

    peer_chat(stage->alice, "m1", AGENT, "!status & <more> \"é\"");
    expect_chat(ear, "m1", "!status & <more> \"é\"");

    xmpp_edge_say(xmpp, "01SAYING1", ALICE "/phone", "all is <well> & 'good'\n\t\"é\" 👍");
    expect_received(stage->alice, "01SAYING1", "all is <well> & 'good'\n\t\"é\" 👍");
    ear_expect_said(ear, "01SAYING1");

    /* Said again, it is said already. */
    xmpp_edge_say(xmpp, "01SAYING1", ALICE "/phone", "all is well");
    ear_expect_said(ear, "01SAYING1");
    xmpp_edge_say(xmpp, "01SAYING2", ALICE, "the second");
    expect_received(stage->alice, "01SAYING2", "the second");
    ear_expect_said(ear, "01SAYING2");

    g_clear_pointer(&stage->xmpp, xmpp_edge_free);
    ear_expect(ear, EVENT_LINK_DOWN);
    ear_expect_nothing(ear, 50);
}

/* Written while agent1 was away: it comes with the time of writing. */
static void test_offline_message(void **state)
{
    Stage *stage = *state;
    int64_t begin_ms = clock_now_ms();
    g_autoptr(Event) event = NULL;

    peer_chat(stage->alice, "early", AGENT, "are you there?");
    peer_chat(stage->alice, "self", ALICE, "sent after it");
    g_strfreev(peer_wait(stage->alice, "message chat self"));
    edge_new(stage, NULL);
    ear_expect(stage->ear, EVENT_LINK_UP);
    event = ear_wait(stage->ear, EVENT_CHAT);
    assert_string_equal(event->chat.stanza_id, "early");
    /* The stamp may be whole seconds. */
    assert_in_range(event->chat.written_ms, begin_ms - 1000, clock_now_ms());
}

/* What must be no chat, sent by a person who can put anything into a message. */
static void test_hostile(void **state)
{
    static const char *const messages[] = {
        "<body>carbon</body><received xmlns='urn:xmpp:carbons:2'><forwarded "
        "xmlns='urn:xmpp:forward:0'><message from='" AGENT "'><body>x</body></message></forwarded>"
        "</received>",
        "<body>room</body><x xmlns='http://jabber.org/protocol/muc#user'/>",
        "<received xmlns='urn:xmpp:carbons:2'/>",
        "<a xmlns='urn:xmpp:sm:3' h='4000000000'/>",
        "<body/>",
    };
    Stage *stage = *state;
    Ear *ear = ear_of_edge_up(stage, NULL);
    g_autoptr(GString) deep =
        g_string_new("<message type='chat' id='deep' to='" AGENT "/agent1'><body>deep</body>");

    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_autofree char *xml =
            g_strdup_printf("<message type='chat' to='" AGENT "'>%s</message>", messages[i]);

        peer_raw(stage->alice, xml);
    }
    for (unsigned i = 0; i < 37000; i++)
        g_string_append(deep, "<a>");
    for (unsigned i = 0; i < 37000; i++)
        g_string_append(deep, "</a>");
    g_string_append(deep, "</message>");
    peer_raw(stage->alice, deep->str);
    expect_chat(ear, "deep", "deep");

    peer_chat(stage->alice, "after", AGENT, "after");
    expect_chat(ear, "after", "after");
}

/* Texts that end a stream when they get into it, and such that are too long for one. */
static void test_texts(void **state)
{
    Stage *stage = *state;
    Xmpp *xmpp = edge_up(stage, NULL);
    Ear *ear = stage->ear;
    g_autofree char *long_text = g_strnfill(CHAT_TEXT_MAX_BYTES + 1, 'x');
    g_autofree char *complaint = g_strdup_printf("message too long (%d bytes; at most %d)",
                                                 CHAT_TEXT_MAX_BYTES + 1, CHAT_TEXT_MAX_BYTES);
    g_auto(GStrv) words = NULL;
    g_autofree char *received = NULL;

    xmpp_edge_say(xmpp, "s1", ALICE, "\033[31m\x01\xff\xef\xbf\xbf");
    expect_received(stage->alice, "s1", "<U+001B>[31m<U+0001>\xef\xbf\xbd<U+FFFF>");
    ear_expect_said(ear, "s1");

    xmpp_edge_say(xmpp, "s2", ALICE, long_text);
    words = peer_wait(stage->alice, "message chat s2");
    received = peer_text(words[4]);
    assert_true(g_str_has_suffix(received, " bytes more)"));
    ear_expect_said(ear, "s2");

    g_clear_pointer(&received, g_free);
    g_clear_pointer(&words, g_strfreev);
    peer_chat(stage->alice, "m1", AGENT, long_text);
    words = peer_wait(stage->alice, "message chat");
    received = peer_text(words[4]);
    assert_string_equal(received, complaint);
    ear_expect_nothing(ear, 20);
}

/* A recipient that is not there: the server takes the message and sends an error, once. */
static void test_undeliverable(void **state)
{
    Stage *stage = *state;
    Xmpp *xmpp = edge_up(stage, NULL);
    Ear *ear = stage->ear;

    xmpp_edge_say(xmpp, "s1", "nobody@" HOUSE_DOMAIN, "hello?");
    ear_expect_said(ear, "s1");
    xmpp_edge_say(xmpp, "s2", ALICE, "still here");
    expect_received(stage->alice, "s2", "still here");
    ear_expect_said(ear, "s2");
    ear_expect_nothing(ear, 20);
}

/* ---- round trips ---- */

static void answer_pings(Ear *ear, Xmpp *xmpp, unsigned count)
{
    for (unsigned answered = 0, said = 0; said < count;) {
        g_autoptr(Event) event = ear_wait_any(ear);

        if (event->kind == EVENT_CHAT) {
            g_autofree char *id = g_strdup_printf("p%u", answered++);

            xmpp_edge_say(xmpp, id, event->chat.address, event->chat.text);
        } else {
            assert_int_equal(event->kind, EVENT_SAID);
            said++;
        }
    }
}

static void measure(Stage *stage, const XmppSettings *changes, const char *what)
{
    enum { PINGS = 100 };
    Xmpp *xmpp = edge_up(stage, changes);
    Ear *ear = stage->ear;
    g_autofree char *line = g_strdup_printf("ping %d " AGENT "\n", PINGS);
    g_auto(GStrv) words = NULL;

    peer_write(stage->alice, line);
    answer_pings(ear, xmpp, PINGS);
    words = peer_wait(stage->alice, "median");
    leave((void **)&stage);
    print_message("round trip, %s: %s µs (median of %d)\n", what, words[1], PINGS);
}

static void test_round_trip(void **state)
{
    Stage *stage = *state;

    measure(stage, &(XmppSettings){ .tls = XMPP_TLS_REQUIRED }, "TLS");
    measure(stage, &(XmppSettings){ .tls = XMPP_TLS_NONE }, "no TLS");
}

/* Users' servers: Nagle's algorithm on. */
static void test_stock_server(void **state)
{
    Stage *stage = *state;

    measure(stage, &(XmppSettings){ .tls = XMPP_TLS_REQUIRED }, "TLS, stock server");
    measure(stage, &(XmppSettings){ .tls = XMPP_TLS_NONE }, "no TLS, stock server");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings),
        cmocka_unit_test_teardown(test_chat, leave),
        cmocka_unit_test_teardown(test_offline_message, leave),
        cmocka_unit_test_teardown(test_hostile, leave),
        cmocka_unit_test_teardown(test_texts, leave),
        cmocka_unit_test_teardown(test_undeliverable, leave),
        cmocka_unit_test_teardown(test_round_trip, leave),
        cmocka_unit_test_setup_teardown(test_stock_server, stage_up_stock, stage_down),
    };

    stage_prepare("test-xmpp");

    return cmocka_run_group_tests_name("xmpp", tests, stage_up, stage_down);
}
