/* What time alone brings about: questions, deferred runs, what is kept for a while and forgotten,
 * and that the core never asks to be woken for what it does not do then. */
#include "core-world.h"

#include "common/base/banned.h"

/* A message that was written long ago: it opens a question. */
static void write_late(World *world, const char *user, const char *stanza_id, const char *text)
{
    Event *event = event_new(EVENT_CHAT);

    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup_printf("%s@example.org/phone", user);
    event->chat.principal = g_strdup_printf("%s@example.org", user);
    event->chat.stanza_id = g_strdup(stanza_id);
    event->chat.text = g_strdup(text);
    event->chat.written_ms = world->now_ms - 10 * MINUTE_MS;
    world_step(world, event);
}

/* ---- questions ---- */

static void of_two_questions_one_must_be_named(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_late(world, "oskar", "q1", "@web1 one");
    world->now_ms += 5;
    write_late(world, "oskar", "q2", "@web1 two");
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_last_said(world), "which one? !yes <number> or !no <number>:\n"
                                                "1. @web1 one\n2. @web1 two");
    world_write(world, "oskar", NULL, "!yes 3");
    assert_string_equal(world_last_said(world), "expected a number from 1 to 2");
    world_write(world, "oskar", NULL, "!no one");
    assert_string_equal(world_last_said(world), "expected a number from 1 to 2");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    world_write(world, "oskar", NULL, "!yes 2");
    assert_string_equal(row_text(world_run(world, 1), RUNS_TASK), "two");
    world_write(world, "oskar", NULL, "!no");
    assert_string_equal(world_last_said(world), "dropped: \"@web1 one\"");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 0);
}

static void a_repeat_of_a_late_message_asks_once(void **state)
{
    World *world = *state;

    write_late(world, "oskar", "q1", "@web1 one");
    write_late(world, "oskar", "q1", "@web1 one");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    assert_int_equal(world->said->len, 1);
}

static void a_yes_has_the_rights_of_now(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_late(world, "vera", "q1", "@web1 one");
    world_write(world, "vera", NULL, "!yes");
    assert_contains(world_last_said(world), "web1: refused (role)");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void a_question_lasts_a_day(void **state)
{
    World *world = *state;

    world_wait(world, 30 * MINUTE_MS);
    write_late(world, "oskar", "q1", "@web1 one");
    world_wait(world, DAY_MS - SECOND_MS);
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    /* world_wait() fails when a deadline does not pass. */
    world_wait(world, 2 * SECOND_MS);
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 0);
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_last_said(world), "no question is open here");
}

/* ---- deadlines ---- */

/* An agent that was never seen can be paused; then it has a row, but nobody to ask. */
static void an_agent_that_never_came_is_not_waited_for(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "!agentOFF web1");
    world_link(world, LINK_MQTT, false);
    world_link(world, LINK_MQTT, true);
    world_forget(world);
    world_wait(world, 10 * MINUTE_MS);
    assert_int_equal(world->sent->len, 0);
    world_restart(world);
    world_wait(world, 10 * MINUTE_MS);
    assert_int_equal(world->sent->len, 0);
}

static void nothing_waits_in_an_idle_house(void **state)
{
    World *world = *state;

    assert_int_equal(core_next_deadline(world->core), INT64_MAX);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_int_equal(core_next_deadline(world->core), world->now_ms + 15 * MINUTE_MS + 1);
    world_link(world, LINK_MQTT, false);
    assert_int_equal(core_next_deadline(world->core), world->now_ms + 15 * MINUTE_MS + 1);
    world_write(world, "oskar", NULL, "!cancel 1");
    world_wait(world, SECOND_MS);
    assert_int_equal(core_next_deadline(world->core), INT64_MAX);
}

/* ---- what is kept for a while ---- */

static void keys_that_wait_are_forgotten_after_a_day(void **state)
{
    World *world = *state;

    world_register_as(world, 7, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    world_wait(world, DAY_MS - HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_WAITING), 1);
    world_wait(world, 2 * HOUR_MS + MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_WAITING), 0);
}

static void a_key_that_asks_again_waits_on(void **state)
{
    World *world = *state;
    unsigned hour;

    for (hour = 0; hour < 40; hour++) {
        world_register_as(world, 7, "db1", JOURNAL_1, 1 + hour, SKILLS_SHELL);
        world_wait(world, HOUR_MS + MINUTE_MS);
    }
    assert_int_equal(world_count_rows(world, TABLE_WAITING), 1);
}

static void chat_ids_are_forgotten_when_no_repeat_can_come(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_type(world, "c1", "!agents", false, false);
    world_type(world, "c2", "@web1 sleep 999", false, false);
    world_write(world, "oskar", "x1", "!agents");
    assert_int_equal(world_count_rows(world, TABLE_CHATS), 3);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, 12 * MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_CHATS), 2); /* c1 is answered for good */
    world_wait(world, 25 * HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_CHATS), 1); /* c2 has no outcome yet */
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    world_wait(world, 12 * MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_CHATS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(of_two_questions_one_must_be_named),
        WORLD_TEST(a_repeat_of_a_late_message_asks_once),
        WORLD_TEST(a_yes_has_the_rights_of_now),
        WORLD_TEST(a_question_lasts_a_day),
        WORLD_TEST(an_agent_that_never_came_is_not_waited_for),
        WORLD_TEST(nothing_waits_in_an_idle_house),
        WORLD_TEST(keys_that_wait_are_forgotten_after_a_day),
        WORLD_TEST(a_key_that_asks_again_waits_on),
        WORLD_TEST(chat_ids_are_forgotten_when_no_repeat_can_come),
    };

    return cmocka_run_group_tests_name("core-time", tests, NULL, NULL);
}
