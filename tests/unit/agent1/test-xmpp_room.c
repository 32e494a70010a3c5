/* A room: going in, being thrown out, coming back; and whose words in it reach agent1. */
#include "agent1/edge/xmpp_rooms.h"
#include "agent1/port/room_settings.h"
#include "common/sys/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define OWN  "agent1@example.org"
#define ROOM "ops@rooms.example.org"

#define MUC_USER(content) "<x xmlns='http://jabber.org/protocol/muc#user'>" content "</x>"
#define PRESENCE(nick, type, content)                                                              \
    "<presence xmlns='jabber:client' from='" ROOM "/" nick "' " type ">" content "</presence>"
#define OCCUPANT(nick, jid) PRESENCE(nick, "", MUC_USER("<item jid='" jid "'/>"))
#define SELF(nick)          PRESENCE(nick, "", MUC_USER("<item jid='" OWN "/agent1'/><status code='110'/>"))
#define REFUSED(condition)                                                                         \
    PRESENCE("agent1", "type='error'",                                                             \
             "<error type='cancel'><" condition                                                    \
             " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>")
#define SAID(nick, content)                                                                        \
    "<message xmlns='jabber:client' type='groupchat' id='m1' from='" ROOM "/" nick "'>" content    \
    "</message>"
#define BODY(text) "<body>" text "</body>"

typedef struct Scene {
    XmppRooms rooms;
    XmppOutbox *outbox;
    int64_t now_ms;
} Scene;

static int setup(void **state)
{
    Scene *scene = g_new0(Scene, 1);
    RoomSettings settings = { .jid = g_strdup(ROOM), .nick = g_strdup("agent1") };
    g_autoptr(GPtrArray) list = g_ptr_array_new();

    g_ptr_array_add(list, &settings);
    xmpp_rooms_init(&scene->rooms, list);
    g_free(settings.jid);
    g_free(settings.nick);
    scene->outbox = xmpp_outbox_new();
    scene->now_ms = 1000;
    xmpp_rooms_begin(&scene->rooms, scene->now_ms);
    *state = scene;
    return 0;
}

static int teardown(void **state)
{
    Scene *scene = *state;

    xmpp_rooms_clear(&scene->rooms);
    xmpp_outbox_free(scene->outbox);
    g_free(scene);
    return 0;
}

/* What left last, or "". */
static const char *sent(Scene *scene)
{
    const char *last = "";
    const char *xml;

    while ((xml = xmpp_outbox_next(scene->outbox)))
        last = xml;
    return last;
}

static void turn(Scene *scene)
{
    xmpp_rooms_do(&scene->rooms, scene->now_ms, scene->outbox);
}

static void wait_until_due(Scene *scene)
{
    scene->now_ms = xmpp_rooms_deadline(&scene->rooms);
    turn(scene);
}

/* What it says to agent1, or NULL. */
static Event *hear(Scene *scene, const char *xml)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);
    Event *event;

    if (!stanza)
        fail_msg("the test's XML is wrong: %s", xml);
    xmpp_rooms_take(&scene->rooms, stanza, scene->now_ms, OWN, scene->outbox, &event);
    xmpp_stanza_release(stanza);
    xmpp_ctx_free(ctx);
    return event;
}

static bool is_in(const Scene *scene)
{
    return xmpp_room_is_in(scene->rooms.list->pdata[0]);
}

static void go_in(Scene *scene)
{
    turn(scene);
    assert_null(hear(scene, OCCUPANT("ana", "ana@example.org/phone")));
    assert_null(hear(scene, PRESENCE("ghost", "", MUC_USER("<item role='participant'/>"))));
    assert_null(hear(scene, SELF("agent1")));
    assert_true(is_in(scene));
    sent(scene);
}

/* ---- in and out ---- */

static void goes_in_at_once_and_without_history(void **state)
{
    Scene *scene = *state;
    const char *xml;

    turn(scene);
    xml = sent(scene);
    assert_non_null(strstr(xml, "<presence to='" ROOM "/agent1'>"));
    assert_non_null(strstr(xml, "maxstanzas='0'"));
    assert_false(is_in(scene));
    /* Not before the room says so. */
    hear(scene, OCCUPANT("ana", "ana@example.org/phone"));
    assert_false(is_in(scene));
    hear(scene, SELF("agent1"));
    assert_true(is_in(scene));
    assert_string_equal(sent(scene), "");
}

static void takes_another_name_when_it_is_taken(void **state)
{
    Scene *scene = *state;
    int i;

    turn(scene);
    hear(scene, REFUSED("conflict"));
    assert_non_null(strstr(sent(scene), ROOM "/agent1_2'"));
    hear(scene, REFUSED("conflict"));
    assert_non_null(strstr(sent(scene), ROOM "/agent1_3'"));
    hear(scene, SELF("agent1_3"));
    assert_true(is_in(scene));
    /* Answers to its present name. */
    hear(scene, OCCUPANT("ana", "ana@example.org/phone"));
    event_free(hear(scene, SAID("ana", BODY("agent1_3: !status"))));
    /* All taken: it waits, and begins again with the first. */
    xmpp_rooms_begin(&scene->rooms, scene->now_ms);
    turn(scene);
    for (i = 0; i < 5; i++)
        hear(scene, REFUSED("conflict"));
    sent(scene);
    assert_true(xmpp_rooms_deadline(&scene->rooms) > scene->now_ms);
    wait_until_due(scene);
    assert_non_null(strstr(sent(scene), ROOM "/agent1'"));
}

static void comes_back(void **state)
{
    static const struct {
        const char *what;
        const char *xml;
        int64_t at_least_ms;
        int64_t at_most_ms;
    } rows[] = {
        { "thrown out",
          PRESENCE("agent1", "type='unavailable'",
                   MUC_USER("<status code='307'/><status code='110'/>")),
          1, 2000 },
        { "the server of the room ends",
          PRESENCE("agent1", "type='unavailable'",
                   MUC_USER("<status code='332'/><status code='110'/>")),
          1, 2000 },
        { "banned",
          PRESENCE("agent1", "type='unavailable'",
                   MUC_USER("<status code='301'/><status code='110'/>")),
          60 * 1000, 600 * 1000 },
        { "what was said comes back",
          "<message xmlns='jabber:client' type='error' id='s1' from='" ROOM
          "'><error type='cancel'>"
          "<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
          1, 2000 },
    };
    Scene *scene = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t wait_ms;

        xmpp_rooms_begin(&scene->rooms, scene->now_ms);
        go_in(scene);
        assert_null(hear(scene, rows[i].xml));
        wait_ms = xmpp_rooms_deadline(&scene->rooms) - scene->now_ms;
        if (is_in(scene) || wait_ms < rows[i].at_least_ms || wait_ms > rows[i].at_most_ms)
            fail_msg("%s: %d ms", rows[i].what, (int)wait_ms);
        wait_until_due(scene);
        assert_non_null(strstr(sent(scene), "maxstanzas"));
    }
}

static void tries_more_and_more_seldom(void **state)
{
    Scene *scene = *state;
    unsigned tries = 0;
    int64_t end_ms;

    turn(scene);
    end_ms = scene->now_ms + 60 * 60 * 1000;
    while (scene->now_ms < end_ms) {
        hear(scene, REFUSED("registration-required"));
        wait_until_due(scene);
        tries++;
    }
    assert_in_range(tries, 4, 20);
}

#define PONG(type, content)                                                                        \
    "<iq xmlns='jabber:client' type='" type "' id='room-ping' from='" ROOM "/agent1'>" content     \
    "</iq>"
#define PONG_ERROR(condition)                                                                      \
    PONG("error", "<error type='cancel'><" condition                                               \
                  " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>")

static void asks_whether_it_is_still_in(void **state)
{
    static const struct {
        const char *xml;
        bool is_in;
    } rows[] = {
        { PONG("result", ""), true },
        { PONG_ERROR("service-unavailable"), true },
        { PONG_ERROR("item-not-found"), true },
        { PONG_ERROR("remote-server-timeout"), true },
        { PONG_ERROR("not-acceptable"), false },
        { PONG_ERROR("not-allowed"), false },
    };
    Scene *scene = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        xmpp_rooms_begin(&scene->rooms, scene->now_ms);
        go_in(scene);
        wait_until_due(scene);
        assert_non_null(strstr(sent(scene), "urn:xmpp:ping"));
        assert_null(hear(scene, rows[i].xml));
        if (is_in(scene) != rows[i].is_in)
            fail_msg("%s", rows[i].xml);
    }
    xmpp_rooms_begin(&scene->rooms, scene->now_ms);
    go_in(scene);
    wait_until_due(scene);
    wait_until_due(scene);
    assert_false(is_in(scene));
}

static void opens_a_room_that_it_made(void **state)
{
    Scene *scene = *state;

    turn(scene);
    sent(scene);
    hear(scene,
         PRESENCE("agent1", "", MUC_USER("<item/><status code='201'/><status code='110'/>")));
    assert_non_null(strstr(sent(scene), "muc#owner"));
    assert_true(is_in(scene));
}

static void says_only_where_it_is_in(void **state)
{
    Scene *scene = *state;
    g_autofree char *early = xmpp_rooms_print(&scene->rooms, "s1", ROOM, "hello", false);
    g_autofree char *late = NULL;
    g_autofree char *private = NULL;

    assert_null(early);
    assert_false(xmpp_rooms_may_say_again(&scene->rooms));
    go_in(scene);
    assert_true(xmpp_rooms_may_say_again(&scene->rooms));
    assert_false(xmpp_rooms_may_say_again(&scene->rooms));
    late = xmpp_rooms_print(&scene->rooms, "s1", ROOM, "hello", false);
    assert_non_null(strstr(late, "type='groupchat'"));
    private = xmpp_rooms_print(&scene->rooms, "s1", ROOM "/ana", "hello", false);
    assert_non_null(strstr(private, "type='chat'"));
}

/* ---- what is said ---- */

#define DELAY "<delay xmlns='urn:xmpp:delay' stamp='2026-11-21T00:00:00Z'/>"

static const struct {
    const char *what;
    const char *xml;
    const char *principal; /* NULL: nothing is heard */
    const char *text;
    bool is_addressed;
} said_rows[] = {
    { "talk", SAID("ana", BODY("good morning")), NULL, NULL, false },
    { "to agent1", SAID("ana", BODY("agent1: !status")), "ana@example.org", "!status", true },
    { "with a comma, and in capitals", SAID("ana", BODY("Agent1, hello")), "ana@example.org",
      "hello", true },
    { "with a mark", SAID("ana", BODY("@agent1 !help")), "ana@example.org", "!help", true },
    { "about agent1", SAID("ana", BODY("agent1 is slow today")), NULL, NULL, false },
    { "to one whose name begins alike", SAID("ana", BODY("agent1_2: !status")), NULL, NULL, false },
    { "a name and nothing else", SAID("ana", BODY("agent1: ")), NULL, NULL, false },
    { "a command", SAID("ana", BODY("!status")), "ana@example.org", "!status", false },
    { "a task", SAID("ana", BODY("@web1 true")), "ana@example.org", "@web1 true", false },
    { "a trigger", SAID("ana", BODY("delegate: web1 | true")), "ana@example.org",
      "delegate: web1 | true", false },
    { "a word with a colon", SAID("ana", BODY("note: !status")), NULL, NULL, false },
    { "somebody hidden", SAID("ghost", BODY("!status")), "", "!status", false },
    { "somebody who is not there", SAID("nobody", BODY("!status")), "", "!status", false },
    { "a name that looks like a JID", SAID("ana@example.org", BODY("!status")), "", "!status",
      false },
    { "a look-alike of the name", SAID("an\u0430", BODY("!status")), "", "!status", false },
    { "its own words come back", SAID("agent1", BODY("!status")), NULL, NULL, false },
    { "the room itself",
      "<message xmlns='jabber:client' type='groupchat' from='" ROOM
      "'>" BODY("!status") "</message>",
      NULL, NULL, false },
    { "history", SAID("ana", BODY("!status") DELAY), NULL, NULL, false },
    { "history as it was once written",
      SAID("ana", BODY("!status") "<x xmlns='jabber:x:delay' stamp='20261121T00:00:00'/>"), NULL,
      NULL, false },
    { "a forged copy",
      SAID("ana", BODY("!status") "<received xmlns='urn:xmpp:carbons:2'><forwarded "
                                  "xmlns='urn:xmpp:forward:0'/></received>"),
      NULL, NULL, false },
    { "the subject", SAID("ana", "<subject>!status</subject>"), NULL, NULL, false },
    { "encrypted",
      SAID("ana", BODY("!status") "<encrypted xmlns='eu.siacs.conversations.axolotl'/>"), NULL,
      NULL, false },
    { "an error",
      "<message xmlns='jabber:client' type='error' from='" ROOM
      "/ana'>" BODY("!status") "</message>",
      NULL, NULL, false },
};

static void whose_words_are_heard(void **state)
{
    Scene *scene = *state;

    go_in(scene);
    for (unsigned i = 0; i < G_N_ELEMENTS(said_rows); i++) {
        g_autoptr(Event) event = hear(scene, said_rows[i].xml);
        const EventChat *chat = event ? &event->chat : NULL;

        if (!event != !said_rows[i].principal)
            fail_msg("%s: heard or not", said_rows[i].what);
        if (!chat)
            continue;
        if (strcmp(chat->principal, said_rows[i].principal) != 0 ||
            strcmp(chat->text, said_rows[i].text) != 0 ||
            chat->is_addressed != said_rows[i].is_addressed)
            fail_msg("%s: %s said \"%s\"", said_rows[i].what, chat->principal, chat->text);
        assert_string_equal(chat->room, ROOM);
        assert_string_equal(chat->address, ROOM);
    }
}

/* Another takes the name of somebody who left: he is judged by his own JID. */
static void a_name_proves_nothing(void **state)
{
    Scene *scene = *state;
    Event *event;

    go_in(scene);
    hear(scene, PRESENCE("ana", "type='unavailable'",
                         MUC_USER("<item nick='anna' jid='ana@example.org/phone'/>"
                                  "<status code='303'/>")));
    hear(scene, OCCUPANT("anna", "ana@example.org/phone"));
    hear(scene, OCCUPANT("ana", "mallory@example.org/x"));
    event = hear(scene, SAID("ana", BODY("!status")));
    assert_string_equal(event->chat.principal, "mallory@example.org");
    event_free(event);
    event = hear(scene, SAID("anna", BODY("!status")));
    assert_string_equal(event->chat.principal, "ana@example.org");
    event_free(event);
    /* Gone without another name, and back hidden. */
    hear(scene, PRESENCE("anna", "type='unavailable'", MUC_USER("<item/>")));
    event = hear(scene, SAID("anna", BODY("!status")));
    assert_string_equal(event->chat.principal, "");
    event_free(event);
    /* A new session knows nobody from the old one. */
    xmpp_rooms_begin(&scene->rooms, scene->now_ms);
    assert_null(hear(scene, SAID("ana", BODY("!status"))));
}

static void its_other_client_is_itself(void **state)
{
    Scene *scene = *state;

    go_in(scene);
    hear(scene, OCCUPANT("laptop", OWN "/laptop"));
    assert_null(hear(scene, SAID("laptop", BODY("!status"))));
}

#define PRIVATE(nick, content)                                                                     \
    "<message xmlns='jabber:client' type='chat' id='p1' from='" ROOM "/" nick                      \
    "'>" content MUC_USER("") "</message>"

/* Answered where it can only reach him: the name may be another's when the answer comes. */
static void in_private_the_real_jid_counts(void **state)
{
    Scene *scene = *state;
    Event *event;

    go_in(scene);
    event = hear(scene, PRIVATE("ana", BODY("!status")));
    assert_string_equal(event->chat.principal, "ana@example.org");
    assert_string_equal(event->chat.address, "ana@example.org/phone");
    assert_null(event->chat.room);
    event_free(event);
    event = hear(scene, PRIVATE("ghost", BODY("!status")));
    assert_string_equal(event->chat.principal, "");
    assert_string_equal(event->chat.address, ROOM "/ghost");
    assert_string_equal(event->chat.room, ROOM);
    assert_true(event->chat.is_addressed);
    event_free(event);
    assert_null(hear(scene, PRIVATE("ana", BODY("!status") DELAY)));
}

static void other_rooms_are_none_of_ours(void **state)
{
    static const char *const senders[] = { "ops@rooms.example.org.evil.example/ana",
                                           "ops@rooms.example.or/ana",
                                           "other@rooms.example.org/ana", "rooms.example.org" };
    Scene *scene = *state;

    go_in(scene);
    for (unsigned i = 0; i < G_N_ELEMENTS(senders); i++) {
        g_autofree char *xml = g_strdup_printf("<message xmlns='jabber:client' type='groupchat' "
                                               "from='%s'><body>!status</body></message>",
                                               senders[i]);

        assert_null(hear(scene, xml));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goes_in_at_once_and_without_history, setup, teardown),
        cmocka_unit_test_setup_teardown(takes_another_name_when_it_is_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(tries_more_and_more_seldom, setup, teardown),
        cmocka_unit_test_setup_teardown(asks_whether_it_is_still_in, setup, teardown),
        cmocka_unit_test_setup_teardown(opens_a_room_that_it_made, setup, teardown),
        cmocka_unit_test_setup_teardown(says_only_where_it_is_in, setup, teardown),
        cmocka_unit_test_setup_teardown(whose_words_are_heard, setup, teardown),
        cmocka_unit_test_setup_teardown(a_name_proves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(its_other_client_is_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(in_private_the_real_jid_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(other_rooms_are_none_of_ours, setup, teardown),
    };

    log_init("test-xmpp_room", FALSE);

    return cmocka_run_group_tests_name("xmpp_room", tests, NULL, NULL);
}
