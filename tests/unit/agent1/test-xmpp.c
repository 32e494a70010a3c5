/* The XMPP edge against a real Prosody and a client that others wrote. */
#include "agent1/edge/xmpp.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/sys/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/agent1/xmpp_house.h"

#include "common/base/banned.h"

#define AGENT "agent1@" HOUSE_DOMAIN
#define ALICE "alice@" HOUSE_DOMAIN

/* What all tests share: a server takes time to start. */
typedef struct Stage {
    House *house;
    Peer *alice;
} Stage;

static Xmpp *edge_new(const House *house, Ear *ear, const XmppSettings *changes)
{
    g_autofree char *ca_file = house_path(house, "ca.pem");
    XmppSettings settings = {
        .jid = AGENT,
        .password = HOUSE_PASSWORD,
        .host = "127.0.0.1",
        .port = house->port,
        .tls = XMPP_TLS_REQUIRED,
        .ca_file = ca_file,
    };
    Xmpp *xmpp;

    if (changes) {
        settings.tls = changes->tls;
        settings.ping_s = changes->ping_s;
        if (changes->password)
            settings.password = changes->password;
        if (changes->ca_file)
            settings.ca_file = changes->ca_file;
        if (changes->port)
            settings.port = changes->port;
    }
    xmpp = xmpp_edge_new(&settings, ear->mailbox, NULL);
    assert_non_null(xmpp);

    return xmpp;
}

static void expect_chat(Ear *ear, const char *id, const char *text)
{
    g_autoptr(Event) event = ear_wait(ear, EVENT_CHAT);

    assert_int_equal(event->chat.door, DOOR_XMPP);
    assert_string_equal(event->chat.address, ALICE "/phone");
    assert_string_equal(event->chat.principal, ALICE);
    assert_string_equal(event->chat.stanza_id, id);
    assert_string_equal(event->chat.text, text);
    assert_int_equal(event->chat.written_ms, MESSAGE_ABSENT);
}

/* The person receives this text under this id. */
static void expect_received(Peer *peer, const char *id, const char *text)
{
    g_auto(GStrv) words = peer_wait(peer, "message chat");
    g_autofree char *received = NULL;

    assert_int_equal(g_strv_length(words), 5);
    assert_string_equal(words[2], id);
    assert_string_equal(words[3], AGENT "/agent1");
    received = peer_text(words[4]);
    assert_string_equal(received, text);
}

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
    g_autoptr(Ear) ear = ear_new();
    g_autoptr(Xmpp) xmpp = edge_new(stage->house, ear, NULL);

    ear_expect(ear, EVENT_LINK_UP);
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

    g_clear_pointer(&xmpp, xmpp_edge_free);
    ear_expect(ear, EVENT_LINK_DOWN);
    ear_expect_nothing(ear, 50);
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
    g_autoptr(Ear) ear = ear_new();
    g_autoptr(Xmpp) xmpp = edge_new(stage->house, ear, NULL);
    g_autoptr(GString) deep = g_string_new("<message type='chat' to='" AGENT "/agent1'>");

    ear_expect(ear, EVENT_LINK_UP);
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

    peer_chat(stage->alice, "after", AGENT, "after");
    expect_chat(ear, "after", "after");
}

static int stage_up(void **state)
{
    Stage *stage = g_new0(Stage, 1);

    stage->house = house_new(HOUSE_PLAIN);
    stage->alice = peer_new(stage->house, "alice");
    g_strfreev(peer_wait(stage->alice, "ready"));
    *state = stage;

    return 0;
}

static int stage_down(void **state)
{
    Stage *stage = *state;

    peer_free(stage->alice);
    house_free(stage->house);
    g_free(stage);

    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_chat),
        cmocka_unit_test(test_hostile),
    };

    signal(SIGPIPE, SIG_IGN);
    log_init("test-xmpp", FALSE);

    return cmocka_run_group_tests_name("xmpp", tests, stage_up, stage_down);
}
