/* Controls that name no run of ours, come before it is durable or after it is over, or ask for what
 * is not there. */
#include "agent2/flow/worker_control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "agent2/model/job.h"

#include "tests/unit/agent2/late_world.h"

#include "common/base/banned.h"

static void test_the_number_zero_is_none(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) pause = world_new_control(world, CONTROL_PAUSE, NULL);
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    pause->control.seq = 0;
    world_send(world, pause);
    assert_int_equal(world_count(world, MESSAGE_ACK), 0);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_ACCEPTED, RULE_NONE);
}

static void test_attempts_that_are_none(void **state)
{
    static const struct {
        const char *what;
        const char *run;
        int64_t attempt;
    } rows[] = {
        { "no ULID", "12", 1 },
        { "attempt 0", "01M7YZZZZZ0000000000000009", 0 },
        { "an attempt out of range", "01M7YZZZZZ0000000000000009", RUN_ATTEMPT_MAX + 1 },
        { "no run", NULL, 1 },
    };
    static const ControlAction actions[] = { CONTROL_CANCEL, CONTROL_QUERY, CONTROL_FETCH };
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows) * G_N_ELEMENTS(actions); i++) {
        ControlAction action = actions[i % G_N_ELEMENTS(actions)];
        size_t row = i / G_N_ELEMENTS(actions);
        g_autoptr(Message) control = world_new_control(world, action, task);

        if (action == CONTROL_QUERY && !rows[row].run)
            continue; /* asks for all runs */
        world_forget(world);
        g_free(control->control.run);
        control->control.run = g_strdup(rows[row].run);
        control->control.attempt = rows[row].attempt;
        world_send(world, control);
        if (action == CONTROL_CANCEL)
            world_expect_ack(world, control->id, ACK_REJECTED, RULE_POLICY);
        else if (world_last(world, MESSAGE_ANSWER)->answer.is_ok)
            fail_msg("%s: answered %s", rows[row].what, control_action_name(action));
    }
    assert_int_equal(g_hash_table_size(world->disk.folders), 0);
}

static void test_a_cancel_that_names_no_expiry(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autoptr(Message) cancel = world_new_control(world, CONTROL_CANCEL, task);
    JobMeta meta;

    (void)state;
    cancel->control.expires_ms = MESSAGE_ABSENT;
    world_send(world, cancel);
    world_expect_ack(world, cancel->id, ACK_DONE, RULE_NONE);
    job_meta_init(&meta);
    assert_true(job_meta_parse(world_folder_of(world, task)->facts->meta, &meta, NULL));
    assert_int_equal(meta.expires_ms, WORLD_NOW + DAY_MS); /* longer than any task waits */
    job_meta_clear(&meta);
    world_send(world, task);
    world_expect_result(world, task, RUN_CANCELLED);
    assert_int_equal(world_launches(world, task), 0);
}

static void test_a_query_tells_only_what_is_durable(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) first = new_running(world);
    g_autoptr(Message) second = world_new_task(world, "true");
    g_autoptr(Message) query = world_new_control(world, CONTROL_QUERY, NULL);
    const MessageAnswer *answer;

    (void)state;
    world->is_held = true;
    world_send(world, second);
    world_send(world, query);
    answer = &world_last(world, MESSAGE_ANSWER)->answer;
    assert_true(answer->is_ok);
    assert_int_equal(json_count(json_member(answer->data, "runs")), 1);
}

static void test_more_runs_than_an_answer_holds(void **state)
{
    enum { RUNS = 1501 };
    g_autoptr(World) world = world_new_unstarted();
    g_autoptr(Message) query = NULL;
    const MessageAnswer *answer;

    (void)state;
    world->queue = RUNS;
    world_start(world);
    world_link_up(world);
    for (unsigned i = 0; i < RUNS; i++) {
        g_autoptr(Message) task = world_new_task(world, "true");

        world_send(world, task);
    }
    query = world_new_control(world, CONTROL_QUERY, NULL);
    world_send(world, query);
    answer = &world_last(world, MESSAGE_ANSWER)->answer;
    assert_false(answer->is_ok);
    assert_int_equal(json_count(json_member(answer->data, "runs")), RUNS - 1);
}

static void expect_nothing_to_fetch(World *world, const Message *task, const char *what)
{
    g_autofree char *fetch = world_control(world, CONTROL_FETCH, task);
    const MessageAnswer *answer = &world_last(world, MESSAGE_ANSWER)->answer;

    if (answer->is_ok || strcmp(answer->in_reply_to, fetch) != 0)
        fail_msg("%s: something was fetched", what);
}

static void test_nothing_to_fetch(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) undurable = world_new_task(world, "true");
    g_autoptr(Message) arriving = world_new_task(world, "true");
    g_autoptr(Message) refusing = world_new_task(world, "true");
    g_autoptr(Message) gone = new_ended(world);

    (void)state;
    world->disk.is_full = true;
    world_send(world, undurable);
    expect_nothing_to_fetch(world, undurable, "refused by a full disk");
    world->disk.is_full = false;
    g_hash_table_remove_all(world->disk.folders);
    expect_nothing_to_fetch(world, gone, "its folder is gone");
    assert_string_equal(world_last(world, MESSAGE_ANSWER)->answer.text, "no such folder");
    world->is_held = true;
    world_send(world, arriving);
    expect_nothing_to_fetch(world, arriving, "arriving");
    refusing->task.expires_ms = 0;
    world_send(world, refusing);
    expect_nothing_to_fetch(world, refusing, "refusing");
}

static void test_the_end_of_an_output(void **state)
{
    g_autoptr(World) world = world_of_one_at_a_time();
    g_autoptr(Message) ended = new_ended(world);
    g_autoptr(Message) running = new_running(world);
    g_autoptr(Message) queued = world_new_task(world, "true");
    g_autoptr(WorkerEvent) part = NULL;

    (void)state;
    world_send(world, queued);
    g_free(world_control(world, CONTROL_FETCH, ended));
    assert_true(world_last(world, MESSAGE_OUTPUT)->output.is_eof);
    g_free(world_control(world, CONTROL_FETCH, running));
    assert_false(world_last(world, MESSAGE_OUTPUT)->output.is_eof);
    g_free(world_control(world, CONTROL_FETCH, queued));
    assert_false(world_last(world, MESSAGE_OUTPUT)->output.is_eof);

    /* Only a part of it was read. */
    world_folder_of(world, ended)->output = g_strdup("0123456789");
    part = new_read(world, ended, WORKER_READ_OUTPUT);
    part->read.output.in_reply_to = g_strdup("fetch");
    part->read.output.head = g_bytes_new_static("01234", 5);
    world_feed(world, g_steal_pointer(&part));
    assert_string_equal(world_last(world, MESSAGE_OUTPUT)->output.in_reply_to, "fetch");
    assert_false(world_last(world, MESSAGE_OUTPUT)->output.is_eof);
}

static void test_an_ack_of_something_else(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = new_ended(world);
    Message *ack = world_message(world, MESSAGE_ACK);

    (void)state;
    ack->ack.in_reply_to = g_strdup(task->id);
    ack->ack.run = g_strdup(task->task.run);
    ack->ack.attempt = 1;
    ack->ack.state = ACK_ACCEPTED;
    world_hear(world, TOPIC_KIND_CONTROL, ack);
    assert_false(world_folder_of(world, task)->facts->is_done);
    world_done(world, task);
    assert_true(world_folder_of(world, task)->facts->is_done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_number_zero_is_none),
        cmocka_unit_test(test_attempts_that_are_none),
        cmocka_unit_test(test_a_cancel_that_names_no_expiry),
        cmocka_unit_test(test_a_query_tells_only_what_is_durable),
        cmocka_unit_test(test_more_runs_than_an_answer_holds),
        cmocka_unit_test(test_nothing_to_fetch),
        cmocka_unit_test(test_the_end_of_an_output),
        cmocka_unit_test(test_an_ack_of_something_else),
    };

    return cmocka_run_group_tests_name("worker_control_late", tests, NULL, NULL);
}
