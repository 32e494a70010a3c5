/*
 * What the tests of the XMPP edge share: a Prosody, a person on it, and the edge of the test in
 * hand. To be included once, after cmocka.h.
 */
#ifndef TESTS_UNIT_AGENT1_XMPP_STAGE_H
#define TESTS_UNIT_AGENT1_XMPP_STAGE_H

#include "agent1/edge/xmpp.h"
#include "common/sys/log.h"

#include "tests/unit/agent1/xmpp_house.h"

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
static inline int leave(void **state)
{
    Stage *stage = *state;

    g_clear_pointer(&stage->xmpp, xmpp_edge_free);
    g_clear_pointer(&stage->ear, ear_free);

    return 0;
}

/* An edge for the stage's server, with these settings changed; NULL: none. */
static inline Xmpp *edge_new(Stage *stage, const XmppSettings *changes)
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

static inline void expect_chat(Ear *ear, const char *id, const char *text)
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
static inline void expect_received(Peer *peer, const char *id, const char *text)
{
    g_auto(GStrv) words = peer_wait(peer, "message chat");
    g_autofree char *received = NULL;

    assert_int_equal(g_strv_length(words), 5);
    assert_string_equal(words[2], id);
    assert_string_equal(words[3], AGENT "/agent1");
    received = peer_text(words[4]);
    assert_string_equal(received, text);
}

/* What people wrote to the edge of the test before may come in between. */
static inline void expect_said_among_chats(Ear *ear, const char *id)
{
    g_autoptr(Event) event = NULL;

    do {
        g_clear_pointer(&event, event_free);
        event = ear_wait_any(ear);
    } while (event->kind == EVENT_CHAT);
    assert_int_equal(event->kind, EVENT_SAID);
    assert_string_equal(event->said_id, id);
}

/* An edge that is up, and whose presence the server knows: what people write before that comes
 * delayed. */
static inline Xmpp *edge_up(Stage *stage, const XmppSettings *changes)
{
    edge_new(stage, changes);
    ear_expect(stage->ear, EVENT_LINK_UP);
    xmpp_edge_say(stage->xmpp, "up", ALICE, "up");
    expect_received(stage->alice, "up", "up");
    expect_said_among_chats(stage->ear, "up");

    return stage->xmpp;
}

static inline Ear *ear_of_edge_up(Stage *stage, const XmppSettings *changes)
{
    edge_up(stage, changes);

    return stage->ear;
}

/* Cuts the edge's connection to this port, as a network would. Returns how many sockets it had. */
static inline unsigned cut_connections(unsigned port)
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

static inline int stage_make(void **state, HouseOptions options)
{
    Stage *stage = g_new0(Stage, 1);

    stage->house = house_new(options);
    stage->alice = peer_new(stage->house, "alice");
    g_strfreev(peer_wait(stage->alice, "ready"));
    *state = stage;

    return 0;
}

static inline int stage_up(void **state)
{
    return stage_make(state, HOUSE_PLAIN);
}

static inline int stage_up_stock(void **state)
{
    return stage_make(state, HOUSE_STOCK_NETWORK);
}

static inline int stage_up_without_management(void **state)
{
    return stage_make(state, HOUSE_WITHOUT_MANAGEMENT);
}

static inline int stage_down(void **state)
{
    Stage *stage = *state;

    leave(state);
    peer_free(stage->alice);
    house_free(stage->house);
    g_free(stage);

    return 0;
}

/* What a program of tests does first, then run with stage_up and stage_down. */
static inline void stage_prepare(const char *name)
{
    signal(SIGPIPE, SIG_IGN);
    log_init(name, FALSE);
}

#endif
