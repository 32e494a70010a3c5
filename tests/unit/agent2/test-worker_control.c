/* pause, resume, policy, cancel, query, fetch, and acknowledgements. */
#include "agent2/flow/worker_control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/agent2/worker_world.h"

#include "common/base/banned.h"

/* The state that an answer tells of the only run in it. */
static const char *answered_state(const World *world, const char *query)
{
    const MessageAnswer *answer = &world_last(world, MESSAGE_ANSWER)->answer;
    const Json *runs = json_member(answer->data, "runs");

    assert_string_equal(answer->in_reply_to, query);
    assert_true(answer->is_ok);
    assert_int_equal(json_count(runs), 1);
    return json_string(json_member(json_first(runs), "state"));
}

static const char *ask(World *world, const Message *task)
{
    g_autofree char *query = NULL;

    world_forget(world);
    query = world_control(world, CONTROL_QUERY, task);
    return answered_state(world, query);
}

static void test_pause_is_durable_before_its_ack(void **state)
{
    g_autoptr(World) world = world_new();
    g_autofree char *pause = NULL;

    (void)state;
    world->is_held = true;
    pause = world_control(world, CONTROL_PAUSE, NULL);
    assert_int_equal(world_count(world, MESSAGE_ACK), 0);
    world_release(world);
    world_expect_ack(world, pause, ACK_DONE, RULE_NONE);
    assert_int_equal(world_last(world, MESSAGE_STATUS)->status.state, AGENT_PAUSED);
    world_crash(world);
    assert_int_equal(world_last(world, MESSAGE_STATUS)->status.state, AGENT_PAUSED);
}

static void test_sequence_numbers(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) first = world_new_control(world, CONTROL_RESUME, NULL);
    g_autoptr(Message) second = world_new_control(world, CONTROL_PAUSE, NULL);
    g_autoptr(Message) unnumbered = world_new_control(world, CONTROL_RESUME, NULL);

    (void)state;
    world_send(world, second);
    world_expect_ack(world, second->id, ACK_DONE, RULE_NONE);
    world_forget(world);
    world_send(world, first); /* late */
    unnumbered->control.seq = MESSAGE_ABSENT;
    world_send(world, unnumbered);
    assert_int_equal(world_count(world, MESSAGE_ACK), 0);
    world_crash(world);
    world_send(world, first);
    assert_int_equal(world_count(world, MESSAGE_ACK), 0);
    world_send(world, second);
    world_expect_ack(world, second->id, ACK_DONE, RULE_NONE);
    assert_int_equal(world_last(world, MESSAGE_STATUS)->status.state, AGENT_PAUSED);
}

static void test_a_full_disk_keeps_the_ack_back(void **state)
{
    g_autoptr(World) world = world_new();
    g_autofree char *pause = NULL;

    (void)state;
    world->disk.is_full = true;
    pause = world_control(world, CONTROL_PAUSE, NULL);
    world_pass(world, 30000);
    assert_int_equal(world_count(world, MESSAGE_ACK), 0);
    world->disk.is_full = false;
    world_pass(world, 30000);
    world_expect_ack(world, pause, ACK_DONE, RULE_NONE);
}

static void test_bad_policies_change_nothing(void **state)
{
    static const struct {
        const char *what;
        const char *policy;
        const char *reason;
    } rows[] = {
        { "an unknown zone", "{\"timezone\":\"Mars/Olympus\"}", "Mars/Olympus" },
        { "no zone", "{\"blackouts\":[]}", "timezone" },
        { "blackouts that are no list", "{\"timezone\":\"UTC\",\"blackouts\":7}", "blackouts" },
        { "a bad window", "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"9\"}]}",
          "policy.blackouts[0]" },
        { "bad work hours", "{\"timezone\":\"UTC\",\"work_hours\":[]}", "policy.work_hours" },
    };
    g_autoptr(World) world = world_new();

    (void)state;
    world_policy(world, "{\"timezone\":\"UTC\",\"paused\":true}");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Message *answer;

        world_forget(world);
        world_policy(world, rows[i].policy);
        answer = world_last(world, MESSAGE_ACK);
        assert_int_equal(answer->ack.state, ACK_REJECTED);
        if (!strstr(answer->ack.reason, rows[i].reason))
            fail_msg("%s: %s", rows[i].what, answer->ack.reason);
        assert_int_equal(world_count(world, MESSAGE_STATUS), 0); /* still paused */
    }
}

static void test_a_policy_survives(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_policy(world, "{\"timezone\":\"UTC\",\"epoch\":1794900007,\"blackouts\":"
                        "[{\"start\":\"00:00\",\"end\":\"24:00\"}]}");
    world_crash(world);
    task->task.epoch = 1794900006;
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    task->task.epoch++;
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_BLACKOUT);
}

/* ---- cancel ---- */

static void test_cancel_running(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "sleep 60");
    g_autofree char *cancel = NULL;

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    world->is_held = true;
    world_forget(world);
    cancel = world_control(world, CONTROL_CANCEL, task);
    assert_int_equal(world_count(world, MESSAGE_ACK), 0);
    world_release(world);
    world_expect_ack(world, cancel, ACK_DONE, RULE_NONE);
    assert_int_equal(world_last(world, MESSAGE_ACK)->ack.attempt, 1);
    assert_true(world_folder_of(world, task)->facts->has_cancel);
    assert_string_equal(ask(world, task), "cancelling");
    world_shim_ends(world, task, END_CANCELLED, 0);
    world_expect_result(world, task, RUN_CANCELLED);
}

static void test_cancel_that_comes_too_late(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *cancel = NULL;

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    world_shim_ends(world, task, END_EXITED, 0);
    world_forget(world);
    cancel = world_control(world, CONTROL_CANCEL, task);
    world_expect_ack(world, cancel, ACK_DONE, RULE_NONE);
    world_expect_result(world, task, RUN_SUCCEEDED);
}

static void test_cancel_before_the_shim_claims(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *cancel = NULL;

    (void)state;
    world_send(world, task);
    cancel = world_control(world, CONTROL_CANCEL, task);
    world_expect_ack(world, cancel, ACK_DONE, RULE_NONE);
    assert_false(world_shim_starts(world, task));
    world_expect_result(world, task, RUN_CANCELLED);
}

static void test_cancel_of_a_launch_that_failed(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    g_free(world_control(world, CONTROL_CANCEL, task));
    world_settled(world, task); /* the shim never lived */
    world_expect_result(world, task, RUN_CANCELLED);
    assert_int_equal(world_folder_of(world, task)->facts->claim.kind, CLAIM_CANCELLED);
    assert_int_equal(world_launches(world, task), 1);
}

static void test_cancel_in_the_queue(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *cancel = NULL;

    (void)state;
    task->task.not_before_ms = world->now_ms + MINUTE_MS;
    world_send(world, task);
    cancel = world_control(world, CONTROL_CANCEL, task);
    world_expect_ack(world, cancel, ACK_DONE, RULE_NONE);
    world_expect_result(world, task, RUN_CANCELLED);
    world_pass(world, HOUR_MS);
    assert_int_equal(world_launches(world, task), 0);
}

static void test_cancel_while_the_task_arrives(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *cancel = NULL;

    (void)state;
    world->is_held = true;
    world_send(world, task);
    cancel = world_control(world, CONTROL_CANCEL, task);
    assert_int_equal(world->said->len, 0);
    world_release(world);
    world_expect_ack(world, cancel, ACK_DONE, RULE_NONE);
    world_expect_result(world, task, RUN_CANCELLED);
    assert_int_equal(world_launches(world, task), 0);
}

static void test_cancel_before_the_task(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *cancel = world_control(world, CONTROL_CANCEL, task);

    (void)state;
    world_expect_ack(world, cancel, ACK_DONE, RULE_NONE);
    world_expect_result(world, task, RUN_CANCELLED);
    world_forget(world);
    world_send(world, task);
    world_expect_result(world, task, RUN_CANCELLED);
    world_crash(world);
    world_forget(world);
    world_send(world, task);
    world_expect_result(world, task, RUN_CANCELLED);
    world_done(world, task);
    assert_true(world_folder_of(world, task)->facts->is_done);
    assert_int_equal(world_launches(world, task), 0);
}

static void test_cancel_with_a_full_disk_is_not_acknowledged(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *cancel = NULL;

    (void)state;
    world->disk.is_full = true;
    g_free(world_control(world, CONTROL_CANCEL, task));
    assert_int_equal(world_count(world, MESSAGE_ACK), 0);
    world->disk.is_full = false;
    cancel = world_control(world, CONTROL_CANCEL, task);
    world_expect_ack(world, cancel, ACK_DONE, RULE_NONE);
}

static void test_cancel_of_nothing(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) cancel = world_new_control(world, CONTROL_CANCEL, NULL);

    (void)state;
    world_send(world, cancel);
    world_expect_ack(world, cancel->id, ACK_REJECTED, RULE_POLICY);
    cancel->control.run = g_strdup("/etc");
    cancel->control.attempt = 1;
    world_send(world, cancel);
    world_expect_ack(world, cancel->id, ACK_REJECTED, RULE_POLICY);
    assert_int_equal(g_hash_table_size(world->disk.folders), 0);
}

/* ---- query ---- */

static void test_query_one(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    assert_string_equal(ask(world, task), "not_known");
    assert_int_equal(g_hash_table_size(world->disk.folders), 0);
    world_send(world, task);
    assert_string_equal(ask(world, task), "accepted");
    world_shim_starts(world, task);
    world_pass(world, 2000);
    assert_string_equal(ask(world, task), "running");
    world_shim_ends(world, task, END_SIGNALLED, 9);
    assert_string_equal(ask(world, task), "failed");
    world_done(world, task);
    assert_string_equal(ask(world, task), "failed");
}

/* agent1 takes "running" for a start, and a claim of no start after it for a contradiction. */
static void test_a_shim_that_has_not_claimed_is_not_told_as_running(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_folder_of(world, task)->facts->facts.is_locked = true;
    world_crash(world);
    assert_string_equal(ask(world, task), "accepted");
    assert_true(world_shim_starts(world, task));
    world_crash(world);
    assert_string_equal(ask(world, task), "running");
}

static void test_query_past_expiry(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *query = NULL;

    (void)state;
    task->task.expires_ms = world->now_ms;
    world->is_held = true;
    query = world_control(world, CONTROL_QUERY, task);
    assert_int_equal(world_count(world, MESSAGE_ANSWER), 0);
    world_release(world);
    assert_string_equal(answered_state(world, query), "expired");
    world_forget(world);
    world_send(world, task); /* it arrives after all */
    world_expect_result(world, task, RUN_EXPIRED);
    assert_int_equal(world_launches(world, task), 0);
}

static void test_query_waits_for_what_is_under_way(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *query = NULL;

    (void)state;
    world->is_held = true;
    world_send(world, task);
    query = world_control(world, CONTROL_QUERY, task);
    assert_int_equal(world_count(world, MESSAGE_ANSWER), 0);
    world_release(world);
    assert_string_equal(answered_state(world, query), "accepted");
}

static void test_query_all(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) ended = world_new_task(world, "true");
    g_autoptr(Message) over = world_new_task(world, "true");
    g_autoptr(Message) refused = world_new_task(world, "true");
    g_autoptr(Message) query = world_new_control(world, CONTROL_QUERY, NULL);

    (void)state;
    world_send(world, ended);
    world_send(world, over);
    refused->task.expires_ms = 0;
    world_send(world, refused);
    world_shim_starts(world, ended);
    world_shim_ends(world, ended, END_EXITED, 0);
    world_shim_starts(world, over);
    world_shim_ends(world, over, END_EXITED, 0);
    world_done(world, over);
    world_send(world, query);
    assert_string_equal(answered_state(world, query->id), "succeeded");
}

/* ---- the rest ---- */

static void test_fetch(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autoptr(Message) fetch = world_new_control(world, CONTROL_FETCH, task);
    const MessageOutput *output;

    (void)state;
    world_send(world, fetch);
    assert_false(world_last(world, MESSAGE_ANSWER)->answer.is_ok);
    world_send(world, task);
    world_shim_starts(world, task);
    world_folder_of(world, task)->output = g_strdup("0123456789");
    fetch->control.offset = 4;
    world_send(world, fetch);
    output = &world_last(world, MESSAGE_OUTPUT)->output;
    assert_string_equal(output->in_reply_to, fetch->id);
    assert_string_equal(output->data, "NDU2Nzg5");
    assert_int_equal(output->offset, 4);
    assert_false(output->is_eof); /* more may come */
    world_shim_ends(world, task, END_EXITED, 0);
    fetch->control.offset = MESSAGE_ABSENT;
    world_send(world, fetch);
    output = &world_last(world, MESSAGE_OUTPUT)->output;
    assert_string_equal(output->data, "MDEyMzQ1Njc4OQ==");
    assert_true(output->is_eof);
}

static void test_not_offered(void **state)
{
    g_autoptr(World) world = world_new();

    (void)state;
    g_free(world_control(world, CONTROL_UPGRADE, NULL));
    assert_false(world_last(world, MESSAGE_ANSWER)->answer.is_ok);
    assert_string_equal(world_last(world, MESSAGE_ANSWER)->answer.text,
                        "not offered by this version");
}

static void test_done(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autoptr(Message) unknown = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_done(world, task); /* nonsense: it has no outcome yet */
    world_done(world, unknown);
    assert_false(world_folder_of(world, task)->facts->is_done);
    world_shim_starts(world, task);
    world_shim_ends(world, task, END_EXITED, 0);
    world_done(world, task);
    assert_true(world_folder_of(world, task)->facts->is_done);
    world_forget(world);
    world_done(world, task);
    world_pass(world, HOUR_MS);
    assert_int_equal(world_count(world, MESSAGE_RESULT), 0);
}

/* agent1 came from a backup and knows the attempt, but not the outcome that it had acknowledged. */
static void test_who_asks_for_a_run_that_is_over_gets_its_result(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_shim_starts(world, task);
    world_shim_ends(world, task, END_EXITED, 0);
    world_done(world, task);
    world_forget(world);
    g_free(world_control(world, CONTROL_QUERY, task));
    world_expect_result(world, task, RUN_SUCCEEDED);
    assert_int_equal(world_count(world, MESSAGE_ANSWER), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_asks_for_a_run_that_is_over_gets_its_result),
        cmocka_unit_test(test_pause_is_durable_before_its_ack),
        cmocka_unit_test(test_sequence_numbers),
        cmocka_unit_test(test_a_full_disk_keeps_the_ack_back),
        cmocka_unit_test(test_bad_policies_change_nothing),
        cmocka_unit_test(test_a_policy_survives),
        cmocka_unit_test(test_cancel_running),
        cmocka_unit_test(test_cancel_that_comes_too_late),
        cmocka_unit_test(test_cancel_before_the_shim_claims),
        cmocka_unit_test(test_cancel_of_a_launch_that_failed),
        cmocka_unit_test(test_cancel_in_the_queue),
        cmocka_unit_test(test_cancel_while_the_task_arrives),
        cmocka_unit_test(test_cancel_before_the_task),
        cmocka_unit_test(test_cancel_with_a_full_disk_is_not_acknowledged),
        cmocka_unit_test(test_cancel_of_nothing),
        cmocka_unit_test(test_query_one),
        cmocka_unit_test(test_a_shim_that_has_not_claimed_is_not_told_as_running),
        cmocka_unit_test(test_query_past_expiry),
        cmocka_unit_test(test_query_waits_for_what_is_under_way),
        cmocka_unit_test(test_query_all),
        cmocka_unit_test(test_fetch),
        cmocka_unit_test(test_not_offered),
        cmocka_unit_test(test_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
