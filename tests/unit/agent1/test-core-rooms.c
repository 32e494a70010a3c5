/* What is written in a room: who is obeyed, and how quiet agent1 is otherwise. */
#include "core-xmpp.h"
#include "talk-world.h"

#include "common/base/banned.h"

#define ROOM "ops@rooms.example.org"

static int open_room(void **state)
{
    World *world;

    world_setup(state);
    world = *state;
    json_free(world->config);
    world->config = world_json(
        "{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\",\"rooms\":[{\"jid\":\"" ROOM
        "\"}]},\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"timezone\":\"UTC\",\"users\":["
        "{\"name\":\"ana\",\"jids\":[\"ana@example.org\"],\"role\":\"admin\"},"
        "{\"name\":\"vera\",\"jids\":[\"vera@example.org\"],\"role\":\"viewer\"}]}");
    world_configure(world);
    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    return 0;
}

#define ROOM_TEST(function) cmocka_unit_test_setup_teardown(function, open_room, world_teardown)

static void write_in(World *world, const char *nick, const char *principal, bool is_addressed,
                     const char *text)
{
    Event *event = event_new(EVENT_CHAT);

    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup(ROOM);
    event->chat.room = g_strdup(ROOM);
    event->chat.nick = g_strdup(nick);
    event->chat.principal = g_strdup(principal);
    event->chat.is_addressed = is_addressed;
    event->chat.text = g_strdup(text);
    world_step(world, event);
}

static const EffectSay *last(const World *world)
{
    assert_true(world->said->len > 0);
    return &((const Effect *)world->said->pdata[world->said->len - 1])->say;
}

static void a_user_is_answered_in_the_room(void **state)
{
    World *world = *state;

    write_in(world, "ana", "ana@example.org", false, "@web1 true");
    assert_string_equal(last(world)->text, "#1 web1: queued");
    assert_string_equal(last(world)->jid, ROOM);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "hi");
    assert_string_equal(last(world)->text, "#1 web1: succeeded (exit 0, 0.4 s)\n```\nhi\n```");
    assert_string_equal(last(world)->jid, ROOM);
    assert_null(world_last_act(world, XMPP_ACT_RECEIPT));
    assert_null(world_last_act(world, XMPP_ACT_DISCOVER));
}

static void what_is_for_others_is_left(void **state)
{
    static const struct {
        const char *text;
        bool is_addressed;
        bool is_answered;
    } rows[] = {
        { "!status", false, true },
        { "!roll 3d6", false, false },
        { "!roll 3d6", true, true },
        { "@bob look at that", false, false },
        { "@bob look at that", true, true },
        { "@web1 true", false, true },
        { "@Web1 true", false, true },
        { "@web* true", false, true },
        { "@bob,web1 true", false, true },
        { "@x* true", false, false },
        { "DELEGATE: web1 | true", false, true },
        { "hello", true, true },
    };
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_forget(world);
        write_in(world, "ana", "ana@example.org", rows[i].is_addressed, rows[i].text);
        if ((world->said->len > 0) != rows[i].is_answered)
            fail_msg("%s%s", rows[i].is_addressed ? "agent1: " : "", rows[i].text);
    }
}

static void rights_are_the_persons(void **state)
{
    World *world = *state;

    write_in(world, "ana", "vera@example.org", false, "@web1 true");
    assert_string_equal(last(world)->text,
                        "web1: refused (role): this needs the role operator; yours is viewer");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void who_is_not_obeyed_hears_it_once(void **state)
{
    World *world = *state;

    /* Not said to agent1 by name: it may be for another program. */
    write_in(world, "ghost", "", false, "!status");
    write_in(world, "mallory", "mallory@example.org", false, "@web1 true");
    assert_int_equal(world->said->len, 0);
    write_in(world, "ghost", "", true, "!status");
    assert_contains(last(world)->text, "ghost: this room hides from me who you are");
    write_in(world, "mallory", "mallory@example.org", true, "@web1 true");
    assert_contains(last(world)->text, "mallory: I do not know your JID");
    assert_null(strstr(last(world)->text, "mallory@"));
    world_forget(world);
    write_in(world, "ghost", "", true, "!status");
    write_in(world, "mallory", "mallory@example.org", true, "@web1 true");
    assert_int_equal(world->said->len, 0);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void a_crowd_does_not_make_it_talk(void **state)
{
    World *world = *state;
    int i;

    for (i = 0; i < 1000; i++) {
        g_autofree char *nick = g_strdup_printf("nick%d", i);

        write_in(world, nick, "", true, "!status");
    }
    assert_in_range(world->said->len, 1, 25);
}

static void secrets_stay_out_of_the_room(void **state)
{
    World *world = *state;

    write_in(world, "ana", "ana@example.org", false, "@web1 cat config");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "password=hunter2");
    assert_null(strstr(last(world)->text, "hunter2"));
    assert_contains(last(world)->text, "[redacted]");
}

/* What was said to a model alone is not shown to it where many read, nor the other way round. */
static void a_room_is_a_conversation_of_its_own(void **state)
{
    World *world = *state;

    configure(world, CHAIN);
    world_write(world, "ana", "m1", "my code is 4711");
    answer(world, "I see.");
    write_in(world, "ana", "ana@example.org", true, "what is my code?");
    assert_int_equal(last_call(world)->words->len, 1);
    answer(world, "I do not know.");
    world_write(world, "ana", "m2", "and now?");
    assert_int_equal(last_call(world)->words->len, 3);
    write_in(world, "ana", "ana@example.org", true, "and here?");
    assert_string_equal(words_at(last_call(world), 0), "what is my code?");
}

static void notices_for_admins_stay_out_of_it(void **state)
{
    World *world = *state;
    Event *event = event_new(EVENT_CONFIGURED);

    event->reload_error = g_strdup("config.json: wrong");
    world_step(world, event);
    assert_string_equal(last(world)->jid, "ana@example.org");
    assert_int_equal(world->said->len, 1);
}

static void only_who_was_asked_may_answer(void **state)
{
    World *world = *state;
    Event *old = xmpp_chat("ana", "s1", "@web1 true");

    old->chat.written_ms = world->now_ms - HOUR_MS;
    world_step(world, old);
    write_in(world, "vera", "vera@example.org", false, "!yes");
    assert_string_equal(last(world)->text, "no question is open here");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void ask_late(World *world, const char *text)
{
    Event *late = xmpp_chat("ana", NULL, text);

    late->chat.written_ms = world->now_ms - HOUR_MS;
    world_step(world, late);
}

static void write_here(World *world, const char *text)
{
    write_in(world, "ana", "ana@example.org", false, text);
}

/* What was asked alone may be private, and is neither shown, dropped nor done in a room. */
static void what_was_asked_alone_stays_out_of_the_room(void **state)
{
    static const char *const typed[] = { "!no", "!yes", "!no 1", "!yes 1", "!yes 9", "!yes #1" };
    World *world = *state;

    ask_late(world, "REMEMBER: --private diary | I look for another job");
    world_restart(world);
    for (size_t i = 0; i < G_N_ELEMENTS(typed); i++) {
        print_message("%s\n", typed[i]);
        world_forget(world);
        write_here(world, typed[i]);
        assert_string_equal(last(world)->jid, ROOM);
        assert_null(strstr(last(world)->text, "diary"));
        assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    }
    write_here(world, "!no");
    assert_string_equal(last(world)->text, "no question of this room is open to you; what I asked "
                                           "you elsewhere, answer me alone");
    write_here(world, "!yes 1");
    assert_string_equal(last(world)->text,
                        "question 1 was not asked in this room: answer me alone");
    write_here(world, "!no all");
    assert_contains(last(world)->text, "what I asked you elsewhere, answer me alone");
    write_here(world, "!reset");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    world_write(world, "ana", NULL, "!yes");
    assert_contains(last(world)->text, "remembered for you alone");
}

/* What one of them is told there, and nobody else's, nor what is written to him alone. */
static void an_answer_in_the_room_is_stopped(void **state)
{
    World *world = *state;

    configure(world, CHAIN);
    write_in(world, "ana", "ana@example.org", true, "how are they?");
    tell(world, model_news_piece(last_call(world)->id, "All of them are "));
    write_in(world, "vera", "vera@example.org", false, "!stop");
    world_write(world, "ana", NULL, "!stop");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 0);
    world_forget(world);
    write_in(world, "ana", "ana@example.org", true, "stop!");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 1);
    assert_string_equal(((const Effect *)world->said->pdata[0])->say.text,
                        "All of them are\n(stopped by you)");
    assert_string_equal(last(world)->text, "The answer to you is stopped.");
    assert_string_equal(last(world)->jid, ROOM);
    write_here(world, "!stop");
    assert_contains(last(world)->text, "Nothing is being written to you here");
}

#define CARE                                                                                       \
    "{\"rules\":[{\"agent\":\"web1\",\"decision\":\"ask\",\"second\":false,\"reason\":\"care\"}]}"

/* So it is with tasks that wait for the person's own yes. */
static void tasks_asked_for_alone_stay_out_of_the_room(void **state)
{
    static const struct {
        const char *typed;
        const char *said;
    } rows[] = {
        { "!yes", "no question of this room is open to you; what I asked you elsewhere, answer me "
                  "alone" },
        { "!no", "no question of this room is open to you; what I asked you elsewhere, answer me "
                 "alone" },
        { "!yes 1", "task #1 was not asked for in this room: answer me alone" },
        { "!no #1", "task #1 was not asked for in this room: answer me alone" },
        { "!yes 9", "no question is open here" },
    };
    World *world = *state;

    json_free(world->policy);
    world->policy = world_json(CARE);
    world_configure(world);
    world_write(world, "ana", NULL, "@web1 read my diary");
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].typed);
        write_here(world, rows[i].typed);
        assert_string_equal(last(world)->jid, ROOM);
        assert_string_equal(last(world)->text, rows[i].said);
        assert_string_equal(world_run_state(world, 1), "awaiting_approval");
    }
    /* What was asked for here is found at once, and alone one hears of all. */
    write_here(world, "@web1 reboot");
    write_here(world, "SCHEDULE: daily 03:00 | web1 | one");
    assert_contains(last(world)->text, "Shall it be so? !yes 3 or !no 3");
    world_write(world, "ana", NULL, "!yes");
    assert_contains(last(world)->text, "#1 web1: read my diary\n#2 web1: reboot");
    write_here(world, "!yes");
    assert_contains(last(world)->text, "\n#2 web1: reboot");
    assert_null(strstr(last(world)->text, "diary"));
    write_here(world, "!no 3");
    write_here(world, "!yes");
    assert_string_equal(world_run_state(world, 2), "queued");
}

/* In a room its own questions are open; alone with the person all of them. */
static void a_room_has_its_own_questions(void **state)
{
    World *world = *state;

    ask_late(world, "@web1 one");
    write_here(world, "SCHEDULE: daily 03:00 | web1 | two");
    assert_contains(last(world)->text, "Shall it be so? !yes or !no");
    write_here(world, "SCHEDULE: daily 04:00 | web1 | three");
    assert_contains(last(world)->text, "Shall it be so? !yes 3 or !no 3");
    write_here(world, "!yes");
    assert_contains(last(world)->text, "which one? !yes <number> or !no <number>:\n2. ");
    assert_null(strstr(last(world)->text, "@web1 one"));
    world_write(world, "ana", NULL, "!yes");
    assert_contains(last(world)->text, ":\n1. @web1 one\n2. ");
    world_write(world, "ana", NULL, "!no 3");
    assert_contains(last(world)->text, "dropped: ");
    write_here(world, "!yes");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    assert_contains(last(world)->text, "two");
}

/* The same that was asked alone is another question in the room, and its number is not told. */
static void the_same_in_the_room_is_another(void **state)
{
    World *world = *state;

    world_write(world, "ana", NULL, "SCHEDULE: daily 03:00 | web1 | one");
    write_here(world, "SCHEDULE: daily 03:00 | web1 | one");
    assert_contains(last(world)->text, "Shall it be so? !yes or !no");
    write_here(world, "SCHEDULE: daily 03:00 | web1 | one");
    assert_contains(last(world)->text, "That is question 2 already: !yes 2 or !no 2");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 2);
}

static void asleep_it_says_so_once(void **state)
{
    World *world = *state;

    world_write(world, "ana", NULL, "!agentOFF agent1");
    world_forget(world);
    write_in(world, "ana", "ana@example.org", false, "@web1 true");
    write_in(world, "ana", "ana@example.org", false, "@web1 true");
    write_in(world, "ghost", "", true, "@web1 true");
    assert_int_equal(world->said->len, 1);
    assert_contains(last(world)->text, "I am asleep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(a_user_is_answered_in_the_room),
        ROOM_TEST(what_is_for_others_is_left),
        ROOM_TEST(rights_are_the_persons),
        ROOM_TEST(who_is_not_obeyed_hears_it_once),
        ROOM_TEST(a_crowd_does_not_make_it_talk),
        ROOM_TEST(secrets_stay_out_of_the_room),
        ROOM_TEST(a_room_is_a_conversation_of_its_own),
        ROOM_TEST(notices_for_admins_stay_out_of_it),
        ROOM_TEST(only_who_was_asked_may_answer),
        ROOM_TEST(what_was_asked_alone_stays_out_of_the_room),
        ROOM_TEST(an_answer_in_the_room_is_stopped),
        ROOM_TEST(tasks_asked_for_alone_stay_out_of_the_room),
        ROOM_TEST(a_room_has_its_own_questions),
        ROOM_TEST(the_same_in_the_room_is_another),
        ROOM_TEST(asleep_it_says_so_once),
    };

    return cmocka_run_group_tests_name("core-rooms", tests, NULL, NULL);
}
