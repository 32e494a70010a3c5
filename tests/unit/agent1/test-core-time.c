/* What time alone brings about: questions, deferred runs, runs past their time, what is
 * kept for a while and forgotten, and that the core never asks to be woken for what it does not do
 * then. */
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
    assert_string_equal(world_last_said(world), "3 is none of what is open here:\n"
                                                "1. @web1 one\n2. @web1 two");
    world_write(world, "oskar", NULL, "!no one");
    assert_string_equal(world_last_said(world), "one is none of what is open here:\n"
                                                "1. @web1 one\n2. @web1 two");
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

/* The JID belongs to somebody else by now: her questions are not his. */
static void a_question_is_for_the_user_who_asked(void **state)
{
    World *world = *state;
    g_autofree char *text = json_print(world->config);
    g_auto(GStrv) parts = g_strsplit(text, "\"oskar\"", 2);
    g_autofree char *renamed = g_strjoinv("\"olga\"", parts);

    world_register(world, JOURNAL_1, 1);
    write_late(world, "oskar", "q1", "@web1 one");
    json_free(world->config);
    world->config = world_json(renamed);
    world_configure(world);
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_last_said(world), "no question is open here");
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

/* But for the presence, which is looked at once more after the last news. */
static void nothing_waits_in_an_idle_house(void **state)
{
    World *world = *state;
    int64_t expires_ms;

    world_wait(world, 2 * SECOND_MS);
    assert_int_equal(core_next_deadline(world->core), INT64_MAX);
    world_write(world, "oskar", NULL, "@web1 true");
    expires_ms = world->now_ms + 15 * MINUTE_MS + 1;
    world_wait(world, 2 * SECOND_MS);
    assert_int_equal(core_next_deadline(world->core), expires_ms);
    world_link(world, LINK_MQTT, false);
    world_wait(world, 20 * SECOND_MS);
    assert_int_equal(core_next_deadline(world->core), expires_ms);
    world_write(world, "oskar", NULL, "!cancel 1");
    world_wait(world, 2 * SECOND_MS);
    assert_int_equal(core_next_deadline(world->core), INT64_MAX);
}

/* ---- what is kept for a while ---- */

/* A deadline that has passed, and that nothing moves on, would spin the loop. */
static void a_clock_that_is_put_back_leaves_no_deadline_behind(void **state)
{
    World *world = *state;
    unsigned i;

    for (i = 0; i < 2; i++) {
        world_register(world, JOURNAL_1, 1 + i);
        world_write(world, "ana", NULL, "@web1 true");
        world_wait(world, MINUTE_MS);
        world->now_ms -= HOUR_MS;
        world_step(world, event_new(EVENT_TICK));
        world_wait(world, MINUTE_MS);
        assert_true(core_next_deadline(world->core) > world->now_ms);
        /* And once more without XMPP. */
        json_set(world->config, "xmpp", world_json("{\"enabled\":false}"));
        world_link(world, LINK_XMPP, false);
        world_configure(world);
    }
}

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
    world_wait(world, 12 * MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_CHATS), 2); /* c2 has no outcome yet */
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    world_wait(world, 12 * MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_CHATS), 1); /* XMPP repeats for a day */
    world_wait(world, 25 * HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_CHATS), 0);
}

static void sessions_are_forgotten_and_make_room(void **state)
{
    World *world = *state;

    world_type(world, "c1", "!agents", false, false);
    assert_int_equal(world_count_rows(world, TABLE_SESSIONS), 1);
    world_wait(world, 20 * HOUR_MS);
    world_type(world, "c2", "!agents", false, false);
    world_wait(world, 20 * HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_SESSIONS), 1); /* it is in use */
    world_restart(world);
    world_wait(world, 6 * HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_SESSIONS), 0);
    /* It can come back, and be bound to its key anew. */
    world_type(world, "c3", "!agents", false, false);
    assert_int_equal(world_count_rows(world, TABLE_SESSIONS), 1);
}

/* ---- deferred runs ---- */

/* A run that its agent did not start because a window closed first. */
static void begin_deferred(World *world, const char *blackouts)
{
    const char *run;
    Message *message = message_new(MESSAGE_RESULT, WORLD_MESSAGE_ID, "web1", world->now_ms);

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    run = world_run_id(world, 1);
    json_free(world->blackouts);
    world->blackouts = world_json(blackouts);
    world_configure(world);
    message->result.run = g_strdup(run);
    message->result.attempt = 1;
    message->result.state = g_strdup("deferred");
    message->result.exit_code = MESSAGE_ABSENT;
    message->result.signal = MESSAGE_ABSENT;
    message->result.started_ms = MESSAGE_ABSENT;
    message->result.rule = g_strdup("blackout");
    message->result.reason = g_strdup("a window closed");
    world_report(world, JOURNAL_1, message);
    assert_string_equal(world_run_state(world, 1), "deferred");
}

#define ALWAYS "[{\"start\":\"00:00\",\"end\":\"12:00\"},{\"start\":\"12:00\",\"end\":\"24:00\"}]"

static void a_deferred_run_is_missed_after_a_day(void **state)
{
    World *world = *state;

    begin_deferred(world, ALWAYS);
    world_wait(world, DAY_MS - SECOND_MS);
    assert_string_equal(world_run_state(world, 1), "deferred");
    world_wait(world, 2 * SECOND_MS);
    assert_string_equal(world_run_state(world, 1), "missed");
    assert_contains(world_last_said(world), "#1 web1: missed (its window did not open in time)");
}

static void a_deferred_run_meets_the_gate_again(void **state)
{
    static const struct {
        const char *what;
        const char *user; /* who writes, meanwhile; NULL: nobody */
        const char *text;
        const char *state;
        const char *said;
    } rows[] = {
        { "nothing changed", NULL, NULL, "queued", NULL },
        { "paused: it goes on waiting", "oskar", "!agentOFF web1", "deferred", NULL },
        { "asleep: it goes on waiting", "oskar", "!agentsOFF", "deferred", NULL },
        { "cancelled", "oskar", "!cancel 1", "cancelled", "#1 web1: cancelled" },
        { "revoked", "ana", "!revoke web1", "rejected",
          "#1 web1: refused (not_accepted): its key was revoked" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        unsigned said;
        bool is_said = rows[i].said == NULL;

        print_message("%s\n", rows[i].what);
        begin_deferred(world, "[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
        world_forget(world);
        if (rows[i].user)
            world_write(world, rows[i].user, NULL, rows[i].text);
        world_wait(world, HOUR_MS);
        assert_string_equal(world_run_state(world, 1), rows[i].state);
        for (said = 0; said < world->said->len; said++) {
            const Effect *effect = world->said->pdata[said];

            is_said = is_said || strcmp(effect->say.text, rows[i].said) == 0;
        }
        assert_true(is_said);
        world_free(world);
    }
}

static void a_deferred_run_of_a_user_who_left_is_refused(void **state)
{
    World *world = *state;
    g_autofree char *text = NULL;
    g_auto(GStrv) parts = NULL;
    g_autofree char *renamed = NULL;

    begin_deferred(world, "[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
    text = json_print(world->config);
    parts = g_strsplit(text, "\"oskar\"", 2);
    renamed = g_strjoinv("\"olga\"", parts);
    json_free(world->config);
    world->config = world_json(renamed);
    world_configure(world);
    world_wait(world, HOUR_MS);
    assert_string_equal(world_run_state(world, 1), "rejected");
    assert_string_equal(row_text(world_run(world, 1), RUNS_RULE), "role");
}

/* ---- runs past their time ---- */

/* The question or its answer may have been lost. */
static void an_unconfirmed_run_is_asked_for_again(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, 24 * HOUR_MS);
    assert_int_equal(row_int(world_run(world, 1), RUNS_IS_UNCONFIRMED), 1);
    world_forget(world);
    world_wait(world, HOUR_MS);
    assert_in_range(world_count_controls(world, CONTROL_QUERY), 10, 13);
    assert_string_equal(world_last_query(world)->control.run, world_run_id(world, 1));
}

static void unconfirmed_until_the_agent_speaks(void **state)
{
    World *world = *state;
    unsigned said;

    world_register(world, JOURNAL_1, 1);
    world_type(world, "c1", "@web1 true", false, false);
    world_wait(world, 16 * MINUTE_MS);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "unconfirmed");
    assert_true(world_last_sent(world, MESSAGE_REPLY)->reply.is_final);
    said = world_count_sent(world, MESSAGE_REPLY);
    world_wait(world, HOUR_MS);
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), said); /* once */
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    assert_int_equal(row_int(world_run(world, 1), RUNS_IS_UNCONFIRMED), 0);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "#1 web1: succeeded");
}

/* Its time is up and it was asked for, but it may be with the broker still. */
static void a_task_that_was_never_answered_is_not_lost(void **state)
{
    World *world = *state;
    g_autofree char *run = NULL;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    run = g_strdup(world_run_id(world, 1));
    world_wait(world, 16 * MINUTE_MS);
    assert_string_equal(world_last_query(world)->control.run, run);
    world_answer_query(world, JOURNAL_1, world_last_query(world)->id, run, 1, "not_known");
    assert_string_equal(world_run_state(world, 1), "queued");
    world_ack(world, run, 1, ACK_REJECTED, "expired");
    assert_string_equal(world_run_state(world, 1), "expired");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(of_two_questions_one_must_be_named),
        WORLD_TEST(a_repeat_of_a_late_message_asks_once),
        WORLD_TEST(a_yes_has_the_rights_of_now),
        WORLD_TEST(a_question_is_for_the_user_who_asked),
        WORLD_TEST(a_question_lasts_a_day),
        WORLD_TEST(an_agent_that_never_came_is_not_waited_for),
        WORLD_TEST(nothing_waits_in_an_idle_house),
        WORLD_TEST(a_clock_that_is_put_back_leaves_no_deadline_behind),
        WORLD_TEST(keys_that_wait_are_forgotten_after_a_day),
        WORLD_TEST(a_key_that_asks_again_waits_on),
        WORLD_TEST(chat_ids_are_forgotten_when_no_repeat_can_come),
        WORLD_TEST(sessions_are_forgotten_and_make_room),
        WORLD_TEST(a_deferred_run_is_missed_after_a_day),
        WORLD_TEST(a_deferred_run_meets_the_gate_again),
        WORLD_TEST(a_deferred_run_of_a_user_who_left_is_refused),
        WORLD_TEST(an_unconfirmed_run_is_asked_for_again),
        WORLD_TEST(unconfirmed_until_the_agent_speaks),
        WORLD_TEST(a_task_that_was_never_answered_is_not_lost),
    };

    return cmocka_run_group_tests_name("core-time", tests, NULL, NULL);
}
