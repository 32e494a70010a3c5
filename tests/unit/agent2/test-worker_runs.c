/* The queue, shims, and what folders say after a restart. */
#include "agent2/flow/worker_runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/agent2/worker_world.h"

#include "common/base/banned.h"

static World *world_with(unsigned max_parallel, unsigned queue)
{
    World *world = world_new_unstarted();

    world->max_parallel = max_parallel;
    world->queue = queue;
    world_start(world);
    world_link_up(world);
    return world;
}

static void test_runs_so_many_at_once_in_their_order(void **state)
{
    g_autoptr(World) world = world_with(2, 10);
    Message *tasks[5];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++) {
        tasks[i] = world_new_task(world, "true");
        world_send(world, tasks[i]);
        assert_int_equal(world_launches(world, tasks[i]), i < 2);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++) {
        world_shim_starts(world, tasks[i]);
        world_shim_ends(world, tasks[i], END_EXITED, 0);
        if (i + 2 < G_N_ELEMENTS(tasks))
            assert_int_equal(world_launches(world, tasks[i + 2]), 1);
        if (i + 3 < G_N_ELEMENTS(tasks))
            assert_int_equal(world_launches(world, tasks[i + 3]), 0);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++)
        message_free(tasks[i]);
}

/* The journal does several folders at a time, and the last may be durable first. */
static void test_what_came_first_starts_first(void **state)
{
    g_autoptr(World) world = world_with(1, 10);
    g_autoptr(Message) first = world_new_task(world, "true");
    g_autoptr(Message) second = world_new_task(world, "true");
    WorkerEffect *effect;

    (void)state;
    world->is_held = true;
    world_send(world, first);
    world_send(world, second);
    world->is_held = false;
    effect = g_queue_pop_tail(world->held);
    world_feed(world, run_disk_perform(&world->disk, effect));
    worker_effect_free(effect);
    assert_int_equal(world_launches(world, second), 0);
    world_release(world);
    assert_int_equal(world_launches(world, first), 1);
    assert_int_equal(world_launches(world, second), 0);
}

/* Who has no descriptor to look with knows nothing of the end of a run: no `unknown`. */
static void test_without_descriptors_nothing_is_concluded(void **state)
{
    g_autoptr(World) world = world_with(2, 10);
    g_autoptr(Message) running = world_new_task(world, "true");
    g_autoptr(Message) refused = world_new_task(world, "true");

    (void)state;
    world_send(world, running);
    world_shim_starts(world, running);
    world->disk.is_busy = true;
    world_settled(world, running);
    world_send(world, refused);
    world_expect_ack(world, refused->id, ACK_REJECTED, RULE_POLICY);
    world_pass(world, 60 * 1000);
    assert_int_equal(world_count(world, MESSAGE_RESULT), 0);

    world->disk.is_busy = false;
    world_set_exit(world, running, END_EXITED, 0);
    world_pass(world, 60 * 1000);
    world_expect_result(world, running, RUN_SUCCEEDED);
    assert_int_equal(world_launches(world, running), 1);
    assert_int_equal(world_launches(world, refused), 0);
}

/* The end is known, its output cannot be read for now: it is told later, whole. */
static void test_a_result_waits_for_descriptors(void **state)
{
    g_autoptr(World) world = world_with(2, 10);
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    world_folder_of(world, task)->output = g_strdup("all of it");
    world_shim_ends(world, task, END_EXITED, 0);
    world_expect_result(world, task, RUN_SUCCEEDED);
    world_forget(world);
    world->disk.is_busy = true;
    world_pass(world, 5 * 60 * 1000);
    assert_int_equal(world_count(world, MESSAGE_RESULT), 0);
    world->disk.is_busy = false;
    world_pass(world, 5 * 60 * 1000);
    assert_string_equal(world_result(world, task)->output, "all of it");
}

static void test_the_order_survives(void **state)
{
    g_autoptr(World) world = world_with(1, 10);
    Message *tasks[4];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++) {
        tasks[i] = world_new_task(world, "true");
        /* Their folders lie in the other order. */
        tasks[i]->task.run[ULID_CHARS - 3] = (char)('9' - i);
        world_send(world, tasks[i]);
        world_pass(world, 1);
    }
    world_crash(world);
    for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++) {
        assert_true(world_launches(world, tasks[i]) >= 1);
        if (i + 1 < G_N_ELEMENTS(tasks))
            assert_int_equal(world_launches(world, tasks[i + 1]), 0);
        world_shim_starts(world, tasks[i]);
        world_shim_ends(world, tasks[i], END_EXITED, 0);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++)
        message_free(tasks[i]);
}

static void test_paused_tasks_wait(void **state)
{
    g_autoptr(World) world = world_with(1, 10);
    g_autoptr(Message) first = world_new_task(world, "true");
    g_autoptr(Message) second = world_new_task(world, "true");

    (void)state;
    world_send(world, first);
    world_send(world, second);
    world_shim_starts(world, first);
    g_free(world_control(world, CONTROL_PAUSE, NULL));
    world_shim_ends(world, first, END_EXITED, 0);
    world_expect_result(world, first, RUN_SUCCEEDED);
    world_pass(world, MINUTE_MS);
    assert_int_equal(world_launches(world, second), 0);
    g_free(world_control(world, CONTROL_RESUME, NULL));
    assert_int_equal(world_launches(world, second), 1);
}

static void test_expires_in_the_queue(void **state)
{
    g_autoptr(World) world = world_with(1, 10);
    g_autoptr(Message) first = world_new_task(world, "true");
    g_autoptr(Message) second = world_new_task(world, "true");

    (void)state;
    world_send(world, first);
    world_send(world, second);
    world_shim_starts(world, first);
    world_pass(world, 15 * MINUTE_MS - 1);
    assert_int_equal(world_count(world, MESSAGE_RESULT), 0);
    world_pass(world, 1);
    world_expect_result(world, second, RUN_EXPIRED);
    assert_int_equal(world_folder_of(world, second)->facts->claim.kind, CLAIM_EXPIRED);
    assert_string_equal(world_last(world, MESSAGE_RESULT)->result.rule, "expired");
    world_shim_ends(world, first, END_EXITED, 0);
    assert_int_equal(world_launches(world, second), 0);
}

static void test_agent1s_window_ends(void **state)
{
    g_autoptr(World) world = world_with(1, 10);
    g_autoptr(Message) first = world_new_task(world, "true");
    g_autoptr(Message) second = world_new_task(world, "true");

    (void)state;
    second->task.window_end_ms = world->now_ms + MINUTE_MS;
    world_send(world, first);
    world_send(world, second);
    assert_int_equal(world_folder_of(world, second)->window_end_ms, world->now_ms + MINUTE_MS);
    world_pass(world, MINUTE_MS);
    world_expect_result(world, second, RUN_DEFERRED);
    assert_int_equal(world_folder_of(world, second)->facts->claim.kind, CLAIM_WINDOW_CLOSED);
}

static void test_its_own_window_ends(void **state)
{
    g_autoptr(World) world = world_with(1, 10);
    g_autoptr(Message) first = world_new_task(world, "true");
    g_autoptr(Message) second = world_new_task(world, "true");
    g_autoptr(Message) third = NULL;

    (void)state;
    /* It is 14:26:40. */
    world_policy(world, "{\"timezone\":\"UTC\",\"work_hours\":{\"start\":\"07:00\",\"end\":"
                        "\"14:30\"}}");
    world_send(world, first);
    world_send(world, second);
    /* The shim is told, too: it may come to its turn only then. */
    assert_int_equal(world_folder_of(world, first)->window_end_ms, world->now_ms + 200000);
    world->now_ms += 200000;
    world->boot_ms += 200000;
    assert_false(world_shim_starts(world, first));
    world_expect_result(world, first, RUN_DEFERRED);
    assert_string_equal(world_result(world, first)->rule, "work_hours");
    world_expect_result(world, second, RUN_DEFERRED);
    assert_string_equal(world_result(world, second)->rule, "work_hours");

    world_policy(world, "{\"timezone\":\"UTC\"}");
    third = message_copy(second);
    third->task.attempt = 2;
    world_send(world, third);
    world_expect_ack(world, third->id, ACK_ACCEPTED, RULE_NONE);
    assert_int_equal(world_launches(world, third), 1);
}

static void test_a_shim_that_does_not_come_up(void **state)
{
    g_autoptr(World) world = world_with(1, 10);
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    for (unsigned i = 1; i < WORKER_LAUNCH_MAX; i++) {
        world_settled(world, task);
        assert_int_equal(world_launches(world, task), i); /* not at once */
        world_pass(world, MINUTE_MS);
        assert_int_equal(world_launches(world, task), i + 1);
    }
    world_settled(world, task);
    world_expect_result(world, task, RUN_REJECTED);
    assert_string_equal(world_last(world, MESSAGE_RESULT)->result.rule, "policy");
    assert_int_equal(world_folder_of(world, task)->facts->claim.kind, CLAIM_REJECTED);
    assert_int_equal(world_count(world, MESSAGE_ERROR), 1);
}

static void test_a_launcher_that_is_behind(void **state)
{
    g_autoptr(World) world = world_with(1, 10);
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world->cannot_launch = true;
    world_send(world, task);
    assert_int_equal(world_launches(world, task), 1);
    world->cannot_launch = false;
    world_pass(world, MINUTE_MS);
    assert_int_equal(world_launches(world, task), 2);
    world_shim_starts(world, task);
    world_shim_ends(world, task, END_EXITED, 0);
    world_expect_result(world, task, RUN_SUCCEEDED);
}

static void test_ends(void **state)
{
    static const struct {
        const char *what;
        EndKind kind;
        int code;
        RunState outcome;
    } rows[] = {
        { "exit 0", END_EXITED, 0, RUN_SUCCEEDED },
        { "exit 1", END_EXITED, 1, RUN_FAILED },
        { "a signal", END_SIGNALLED, 15, RUN_FAILED },
        { "the time limit", END_TIMED_OUT, 0, RUN_TIMED_OUT },
        { "a cancel", END_CANCELLED, 0, RUN_CANCELLED },
        { "no start", END_START_FAILED, 0, RUN_FAILED },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Message) task = world_new_task(world, "true");

        world_send(world, task);
        world_shim_starts(world, task);
        world_shim_ends(world, task, rows[i].kind, rows[i].code);
        world_expect_result(world, task, rows[i].outcome);
        assert_int_equal(world_last(world, MESSAGE_RESULT)->result.signal,
                         rows[i].kind == END_SIGNALLED ? 15 : MESSAGE_ABSENT);
    }
}

static void test_a_lost_shim_is_unknown(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    task->task.is_idempotent = true; /* agent1 sends the next attempt, if it wants one */
    world_send(world, task);
    world_shim_starts(world, task);
    world_settled(world, task);
    world_expect_result(world, task, RUN_UNKNOWN);
    world_crash(world);
    world_pass(world, HOUR_MS);
    world_send(world, task);
    world_expect_result(world, task, RUN_UNKNOWN);
    assert_int_equal(world_launches(world, task), 1);
}

static void test_a_folder_that_goes_away_is_unknown(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    g_hash_table_remove_all(world->disk.folders);
    world_feed(world, worker_event_new_for_run(WORKER_EVENT_SETTLED, task->task.run, 1));
    world_expect_result(world, task, RUN_UNKNOWN);
}

static void test_a_claim_against_a_full_disk(void **state)
{
    g_autoptr(World) world = world_with(1, 10);
    g_autoptr(Message) first = world_new_task(world, "true");
    g_autoptr(Message) second = world_new_task(world, "true");

    (void)state;
    world_send(world, first);
    world_send(world, second);
    world->disk.is_full = true;
    world_pass(world, 16 * MINUTE_MS);
    assert_int_equal(world_count(world, MESSAGE_RESULT), 0); /* nothing that is not durable */
    world->disk.is_full = false;
    world_pass(world, MINUTE_MS);
    world_expect_result(world, second, RUN_EXPIRED);
}

/* ---- after a restart: every fact about a folder ---- */

typedef struct Restart {
    const char *what;
    bool is_started;
    bool is_locked;
    bool is_cancelled;
    bool is_rebooted;
    ExitFact exit;
    bool is_relaunched;
    bool is_attached;
    RunState outcome; /* RUN_STATE_COUNT: none yet */
    const char *reason;
} Restart;

static const Restart restarts[] = {
    { "waiting in the queue", .is_relaunched = true, .outcome = RUN_STATE_COUNT },
    { "its shim is about to claim", .is_locked = true, .is_attached = true,
      .outcome = RUN_STATE_COUNT },
    { "running", .is_started = true, .is_locked = true, .is_attached = true,
      .outcome = RUN_STATE_COUNT },
    { "ended meanwhile", .is_started = true, .exit = EXIT_READABLE, .outcome = RUN_SUCCEEDED },
    { "its shim was lost", .is_started = true, .outcome = RUN_UNKNOWN, .reason = "shim was lost" },
    { "the host was restarted", .is_started = true, .is_rebooted = true, .outcome = RUN_UNKNOWN,
      .reason = "host restarted" },
    { "a damaged exit", .is_started = true, .exit = EXIT_UNREADABLE, .outcome = RUN_UNKNOWN,
      .reason = "damaged" },
    { "cancelled before its start", .is_cancelled = true, .outcome = RUN_CANCELLED },
    { "being cancelled", .is_started = true, .is_locked = true, .is_cancelled = true,
      .is_attached = true, .outcome = RUN_STATE_COUNT },
};

static void test_restarts(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(restarts); i++) {
        const Restart *row = &restarts[i];
        g_autoptr(World) world = world_new();
        g_autoptr(Message) task = world_new_task(world, "true");
        DiskFolder *folder;
        unsigned results;

        world_send(world, task);
        folder = world_folder_of(world, task);
        if (row->is_started)
            world_shim_starts(world, task);
        if (row->exit == EXIT_READABLE)
            world_set_exit(world, task, END_EXITED, 0);
        folder->facts->facts.exit = row->exit;
        folder->facts->facts.is_locked = row->is_locked;
        folder->facts->facts.is_same_boot = !row->is_rebooted;
        folder->facts->has_cancel = row->is_cancelled;
        folder->launches = 0;
        world_crash(world);
        results = world_count(world, MESSAGE_RESULT);
        if (results != (row->outcome != RUN_STATE_COUNT) || world->attached != row->is_attached ||
            folder->launches != row->is_relaunched)
            fail_msg("%s: %u results, %u attached, %u launches", row->what, results,
                     world->attached, folder->launches);
        if (row->outcome == RUN_STATE_COUNT)
            continue;
        world_expect_result(world, task, row->outcome);
        if (row->reason && !strstr(world_last(world, MESSAGE_RESULT)->result.reason, row->reason))
            fail_msg("%s: %s", row->what, world_last(world, MESSAGE_RESULT)->result.reason);
        world_done(world, task);
        world_forget(world);
        world_crash(world);
        assert_int_equal(world_count(world, MESSAGE_RESULT), 0);
    }
}

static void test_survivors_are_told(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    world_folder_of(world, task)->facts->has_survivors = true;
    world_settled(world, task);
    assert_string_equal(world_last(world, MESSAGE_RESULT)->result.reason,
                        "its shim was lost, and processes of it still run");
    world_done(world, task);
    task->task.attempt = 2; /* even an idempotent task must not run beside them */
    task->task.is_idempotent = true;
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    assert_null(world_folder(world, task->task.run, 2));
}

static void test_a_folder_of_a_newer_agent_is_left_alone(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_folder_of(world, task)->facts->facts.is_newer = true;
    world_crash(world);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    assert_int_equal(world_launches(world, task), 1);
    assert_int_equal(world_folder_of(world, task)->facts->claim.kind, CLAIM_NONE);
}

static void test_a_folder_of_nothing_is_removed(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_folder_of(world, task)->facts->facts.has_task = false;
    world_crash(world);
    assert_null(world_folder(world, task->task.run, 1));
}

static void test_a_folder_without_its_meta_still_counts(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    world_shim_ends(world, task, END_EXITED, 0);
    world_done(world, task);
    g_free(world_folder_of(world, task)->facts->meta);
    world_folder_of(world, task)->facts->meta = g_strdup("{\"for");
    world_crash(world);
    world_send(world, task);
    world_expect_result(world, task, RUN_SUCCEEDED);
    assert_int_equal(world_launches(world, task), 1);
}

/* A folder without order and claim is one that never was; this one may be anything. */
static void test_a_folder_of_which_nothing_can_be_read(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_folder_of(world, task)->facts->facts.has_task = false;
    world_folder_of(world, task)->facts->problem = g_strdup("task: not a regular file");
    world_crash(world);
    world_expect_result(world, task, RUN_UNKNOWN);
    assert_non_null(world_folder_of(world, task));
}

/* It counts as unknown, which agent1 hears as soon as there is a link; nothing is done to it. */
static void test_a_folder_that_cannot_be_read(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autoptr(Message) other = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_send(world, other);
    world_folder_of(world, task)->facts->problem = g_strdup("claim: not a regular file");
    world_forget(world);
    world_crash(world);
    assert_int_equal(world_count(world, MESSAGE_ERROR), 1);
    assert_non_null(
        strstr(world_last(world, MESSAGE_ERROR)->error.text, "claim: not a regular file"));
    world_expect_result(world, task, RUN_UNKNOWN);
    assert_int_equal(world_launches(world, task), 1);
    assert_int_equal(world_launches(world, other), 2);
    world_shim_starts(world, other);
    world_shim_ends(world, other, END_EXITED, 0);
    world_done(world, other);

    world_send(world, task);
    world_expect_result(world, task, RUN_UNKNOWN);
    world_done(world, task);
    assert_false(world_folder_of(world, task)->facts->is_done);
    world_pass(world, 9 * 24 * HOUR_MS);
    assert_null(world_folder(world, other->task.run, 1));
    assert_non_null(world_folder_of(world, task));
    assert_int_equal(world_launches(world, task), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_so_many_at_once_in_their_order),
        cmocka_unit_test(test_what_came_first_starts_first),
        cmocka_unit_test(test_without_descriptors_nothing_is_concluded),
        cmocka_unit_test(test_a_result_waits_for_descriptors),
        cmocka_unit_test(test_the_order_survives),
        cmocka_unit_test(test_paused_tasks_wait),
        cmocka_unit_test(test_expires_in_the_queue),
        cmocka_unit_test(test_agent1s_window_ends),
        cmocka_unit_test(test_its_own_window_ends),
        cmocka_unit_test(test_a_shim_that_does_not_come_up),
        cmocka_unit_test(test_a_launcher_that_is_behind),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_a_lost_shim_is_unknown),
        cmocka_unit_test(test_a_folder_that_goes_away_is_unknown),
        cmocka_unit_test(test_a_claim_against_a_full_disk),
        cmocka_unit_test(test_restarts),
        cmocka_unit_test(test_survivors_are_told),
        cmocka_unit_test(test_a_folder_of_a_newer_agent_is_left_alone),
        cmocka_unit_test(test_a_folder_of_nothing_is_removed),
        cmocka_unit_test(test_a_folder_without_its_meta_still_counts),
        cmocka_unit_test(test_a_folder_of_which_nothing_can_be_read),
        cmocka_unit_test(test_a_folder_that_cannot_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
