/* What somebody at a console hears without asking: news of a schedule of theirs, an edit that is
 * lost or wrong. The world begins at 14:13:20 UTC. */
#include "notice-world.h"

#include "agent1/flow/voice/consoles.h"
#include "common/wire/run_state.h"

#include "common/base/banned.h"

#define CHAT_1 "01J00000000000000000CHAT01"
#define CHAT_2 "01J00000000000000000CHAT02"
#define CHAT_3 "01J00000000000000000CHAT03"
#define CHAT_4 "01J00000000000000000CHAT04"

/* How many replies to the session itself hold these words. */
static unsigned count_news(const World *world, const char *words)
{
    unsigned count = 0;

    for (unsigned i = 0; i < world->sent->len; i++) {
        const Message *message = ((const Effect *)world->sent->pdata[i])->publish.message;

        if (message->kind != MESSAGE_REPLY || strcmp(message->reply.in_reply_to, SESSION) != 0)
            continue;
        assert_true(message->reply.is_final);
        count += strstr(message->reply.text, words) != NULL;
    }
    return count;
}

static void set_tasks(World *world, const char *text)
{
    json_free(world->tasks);
    world->tasks = world_json(text);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

/* The edits so far are in the file, or are not: why. */
static void answer_edits(World *world, const char *error)
{
    for (unsigned i = 0; i < world->edits->len; i++) {
        Event *event = event_new(EVENT_FILE_EDITED);

        event->edited.id = g_strdup(((const Effect *)world->edits->pdata[i])->edit.id);
        event->edited.error = g_strdup(error);
        world_step(world, event);
    }
    g_ptr_array_set_size(world->edits, 0);
}

static void make_schedule(World *world)
{
    world_register(world, JOURNAL_1, 1);
    answer_edits(world, NULL);
    world_type(world, CHAT_1, "SCHEDULE: every 1h | web1 | false", false, false);
    world_type(world, CHAT_2, "!yes", false, false);
}

static void a_failing_schedule_is_told_at_the_console_that_made_it(void **state)
{
    World *world = *state;

    make_schedule(world);
    answer_edits(world, NULL);
    world_wait(world, HOUR_MS + MINUTE_MS);
    world_result(world, world_run_id(world, 1), 1, "failed", 1, "no");
    assert_int_equal(count_news(world, ": #1 web1: failed (exit 1, 0.4 s)"), 1);
    assert_int_equal(notice_count(world, "ana", ": #1 web1: failed"), 1);
}

/* Each send of a script is a session of its own. */
static void a_script_is_no_console(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    set_tasks(world, "{\"tasks\":[{\"id\":\"x\",\"agent\":\"web1\",\"task\":\"false\","
                     "\"cron\":\"every 1h\",\"user\":\"ana\"}]}");
    world_type(world, CHAT_1, "!status", false, false);
    world_type(world, CHAT_1, "!status", false, false);
    world_wait(world, HOUR_MS + MINUTE_MS);
    world_result(world, world_run_id(world, 1), 1, "failed", 1, "no");
    assert_int_equal(count_news(world, "failed"), 0);
    assert_int_equal(notice_count(world, "ana", "Schedule x: #1 web1: failed"), 1);
}

static void a_console_that_was_left_hears_nothing(void **state)
{
    World *world = *state;

    make_schedule(world);
    answer_edits(world, NULL);
    world_write(world, "ana", NULL, "!agentOFF agent1");
    world_wait(world, 25 * HOUR_MS);
    world_write(world, "ana", NULL, "!agentON agent1");
    world_wait(world, HOUR_MS);
    world_forget(world);
    set_tasks(world, "{\"tasks\":[]}");
    assert_int_equal(count_news(world, "was saved without"), 0);
    assert_int_equal(notice_count(world, "ana", "was saved without"), 1);
}

static void an_edit_that_is_lost_is_told_there(void **state)
{
    World *world = *state;

    make_schedule(world);
    answer_edits(world, NULL);
    set_tasks(world, "{\"tasks\":[]}");
    assert_int_equal(count_news(world, "it does not run any more. To have it back, type:"), 1);
}

static void an_edit_that_fails_is_told_there(void **state)
{
    World *world = *state;

    make_schedule(world);
    answer_edits(world, "tasks_schedule.json: no space");
    assert_int_equal(count_news(world, "I could not write a file: tasks_schedule.json"), 1);
}

/* It is an alarm. A reminder says it once more with the next answer: a pipe does not show alarms.
 */
static void files_that_are_wrong_are_told_there(void **state)
{
    World *world = *state;
    Event *event = event_new(EVENT_CONFIGURED);

    make_schedule(world);
    event->reload_error = g_strdup("tasks_schedule.json: line 3");
    world_step(world, event);
    assert_int_equal(count_news(world, "since the new one is wrong: tasks_schedule.json: line 3"),
                     1);
    world_type(world, CHAT_3, "!agents", false, false);
    assert_non_null(strstr(world_last_sent(world, MESSAGE_REPLY)->reply.text, "NOT in use"));
    world_type(world, CHAT_4, "!agents", false, false);
    assert_null(strstr(world_last_sent(world, MESSAGE_REPLY)->reply.text, "NOT in use"));
}

/* Nothing is lost: what is more than a few is one message a minute later, with the last word. */
static void a_flood_is_gathered(void **state)
{
    World *world = *state;

    make_schedule(world);
    for (unsigned i = 0; i < 8; i++) {
        Event *event = event_new(EVENT_CONFIGURED);

        event->reload_error = g_strdup_printf("tasks_schedule.json: line %u", i);
        world_step(world, event);
    }
    set_tasks(world, "{\"tasks\":[]}");
    assert_int_equal(count_news(world, "line 4"), 1);
    assert_int_equal(count_news(world, "line 5"), 0);
    world_wait(world, MINUTE_MS + 1000);
    assert_int_equal(count_news(world, "line 5"), 1);
    assert_int_equal(count_news(world, "is good again"), 1);
    assert_int_equal(count_news(world, "more notices:\n"), 1);
}

static void alarm_now(World *world, unsigned number)
{
    Event *event = event_new(EVENT_CONFIGURED);

    event->reload_error = g_strdup_printf("tasks_schedule.json: line %u.", number);
    world_step(world, event);
}

/* It is said when it wakes, and what was gathered before it slept is, too. */
static void what_comes_while_it_sleeps_waits_for_its_waking(void **state)
{
    World *world = *state;

    make_schedule(world);
    for (unsigned i = 0; i < 7; i++)
        alarm_now(world, i);
    world_write(world, "ana", NULL, "!agentOFF agent1");
    alarm_now(world, 7);
    world_wait(world, 2 * MINUTE_MS);
    alarm_now(world, 8);
    assert_int_equal(count_news(world, "line 4."), 1);
    for (unsigned i = 5; i < 9; i++) {
        g_autofree char *words = g_strdup_printf("line %u.", i);

        assert_int_equal(count_news(world, words), 0);
    }
    world_write(world, "ana", NULL, "!agentON agent1");
    assert_int_equal(count_news(world, "4 more notices:\n"), 1);
    for (unsigned i = 5; i < 9; i++) {
        g_autofree char *words = g_strdup_printf("line %u.", i);

        assert_int_equal(count_news(world, words), 1);
    }
}

/* One alone, which nothing was gathered before, does not wait any longer than that. */
static void one_alone_is_said_at_the_waking(void **state)
{
    World *world = *state;

    make_schedule(world);
    world_write(world, "ana", NULL, "!agentOFF agent1");
    alarm_now(world, 1);
    assert_int_equal(count_news(world, "line 1."), 0);
    world_write(world, "ana", NULL, "!agentON agent1");
    assert_int_equal(count_news(world, "1 more notice:\n"), 1);
}

static void the_last_ones_are_shown(void **state)
{
    World *world = *state;

    make_schedule(world);
    for (unsigned i = 0; i < 32; i++)
        alarm_now(world, i);
    world_wait(world, MINUTE_MS + 1000);
    assert_int_equal(count_news(world, "27 more notices, the last 20:\n"), 1);
    assert_int_equal(count_news(world, "line 11."), 0);
    assert_int_equal(count_news(world, "line 12."), 1);
    assert_int_equal(count_news(world, "line 31."), 1);
}

/* Where there are too many consoles, one for which something waits stays. */
static void what_waits_keeps_its_console(void **state)
{
    World *world = *state;

    make_schedule(world);
    for (unsigned i = 0; i < 7; i++)
        alarm_now(world, i);
    for (unsigned i = 0; i < 200; i++) {
        g_autofree char *session = g_strdup_printf("01J000000000000000000%05u", i);
        g_autoptr(Speaker) speaker = speaker_new(DOOR_CLI, session, "x25519:other");

        world->core->boot_ms++;
        consoles_heard(world->core, speaker);
    }
    world_wait(world, MINUTE_MS + 1000);
    assert_int_equal(count_news(world, "2 more notices:\n"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_failing_schedule_is_told_at_the_console_that_made_it),
        WORLD_TEST(a_script_is_no_console),
        WORLD_TEST(a_console_that_was_left_hears_nothing),
        WORLD_TEST(an_edit_that_is_lost_is_told_there),
        WORLD_TEST(an_edit_that_fails_is_told_there),
        WORLD_TEST(files_that_are_wrong_are_told_there),
        WORLD_TEST(a_flood_is_gathered),
        WORLD_TEST(what_comes_while_it_sleeps_waits_for_its_waking),
        WORLD_TEST(one_alone_is_said_at_the_waking),
        WORLD_TEST(the_last_ones_are_shown),
        WORLD_TEST(what_waits_keeps_its_console),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
