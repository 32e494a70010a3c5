/* Progress, and results until agent1 has them. */
#include "agent2/flow/worker_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/agent2/worker_world.h"

#include "common/base/banned.h"

static void grow(World *world, const Message *task, const char *output)
{
    DiskFolder *folder = world_folder_of(world, task);
    WorkerEvent *event =
        worker_event_new_for_run(WORKER_EVENT_GREW, task->task.run, task->task.attempt);

    g_free(folder->output);
    folder->output = g_strdup(output);
    event->bytes = (int64_t)strlen(output);
    world_feed(world, event);
}

static void test_progress(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    const MessageProgress *progress;

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    grow(world, task, "one\ntwo\n");
    world_pass(world, 999);
    assert_int_equal(world_count(world, MESSAGE_PROGRESS), 0);
    world_pass(world, 1);
    assert_int_equal(world_count(world, MESSAGE_PROGRESS), 1);
    progress = &world_last(world, MESSAGE_PROGRESS)->progress;
    assert_string_equal(progress->tail, "one\ntwo");
    assert_int_equal(progress->bytes, 8);
    assert_int_equal(progress->seq, 1000);
    assert_int_equal(progress->elapsed_ms, 1000);
    assert_int_equal(progress->percent, MESSAGE_ABSENT);

    world_pass(world, 9999); /* nothing new: every ten seconds */
    assert_int_equal(world_count(world, MESSAGE_PROGRESS), 1);
    world_pass(world, 1);
    assert_int_equal(world_count(world, MESSAGE_PROGRESS), 2);
    for (int i = 0; i < 20; i++) { /* it grows twice a second: every two seconds */
        grow(world, task, i % 2 ? "one\ntwo\nthree\n" : "one\ntwo\nthree\nfour\n");
        world_folder_of(world, task)->output[0]++;
        world_pass(world, 500);
    }
    assert_in_range(world_count(world, MESSAGE_PROGRESS), 3, 7);
    /* Above what an earlier process of this agent may have told, which is not remembered. */
    assert_in_range(world_last(world, MESSAGE_PROGRESS)->progress.seq, 11000, 21000);
    world_shim_ends(world, task, END_EXITED, 0);
    world_forget(world);
    world_pass(world, MINUTE_MS);
    assert_int_equal(world_count(world, MESSAGE_PROGRESS), 0);
}

static void test_no_progress_before_the_claim(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_pass(world, MINUTE_MS);
    assert_int_equal(world_count(world, MESSAGE_PROGRESS), 0);
}

static void test_results_until_done(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *id = NULL;
    unsigned sends;

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    world_shim_ends(world, task, END_EXITED, 0);
    id = g_strdup(world_last(world, MESSAGE_RESULT)->id);
    world_pass(world, 10 * MINUTE_MS);
    sends = world_count(world, MESSAGE_RESULT);
    assert_in_range(sends, 10, 60); /* a minute between them at the most, not at once at first */
    assert_string_equal(world_last(world, MESSAGE_RESULT)->id, id);
    world_pass(world, DAY_MS);
    world_done(world, task);
    world_forget(world);
    world_pass(world, DAY_MS);
    assert_int_equal(world_count(world, MESSAGE_RESULT), 0);
}

static void test_nothing_is_sent_without_a_link(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    world_feed(world, worker_event_new(WORKER_EVENT_LINK_DOWN));
    world_forget(world);
    world_shim_ends(world, task, END_EXITED, 0);
    world_pass(world, HOUR_MS);
    assert_int_equal(world->said->len, 0);
    world_link_up(world);
    world_expect_result(world, task, RUN_SUCCEEDED);
}

static void test_many_results_take_turns(void **state)
{
    g_autoptr(World) world = world_new();
    enum { COUNT = 50 };
    Message *tasks[COUNT];

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        tasks[i] = world_new_task(world, "true");
        world_send(world, tasks[i]);
        world_shim_starts(world, tasks[i]);
        world_shim_ends(world, tasks[i], END_EXITED, 0);
    }
    world_crash(world);
    world_forget(world);
    world->is_held = true;
    world_feed(world, worker_event_new(WORKER_EVENT_LINK_DOWN));
    world_link_up(world);
    assert_int_equal(g_queue_get_length(world->held), WORKER_READS_MAX);
    world_send(world, tasks[COUNT - 1]); /* who asks for one waits as well */
    assert_int_equal(g_queue_get_length(world->held), WORKER_READS_MAX);
    world_release(world);
    world_pass(world, MINUTE_MS);
    for (size_t i = 0; i < COUNT; i++) {
        world_done(world, tasks[i]);
        message_free(tasks[i]);
    }
    assert_true(world_count(world, MESSAGE_RESULT) >= COUNT);
    world_forget(world);
    world_pass(world, HOUR_MS);
    assert_int_equal(world_count(world, MESSAGE_RESULT), 0);
}

static void test_a_result_without_its_folder(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    world_shim_ends(world, task, END_EXITED, 0);
    g_hash_table_remove_all(world->disk.folders);
    world_forget(world);
    world_send(world, task);
    world_expect_result(world, task, RUN_SUCCEEDED); /* what is known is told */
    assert_null(world_last(world, MESSAGE_RESULT)->result.output);
}

static void test_the_output_is_cut_and_harmless(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    const MessageResult *result;

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    world_folder_of(world, task)->output = g_strdup("\033[2Jgone");
    world_shim_ends(world, task, END_EXITED, 0);
    result = &world_last(world, MESSAGE_RESULT)->result;
    assert_string_equal(result->output, "<U+001B>[2Jgone");
    assert_int_equal(result->output_bytes, 8);
    assert_false(result->is_truncated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_no_progress_before_the_claim),
        cmocka_unit_test(test_results_until_done),
        cmocka_unit_test(test_nothing_is_sent_without_a_link),
        cmocka_unit_test(test_many_results_take_turns),
        cmocka_unit_test(test_a_result_without_its_folder),
        cmocka_unit_test(test_the_output_is_cut_and_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
