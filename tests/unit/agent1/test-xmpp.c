/* The XMPP edge against a real Prosody and a client that others wrote. */
#include "agent1/edge/xmpp.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/sys/log.h"

#include <errno.h>
#include <fcntl.h>
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
    Ear *ear; /* of this test, as is the edge; freed after it, whatever happened in it */
    Xmpp *xmpp;
} Stage;

/* Frees the edge and its events. */
static int leave(void **state)
{
    Stage *stage = *state;

    g_clear_pointer(&stage->xmpp, xmpp_edge_free);
    g_clear_pointer(&stage->ear, ear_free);

    return 0;
}

/* An edge for the stage's server, with these settings changed; NULL: none. */
static Xmpp *edge_new(Stage *stage, const XmppSettings *changes)
{
    g_autofree char *ca_file = house_path(stage->house, "ca.pem");
    XmppSettings settings = {
        .jid = AGENT,
        .password = HOUSE_PASSWORD,
        .host = "127.0.0.1",
        .port = stage->house->port,
        .tls = XMPP_TLS_REQUIRED,
        .ca_file = ca_file,
    };

    if (changes) {
        settings.tls = changes->tls;
        settings.ping_s = changes->ping_s;
        if (changes->password)
            settings.password = changes->password;
        if (changes->ca_file)
            settings.ca_file = changes->ca_file;
        if (changes->host)
            settings.host = changes->host;
        if (changes->port)
            settings.port = changes->port;
    }
    if (!stage->ear)
        stage->ear = ear_new();
    stage->xmpp = xmpp_edge_new(&settings, stage->ear->mailbox, NULL);
    assert_non_null(stage->xmpp);

    return stage->xmpp;
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

/* An edge that is up, and whose presence the server knows: what people write before that comes
 * delayed. */
static Xmpp *edge_up(Stage *stage, const XmppSettings *changes)
{
    edge_new(stage, changes);
    ear_expect(stage->ear, EVENT_LINK_UP);
    xmpp_edge_say(stage->xmpp, "up", ALICE, "up");
    expect_received(stage->alice, "up", "up");
    ear_expect_said(stage->ear, "up");

    return stage->xmpp;
}

static Ear *ear_of_edge_up(Stage *stage, const XmppSettings *changes)
{
    edge_up(stage, changes);

    return stage->ear;
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

/* Cuts the edge's connection to this port, as a network would. Returns how many sockets it had. */
static unsigned cut_connections(unsigned port)
{
    unsigned count = 0;

    for (int fd = 3; fd < 256; fd++) {
        struct sockaddr_in peer;
        socklen_t length = sizeof(peer);

        if (getpeername(fd, (struct sockaddr *)&peer, &length) == 0 && peer.sin_family == AF_INET &&
            ntohs(peer.sin_port) == port) {
            shutdown(fd, SHUT_RDWR);
            count++;
        }
    }

    return count;
}

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
    ear_expect_nothing(ear, 50);

    peer_free(stage->alice);
    stage->alice = peer_new(stage->house, "alice");
    g_strfreev(peer_wait(stage->alice, "ready"));
    xmpp_edge_say(xmpp, "again", ALICE, "but this");
    expect_received(stage->alice, "again", "but this");
    ear_expect_said(ear, "again");
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

/* The thread's voluntary context switches so far. */
static unsigned count_switches(void)
{
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(tasks))) {
        g_autofree char *path = g_strdup_printf("/proc/self/task/%s/status", name);
        g_autofree char *status = NULL;
        unsigned count;

        if (!g_file_get_contents(path, &status, NULL, NULL) ||
            !g_str_has_prefix(status, "Name:\txmpp\n"))
            continue;
        assert_int_equal(sscanf(strstr(status, "voluntary_ctxt_switches:"),
                                "voluntary_ctxt_switches: %u", &count),
                         1);
        return count;
    }
    fail_msg("no thread named xmpp");
    return 0;
}

static void test_idle(void **state)
{
    enum { IDLE_MS = 1000 };
    Stage *stage = *state;
    Ear *ear = ear_of_edge_up(stage, NULL);
    unsigned before;
    unsigned switches;

    ear_expect_nothing(ear, 100);
    before = count_switches();
    ear_expect_nothing(ear, IDLE_MS);
    switches = count_switches() - before;
    print_message("idle: %u wake-ups in %d ms\n", switches, IDLE_MS);
    assert_in_range(switches, 0, 20);
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

/* Nobody takes the events: nothing is lost, and what is said meanwhile leaves afterwards. */
static void test_full_mailbox(void **state)
{
    enum { CHATS = 50, ROOM = 3 };
    Stage *stage = *state;
    unsigned chats = 0;
    unsigned said = 0;

    stage->ear = ear_new_of(ROOM);
    edge_up(stage, NULL);
    for (unsigned i = 0; i < CHATS; i++) {
        g_autofree char *id = g_strdup_printf("m%u", i);

        peer_chat(stage->alice, id, AGENT, id);
    }
    xmpp_edge_say(stage->xmpp, "s1", ALICE, "meanwhile");
    g_usleep(100000);
    while (chats < CHATS || said < 1) {
        g_autoptr(Event) event = ear_wait_any(stage->ear);
        g_autofree char *id = g_strdup_printf("m%u", chats);

        if (event->kind == EVENT_CHAT) {
            assert_string_equal(event->chat.text, id);
            chats++;
        } else {
            assert_int_equal(event->kind, EVENT_SAID);
            said++;
        }
    }
    expect_received(stage->alice, "s1", "meanwhile");
    ear_expect_nothing(stage->ear, 20);
}

/* Nobody takes the events any more: leaving does not wait for it. */
static void test_leave_unheard(void **state)
{
    enum { CHATS = 50, ROOM = 3 };
    Stage *stage = *state;
    int64_t begin_ms;

    stage->ear = ear_new_of(ROOM);
    edge_up(stage, NULL);
    for (unsigned i = 0; i < CHATS; i++)
        peer_chat(stage->alice, "m", AGENT, "hello");
    g_usleep(100000);
    begin_ms = clock_boot_ms();
    g_clear_pointer(&stage->xmpp, xmpp_edge_free);
    assert_true(clock_boot_ms() - begin_ms < 2000);
}

/* More is said at once than there is room for: the core is made to say the rest again, in order. */
static void test_too_much(void **state)
{
    enum { SAYINGS = 6000 };
    Stage *stage = *state;
    Xmpp *xmpp = edge_up(stage, NULL);
    Ear *ear = stage->ear;
    unsigned said = 0;
    unsigned links = 0;

    for (unsigned i = 0; i < SAYINGS; i++) {
        g_autofree char *id = g_strdup_printf("b%u", i);

        xmpp_edge_say(xmpp, id, "nobody@" HOUSE_DOMAIN, id);
    }
    while (said < SAYINGS) {
        g_autoptr(Event) event = ear_wait_any(ear);
        g_autofree char *id = g_strdup_printf("b%u", said);

        g_main_context_iteration(NULL, FALSE);
        if (event->kind == EVENT_SAID) {
            assert_string_equal(event->said_id, id);
            said++;
            continue;
        }
        assert_int_equal(event->kind, links++ % 2 ? EVENT_LINK_UP : EVENT_LINK_DOWN);
        for (unsigned i = said; event->kind == EVENT_LINK_UP && i < SAYINGS; i++) {
            g_autofree char *again = g_strdup_printf("b%u", i);

            xmpp_edge_say(xmpp, again, "nobody@" HOUSE_DOMAIN, again);
        }
    }
    print_message("%u sayings at once: the link was reported anew %u times\n", SAYINGS, links / 2);
    assert_true(links % 2 == 0);
}

/* ---- round trips, and a server of another kind ---- */

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

static void test_server_without_management(void **state)
{
    enum { MESSAGES = 300 };
    Stage *stage = *state;
    XmppSettings changes = { .ping_s = 1 };
    Xmpp *xmpp = edge_up(stage, &changes);
    Ear *ear = stage->ear;

    for (unsigned i = 0; i < MESSAGES; i++) {
        g_autofree char *id = g_strdup_printf("n%u", i);

        xmpp_edge_say(xmpp, id, ALICE, id);
    }
    for (unsigned i = 0; i < MESSAGES; i++) {
        g_autofree char *id = g_strdup_printf("n%u", i);

        expect_received(stage->alice, id, id);
        ear_expect_said(ear, id);
    }
    ear_expect_nothing(ear, 1200);
    assert_true(cut_connections(stage->house->port) > 0);
    ear_expect(ear, EVENT_LINK_DOWN);
}

static int stage_make(void **state, HouseOptions options)
{
    Stage *stage = g_new0(Stage, 1);

    stage->house = house_new(options);
    stage->alice = peer_new(stage->house, "alice");
    g_strfreev(peer_wait(stage->alice, "ready"));
    *state = stage;

    return 0;
}

static int stage_up(void **state)
{
    return stage_make(state, HOUSE_PLAIN);
}

static int stage_up_stock(void **state)
{
    return stage_make(state, HOUSE_STOCK_NETWORK);
}

static int stage_up_without_management(void **state)
{
    return stage_make(state, HOUSE_WITHOUT_MANAGEMENT);
}

static int stage_down(void **state)
{
    Stage *stage = *state;

    leave(state);
    peer_free(stage->alice);
    house_free(stage->house);
    g_free(stage);

    return 0;
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
        cmocka_unit_test_teardown(test_resumption, leave),
        cmocka_unit_test_teardown(test_refusals, leave),
        cmocka_unit_test_teardown(test_kinds_of_tls, leave),
        cmocka_unit_test_teardown(test_silent_server, leave),
        cmocka_unit_test_teardown(test_endless_stanza, leave),
        cmocka_unit_test_teardown(test_full_mailbox, leave),
        cmocka_unit_test_teardown(test_leave_unheard, leave),
        cmocka_unit_test_teardown(test_too_much, leave),
        cmocka_unit_test_teardown(test_idle, leave),
        cmocka_unit_test_teardown(test_round_trip, leave),
        cmocka_unit_test_teardown(test_ping, leave),
        cmocka_unit_test_teardown(test_server_killed, leave),
        cmocka_unit_test_setup_teardown(test_stock_server, stage_up_stock, stage_down),
        cmocka_unit_test_setup_teardown(test_server_without_management, stage_up_without_management,
                                        stage_down),
    };

    signal(SIGPIPE, SIG_IGN);
    log_init("test-xmpp", FALSE);

    return cmocka_run_group_tests_name("xmpp", tests, stage_up, stage_down);
}
