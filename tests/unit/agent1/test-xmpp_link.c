/* The XMPP edge and its link to a real Prosody: made, refused, cut, silent, resumed. */
#include "agent1/edge/xmpp.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/agent1/xmpp_stage.h"

#include "common/base/banned.h"

/* The session is resumed: no event tells of it, nothing is lost and nothing comes twice. */
static void test_resumption(void **state)
{
    enum { ROUNDS = 3, MESSAGES = 20 };
    Stage *stage = *state;
    Xmpp *xmpp = edge_up(stage, NULL);
    Ear *ear = stage->ear;

    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < MESSAGES; i++) {
            g_autofree char *id = g_strdup_printf("r%u-%u", round, i);

            xmpp_edge_say(xmpp, id, ALICE, id);
            if (i == MESSAGES / 2)
                assert_true(cut_connections(stage->house->port) > 0);
        }
        peer_chat(stage->alice, "meanwhile", AGENT, "meanwhile");
        for (unsigned i = 0; i < MESSAGES; i++) {
            g_autofree char *id = g_strdup_printf("r%u-%u", round, i);

            expect_received(stage->alice, id, id);
        }
        for (unsigned said = 0, chats = 0; said < MESSAGES || chats < 1;) {
            g_autoptr(Event) event = ear_wait_any(ear);

            if (event->kind == EVENT_SAID) {
                g_autofree char *id = g_strdup_printf("r%u-%u", round, said++);

                assert_string_equal(event->said_id, id);
            } else {
                assert_int_equal(event->kind, EVENT_CHAT);
                assert_string_equal(event->chat.text, "meanwhile");
                chats++;
            }
        }
    }
    ear_expect_nothing(ear, 20);
}

/* The server dies and forgets: a new session, in which the core says again what was not said. */
static void test_server_killed(void **state)
{
    Stage *stage = *state;
    Xmpp *xmpp = edge_up(stage, NULL);
    Ear *ear = stage->ear;

    house_kill(stage->house);
    xmpp_edge_say(xmpp, "lost", ALICE, "nobody hears this");
    house_start(stage->house);
    ear_expect(ear, EVENT_LINK_DOWN);
    ear_expect(ear, EVENT_LINK_UP);
    /* The server took it a moment before it died. */
    ear_expect_said(ear, "up");
    ear_expect_nothing(ear, 50);

    peer_free(stage->alice);
    stage->alice = peer_new(stage->house, "alice");
    g_strfreev(peer_wait(stage->alice, "ready"));
    expect_received(stage->alice, "up", "up");
    xmpp_edge_say(xmpp, "again", ALICE, "but this");
    expect_received(stage->alice, "again", "but this");
    ear_expect_said(ear, "again");
}

/* The server dies and nothing tells of it. What it had acknowledged a moment before is in doubt,
 * however late its death is noticed. */
static void test_silent_death(void **state)
{
    Stage *stage = *state;
    XmppSettings changes = { .ping_s = 1 };
    Xmpp *xmpp = edge_up(stage, &changes);
    Ear *ear = stage->ear;

    xmpp_edge_say(xmpp, "doubted", ALICE, "in doubt");
    expect_received(stage->alice, "doubted", "in doubt");
    ear_expect_said(ear, "doubted");
    kill(stage->house->server, SIGSTOP);
    /* It is asked after 1 s, and given up 2 s later. */
    ear_expect_nothing(ear, 3300);
    house_kill(stage->house);
    house_start(stage->house);
    ear_expect(ear, EVENT_LINK_DOWN);
    ear_expect(ear, EVENT_LINK_UP);

    peer_free(stage->alice);
    stage->alice = peer_new(stage->house, "alice");
    g_strfreev(peer_wait(stage->alice, "ready"));
    xmpp_edge_say(xmpp, "later", ALICE, "later");
    ear_expect_said(ear, "up");
    ear_expect_said(ear, "doubted");
    ear_expect_said(ear, "later");
    expect_received(stage->alice, "up", "up");
    expect_received(stage->alice, "doubted", "in doubt");
}

/* What the log says while an edge with these settings tries to connect, up to this text. */
static void expect_refused(Stage *stage, const XmppSettings *changes, const char *text)
{
    g_autofree char *path = house_path(stage->house, "stderr");
    g_autofree char *log = NULL;
    int64_t deadline_ms = clock_boot_ms() + HOUSE_STEP_MS;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    edge_new(stage, changes);
    do {
        g_free(log);
        assert_true(g_file_get_contents(path, &log, NULL, NULL));
        house_turn(deadline_ms, text);
    } while (!strstr(log, "next try in"));
    g_clear_pointer(&stage->xmpp, xmpp_edge_free);
    dup2(stderr_fd, STDERR_FILENO);
    close(stderr_fd);
    close(fd);

    if (!strstr(log, text))
        fail_msg("the log does not say \"%s\": %s", text, log);
    if (strstr(log, HOUSE_PASSWORD))
        fail_msg("the log tells the password: %s", log);
    ear_expect_nothing(stage->ear, 0);
}

static void test_refusals(void **state)
{
    Stage *stage = *state;
    g_autofree char *other_ca = house_path(stage->house, "other.pem");

    expect_refused(stage, &(XmppSettings){ .password = "wrong" },
                   "XMPP: agent1@localhost/agent1: bad user name or password; next try in ");
    expect_refused(stage, &(XmppSettings){ .ca_file = other_ca },
                   ": certificate does not verify: ");
    expect_refused(stage,
                   &(XmppSettings){ .ca_file = other_ca,
                                    .tls = XMPP_TLS_DIRECT,
                                    .port = stage->house->direct_tls_port },
                   ": certificate does not verify: ");
    expect_refused(stage, &(XmppSettings){ .port = house_free_port() }, "Connection refused");
}

/* Connects and says something once. */
static void expect_working(Stage *stage, const XmppSettings *changes)
{
    edge_up(stage, changes);
    ear_expect_nothing(stage->ear, 0);
    leave((void **)&stage);
}

static void test_kinds_of_tls(void **state)
{
    Stage *stage = *state;

    expect_working(
        stage, &(XmppSettings){ .tls = XMPP_TLS_DIRECT, .port = stage->house->direct_tls_port });
    expect_working(stage, &(XmppSettings){ .tls = XMPP_TLS_ALLOWED });
    /* A name with several addresses, of which the server may listen at one only. */
    expect_working(stage, &(XmppSettings){ .tls = XMPP_TLS_NONE, .host = "localhost" });
}

/* A server that takes connections and says nothing: freeing does not wait for it. */
static void test_silent_server(void **state)
{
    static const XmppTls kinds[] = { XMPP_TLS_REQUIRED, XMPP_TLS_DIRECT };
    Stage *stage = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        unsigned port;
        int fd = house_listen(&port);
        XmppSettings changes = { .tls = kinds[i], .port = port };
        char byte;
        int64_t begin_ms;
        int client;

        edge_new(stage, &changes);
        client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

        /* It speaks first. */
        assert_int_equal(recv(client, &byte, 1, 0), 1);
        begin_ms = clock_boot_ms();
        g_clear_pointer(&stage->xmpp, xmpp_edge_free);
        assert_true(clock_boot_ms() - begin_ms < 1500);
        close(client);
        close(fd);
        ear_expect_nothing(stage->ear, 0);
    }
}

/* Nests without end before anybody signed in: as deep as the socket takes it. */
static void test_endless_stanza(void **state)
{
    enum { LEVELS = 20000000, AT_ONCE = 1000 };
    static const char head[] = "<?xml version='1.0'?><stream:stream id='1' xmlns='jabber:client' "
                               "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
    Stage *stage = *state;
    unsigned port;
    int fd = house_listen(&port);
    XmppSettings changes = { .tls = XMPP_TLS_NONE, .port = port };
    g_autoptr(GString) tags = g_string_new(NULL);
    int64_t deadline_ms = clock_boot_ms() + HOUSE_STEP_MS;
    unsigned sent = 0;
    int client;

    edge_new(stage, &changes);
    client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    for (unsigned i = 0; i < AT_ONCE; i++)
        g_string_append(tags, "<a>");
    assert_int_equal(send(client, head, strlen(head), 0), strlen(head));
    while (sent < LEVELS) {
        ssize_t result = send(client, tags->str, tags->len, MSG_DONTWAIT);

        if (result < 0 && errno == EAGAIN)
            house_turn(deadline_ms, "the edge to read or to go");
        else if (result < 0)
            break;
        else
            sent += (unsigned)result / 3;
    }
    /* It was the edge that had enough. */
    assert_in_range(sent, 100000, LEVELS - 1);
    close(client);
    close(fd);
}

/* Reads until the text has come, and then says something. */
static void answer(int client, const char *expected, const char *reply)
{
    g_autoptr(GString) heard = g_string_new(NULL);
    char bytes[4096];

    while (!strstr(heard->str, expected)) {
        ssize_t length = recv(client, bytes, sizeof(bytes), 0);

        assert_true(length > 0);
        g_string_append_len(heard, bytes, length);
    }
    assert_int_equal(send(client, reply, strlen(reply), 0), strlen(reply));
}

#define STREAM                                                                                     \
    "<?xml version='1.0'?><stream:stream id='1' from='" HOUSE_DOMAIN "' xmlns='jabber:client' "    \
    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:features>"

/* The server's last words and its end come in one packet: the words are heard all the same. */
static void test_last_words(void **state)
{
    Stage *stage = *state;
    unsigned port;
    int fd = house_listen(&port);
    XmppSettings changes = { .tls = XMPP_TLS_NONE, .port = port };
    int client;

    edge_new(stage, &changes);
    client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    answer(client, "<stream:stream",
           STREAM "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                  "<mechanism>PLAIN</mechanism></mechanisms></stream:features>");
    answer(client, "<auth", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    answer(client, "<stream:stream",
           STREAM "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
                  "<sm xmlns='urn:xmpp:sm:3'/></stream:features>");
    answer(client, "_xmpp_bind1",
           "<iq type='result' id='_xmpp_bind1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
           "<jid>" AGENT "/agent1</jid></bind></iq>");
    answer(client, "<enable", "<enabled xmlns='urn:xmpp:sm:3'/>");
    ear_expect(stage->ear, EVENT_LINK_UP);
    answer(client, "<presence",
           "<message type='chat' id='m1' from='" ALICE "/phone' to='" AGENT
           "/agent1'><body>goodbye</body></message></stream:stream>");
    /* Not closed yet: with something unread in it, that would be a reset, which takes words back.
     */
    shutdown(client, SHUT_WR);
    expect_chat(stage->ear, "m1", "goodbye");
    ear_expect(stage->ear, EVENT_LINK_DOWN);
    close(client);
    close(fd);
}

/* A silent link is asked, and one that does not answer is given up. */
static void test_ping(void **state)
{
    Stage *stage = *state;
    XmppSettings changes = { .ping_s = 1 };
    Xmpp *xmpp = edge_up(stage, &changes);
    Ear *ear = stage->ear;

    ear_expect_nothing(ear, 1200);
    kill(stage->house->server, SIGSTOP);
    ear_expect_nothing(ear, 3300);
    kill(stage->house->server, SIGCONT);
    /* By then it was given up, and is resumed now: unnoticed above. */
    xmpp_edge_say(xmpp, "s1", ALICE, "again");
    expect_received(stage->alice, "s1", "again");
    ear_expect_said(ear, "s1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_resumption, leave),
        cmocka_unit_test_teardown(test_refusals, leave),
        cmocka_unit_test_teardown(test_kinds_of_tls, leave),
        cmocka_unit_test_teardown(test_silent_server, leave),
        cmocka_unit_test_teardown(test_endless_stanza, leave),
        cmocka_unit_test_teardown(test_last_words, leave),
        cmocka_unit_test_teardown(test_ping, leave),
        /* The last ones: people come back to the new server in their own time. */
        cmocka_unit_test_teardown(test_server_killed, leave),
        cmocka_unit_test_teardown(test_silent_death, leave),
    };

    stage_prepare("test-xmpp_link");

    return cmocka_run_group_tests_name("xmpp_link", tests, stage_up, stage_down);
}
