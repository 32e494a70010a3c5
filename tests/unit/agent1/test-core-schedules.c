/* Schedules: one run for each time, and a row that says why where there is none. */
#include "core-world.h"

#include "common/base/banned.h"

#define ENTRY(id, cron, more)                                                                      \
    "{\"id\":\"" id "\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"" cron "\"" more "}"

static void write_tasks(World *world, const char *entries)
{
    g_autofree char *text = g_strdup_printf("{\"tasks\":[%s]}", entries);

    json_free(world->tasks);
    world->tasks = world_json(text);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

/* The state and the reason of a run, "none" when there is no such run. */
static char *told(const World *world, int64_t number)
{
    const Row *row = world_run(world, number);
    const char *reason = row ? row_text(row, RUNS_REASON) : NULL;

    if (!row)
        return g_strdup("none");
    return g_strdup_printf("%s%s%s", row_text(row, RUNS_STATE), reason ? ": " : "",
                           reason ? reason : "");
}

static void assert_told(const World *world, int64_t number, const char *wanted)
{
    g_autofree char *text = told(world, number);

    if (!g_str_has_prefix(text, wanted))
        fail_msg("#%d is \"%s\", expected \"%s\"", (int)number, text, wanted);
}

static void finish(World *world, int64_t number)
{
    world_result(world, world_run_id(world, number), 1, "succeeded", 0, "");
    assert_string_equal(world_run_state(world, number), "succeeded");
}

/* 14:13:20 when the world begins. */
static void a_time_makes_one_run(void **state)
{
    World *world = *state;
    const Message *task;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("nightly", "daily 15:00", ",\"timeout\":\"2h\",\"idempotent\":true"));
    world_wait(world, 46 * MINUTE_MS);
    assert_told(world, 1, "none");
    world_wait(world, MINUTE_MS);
    assert_told(world, 1, "queued");
    task = world_last_sent(world, MESSAGE_TASK);
    assert_non_null(task);
    assert_string_equal(task->task.task, "true");
    assert_int_equal(task->task.timeout_s, 7200);
    assert_true(task->task.is_idempotent);
    assert_string_equal(task->task.requested_by, "file:tasks_schedule.json");
    assert_string_equal(row_text(world_run(world, 1), RUNS_SCHEDULE), "nightly");
    assert_int_equal(row_int(world_run(world, 1), RUNS_NOMINAL),
                     WORLD_START_MS + 46 * MINUTE_MS + 40 * SECOND_MS);
    finish(world, 1);
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, 23 * HOUR_MS);
    assert_told(world, 2, "none");
    world_wait(world, HOUR_MS);
    assert_told(world, 2, "queued");
}

static void what_passed_while_it_was_down(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(
        world, ENTRY("a", "hourly", "") "," ENTRY("b", "hourly", ",\"catchup\":\"skip\"") "," ENTRY(
                   "c", "*/5 * * * *", ",\"catchup\":\"all\""));
    /* 14:13:20 to 16:07 */
    world->now_ms += 113 * MINUTE_MS + 40 * SECOND_MS;
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    /* c: 14:15 to 15:50 are 20 missed ones, 15:55, 16:00 and 16:05 in time. */
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 2 + 2 + 23);
    world_write(world, "vera", NULL, "!runs");
    assert_contains(world_last_said(world),
                    "missed (15:00 UTC passed 1 h 7 min ago: agent1 was down");
}

/* One after another, though no two of its runs may overlap otherwise. */
static void all_that_passed_are_made_up_for(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "*/5 * * * *", ",\"catchup\":\"all\""));
    /* 14:13:20 to 14:26:20 */
    world->now_ms += 13 * MINUTE_MS;
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    assert_told(world, 1, "queued");
    assert_told(world, 2, "deferred: until #1 has ended");
    assert_told(world, 3, "deferred: until #2 has ended");
    world_wait(world, 4 * MINUTE_MS);
    assert_told(world, 4, "skipped: ");
    finish(world, 1);
    assert_told(world, 2, "queued");
}

static void asleep_nothing_fires(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "hourly", ""));
    world_write(world, "ana", NULL, "!agentsOFF");
    world_wait(world, 2 * HOUR_MS);
    assert_told(world, 1, "none");
    world_write(world, "ana", NULL, "!agentsON");
    assert_told(world, 1, "missed: 15:00 UTC passed ");
    assert_told(world, 2, "queued");
}

static void one_that_has_not_ended(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "hourly", ",\"timeout\":\"3h\""));
    world_wait(world, HOUR_MS);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, HOUR_MS);
    assert_told(world, 2, "skipped: the run before it, #1, has not ended: accepted");
    finish(world, 1);
    world_wait(world, HOUR_MS);
    assert_told(world, 3, "queued");
}

static void those_that_wait_for_each_other(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "hourly", ",\"timeout\":\"5h\",\"overlap\":\"queue\""));
    world_wait(world, HOUR_MS);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, 2 * HOUR_MS);
    assert_told(world, 2, "deferred: until #1 has ended");
    assert_told(world, 3, "deferred: until #2 has ended");
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, MINUTE_MS);
    assert_told(world, 2, "deferred");
    finish(world, 1);
    assert_told(world, 2, "queued");
    assert_told(world, 3, "deferred");
    world_write(world, "ana", NULL, "!cancel 2");
    world_ack(world, world_run_id(world, 2), 1, ACK_ACCEPTED, NULL);
    world_result(world, world_run_id(world, 2), 1, "cancelled", MESSAGE_ABSENT, "");
    assert_told(world, 3, "queued");
}

/* Whoever waited for it waits for what it waited for. */
static void one_in_the_middle_is_cancelled(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "hourly", ",\"timeout\":\"5h\",\"overlap\":\"queue\""));
    world_wait(world, HOUR_MS);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, 2 * HOUR_MS);
    assert_told(world, 3, "deferred: until #2 has ended");
    world_write(world, "ana", NULL, "!cancel 2");
    assert_told(world, 2, "cancelled");
    world_wait(world, MINUTE_MS);
    assert_told(world, 3, "deferred: until #1 has ended");
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, MINUTE_MS);
    assert_told(world, 3, "deferred: until #1 has ended");
    finish(world, 1);
    assert_told(world, 3, "queued");
}

/* It waited for another run, not for a window. */
static void one_that_waits_too_long(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "hourly", ",\"timeout\":\"20d\",\"overlap\":\"queue\""));
    world_wait(world, HOUR_MS);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, 26 * HOUR_MS);
    assert_told(world, 2, "missed: the run before it, #1, did not end in time");
}

static void those_that_may_overlap(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "hourly", ",\"overlap\":\"allow\",\"timeout\":\"5h\""));
    world_wait(world, HOUR_MS);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, HOUR_MS);
    assert_told(world, 2, "queued");
}

static void a_blackout_defers_or_skips(void **state)
{
    World *world = *state;

    json_free(world->blackouts);
    world->blackouts = world_json("[{\"start\":\"14:30\",\"end\":\"17:00\"}]");
    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "daily 15:00", "") "," ENTRY("b", "daily 15:00",
                                                               ",\"on_blocked\":\"skip\""));
    world_wait(world, HOUR_MS);
    assert_told(world, 1, "deferred: blackout hours 14:30-17:00; starts 17:00 UTC");
    assert_told(world, 2, "skipped: blackout hours 14:30-17:00");
    assert_string_equal(row_text(world_run(world, 2), RUNS_RULE), "blackout");
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, 2 * HOUR_MS);
    assert_told(world, 1, "queued");
}

/* On waking agent1 knows of a pause that its agent did not end yet. */
static void a_paused_agent_defers_or_skips(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "daily 15:00", "") "," ENTRY("b", "daily 15:00",
                                                               ",\"on_blocked\":\"skip\""));
    world_write(world, "oskar", NULL, "!agentsOFF");
    world_status(world, JOURNAL_1, 1, 2, AGENT_PAUSED);
    world_wait(world, 50 * MINUTE_MS);
    world_write(world, "oskar", NULL, "!agentsON");
    assert_told(world, 1, "deferred: it is paused");
    assert_told(world, 2, "skipped: it is paused");
    assert_string_equal(row_text(world_run(world, 2), RUNS_RULE), "paused");
    world_status(world, JOURNAL_1, 1, 3, AGENT_ONLINE);
    world_wait(world, 2 * MINUTE_MS);
    assert_told(world, 1, "queued");
}

static void whose_maker_is_gone(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "daily 15:00", ",\"user\":\"bob\"") "," ENTRY(
                           "b", "daily 15:00",
                           ",\"user\":\"vera\"") ","
                                                 "{\"id\":\"c\",\"agent\":\"nosuch\",\"task\":"
                                                 "\"true\",\"cron\":\"daily 15:00\"}");
    world_wait(world, HOUR_MS);
    assert_told(world, 1, "rejected: it acts as bob, and config.json has no such user");
    assert_told(world, 2, "rejected: ");
    assert_string_equal(row_text(world_run(world, 2), RUNS_RULE), "role");
    assert_told(world, 3, "rejected: ");
    assert_string_equal(row_text(world_run(world, 3), RUNS_RULE), "unknown_agent");
    assert_contains(world_last_said(world), "Schedule ");
}

static void one_that_needs_an_approval(void **state)
{
    World *world = *state;

    json_free(world->policy);
    world->policy = world_json("{\"rules\":[{\"door\":\"schedule\",\"decision\":\"ask\"}]}");
    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "daily 15:00", ""));
    world_wait(world, HOUR_MS);
    assert_told(world, 1, "awaiting_approval");
    world_write(world, "ana", NULL, "!approve 1");
    assert_told(world, 1, "queued");
}

/* What failed while nobody looked is told to its maker; what went well is not. */
static void a_failure_is_told(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "hourly", ",\"user\":\"oskar\""));
    world_wait(world, HOUR_MS);
    world_forget(world);
    finish(world, 1);
    assert_int_equal(world->said->len, 0);
    world_wait(world, HOUR_MS);
    world_result(world, world_run_id(world, 2), 1, "failed", 3, "no space left");
    assert_string_equal(world_last_said(world),
                        "Schedule a: #2 web1: failed (exit 3, 0.4 s)\n```\nno space left\n```");
    assert_string_equal(((const Effect *)world->said->pdata[world->said->len - 1])->say.jid,
                        "oskar@example.org");
}

/* An edit begins its times anew; another entry's edit does not. */
static void an_edit_begins_anew(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "every 1h", "") "," ENTRY("b", "every 1h", ""));
    world_wait(world, 30 * MINUTE_MS);
    write_tasks(world, ENTRY("a", "every 40min", "") "," ENTRY("b", "every 1h", ""));
    world_wait(world, 31 * MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
    assert_string_equal(row_text(world_run(world, 1), RUNS_SCHEDULE), "b");
    world_wait(world, 10 * MINUTE_MS);
    assert_string_equal(row_text(world_run(world, 2), RUNS_SCHEDULE), "a");
    finish(world, 2);
    /* Switched off and on again: nothing of the time between is missed. */
    write_tasks(world, ENTRY("a", "every 40min", ",\"enabled\":false"));
    world_wait(world, 5 * HOUR_MS);
    assert_told(world, 3, "none");
    write_tasks(world, ENTRY("a", "every 40min", ""));
    world_wait(world, 39 * MINUTE_MS);
    assert_told(world, 3, "none");
    world_wait(world, 2 * MINUTE_MS);
    assert_told(world, 3, "queued");
}

/* One hour back: what fired does not fire again. Days back: it does not wait for days. */
static void a_clock_that_is_put_back(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "daily 15:00", "") "," ENTRY("b", "every 1h", ""));
    world_wait(world, HOUR_MS + MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 2);
    finish(world, 1);
    finish(world, 2);
    world->now_ms -= HOUR_MS;
    world_step(world, event_new(EVENT_TICK));
    world_wait(world, 59 * MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 2);
    world_wait(world, 2 * MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 3);
    assert_string_equal(row_text(world_run(world, 3), RUNS_SCHEDULE), "b");
    assert_int_equal(row_int(world_run(world, 3), RUNS_TURN), 1);
    finish(world, 3);
    write_tasks(world, ENTRY("a", "daily 15:00", ""));
    world->now_ms -= 10 * DAY_MS;
    world_step(world, event_new(EVENT_TICK));
    world_wait(world, DAY_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 4);
    assert_int_equal(row_int(world_run(world, 4), RUNS_TURN), 1);
}

/* A time that was decided before the clock was put back can come again only in another turn: the
 * store lets no two rows have the same. */
static void a_new_beginning_before_the_mark(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "hourly", ""));
    world_wait(world, HOUR_MS);
    finish(world, 1);
    world->now_ms -= HOUR_MS;
    world_step(world, event_new(EVENT_TICK));
    world_write(world, "ana", NULL, "!pause a");
    world_write(world, "ana", NULL, "!resume a");
    world_wait(world, HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 2);
    assert_int_equal(row_int(world_run(world, 2), RUNS_NOMINAL),
                     row_int(world_run(world, 1), RUNS_NOMINAL));
    assert_int_equal(row_int(world_run(world, 1), RUNS_TURN), 0);
    assert_int_equal(row_int(world_run(world, 2), RUNS_TURN), 1);
}

/* An agent's queue is bounded, also for those that wait for each other. */
static void a_queue_that_is_full(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "every 1min", ",\"overlap\":\"queue\",\"timeout\":\"5h\""));
    world_wait(world, MINUTE_MS + SECOND_MS);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, 100 * MINUTE_MS);
    assert_told(world, 100, "deferred: until #99 has ended");
    assert_told(world, 101, "rejected: ");
    assert_string_equal(row_text(world_run(world, 101), RUNS_RULE), "queue_full");
}

static void a_clock_that_is_put_forward(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, ENTRY("a", "daily 15:00", "") "," ENTRY("b", "daily 17:10", ""));
    world->now_ms += 3 * HOUR_MS;
    world_step(world, event_new(EVENT_TICK));
    assert_told(world, 1, "missed: 15:00 UTC passed");
    assert_told(world, 2, "queued");
    world_wait(world, HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 2);
}

/* A person's file without ids gets them, once. */
static void ids_are_written(void **state)
{
    World *world = *state;
    const Effect *edit;

    write_tasks(world, "{\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"hourly\"}");
    assert_int_equal(world->edits->len, 1);
    edit = world->edits->pdata[0];
    assert_string_equal(edit->edit.file, "tasks_schedule.json");
    assert_true(edit->edit.is_fill);
    assert_null(edit->edit.name);
    assert_true(g_str_has_prefix(edit->edit.members, "[{\"id\":\"web1-true-"));
    assert_contains(edit->edit.members, "\"cron\":\"hourly\"");
    assert_int_equal(world_count_rows(world, TABLE_EDITS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_time_makes_one_run),
        WORLD_TEST(what_passed_while_it_was_down),
        WORLD_TEST(all_that_passed_are_made_up_for),
        WORLD_TEST(asleep_nothing_fires),
        WORLD_TEST(one_that_has_not_ended),
        WORLD_TEST(those_that_wait_for_each_other),
        WORLD_TEST(one_in_the_middle_is_cancelled),
        WORLD_TEST(one_that_waits_too_long),
        WORLD_TEST(those_that_may_overlap),
        WORLD_TEST(a_blackout_defers_or_skips),
        WORLD_TEST(a_paused_agent_defers_or_skips),
        WORLD_TEST(whose_maker_is_gone),
        WORLD_TEST(one_that_needs_an_approval),
        WORLD_TEST(a_failure_is_told),
        WORLD_TEST(an_edit_begins_anew),
        WORLD_TEST(a_clock_that_is_put_back),
        WORLD_TEST(a_new_beginning_before_the_mark),
        WORLD_TEST(a_queue_that_is_full),
        WORLD_TEST(a_clock_that_is_put_forward),
        WORLD_TEST(ids_are_written),
    };

    return cmocka_run_group_tests_name("core-schedules", tests, NULL, NULL);
}
