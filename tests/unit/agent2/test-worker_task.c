/* What the worker does with a task: accepts, refuses, answers repeats. */
#include "agent2/flow/worker_task.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/wire/approval.h"
#include "tests/unit/agent2/worker_world.h"

#include "common/base/banned.h"

static void test_accepts_and_reports(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "echo hello");
    const MessageResult *result;

    (void)state;
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_ACCEPTED, RULE_NONE);
    assert_string_equal(world_last(world, MESSAGE_ACK)->ack.run, task->task.run);
    assert_string_equal(world_last(world, MESSAGE_ACK)->journal, worker_journal_id(world->worker));
    assert_int_equal(world_launches(world, task), 1);
    assert_string_equal(world_folder_of(world, task)->command, "echo hello");
    assert_int_equal(world_folder_of(world, task)->timeout_ms, 600000);

    assert_true(world_shim_starts(world, task));
    world_folder_of(world, task)->output = g_strdup("hello\n");
    world_pass(world, 500);
    world_shim_ends(world, task, END_EXITED, 0);
    world_expect_result(world, task, RUN_SUCCEEDED);
    result = &world_last(world, MESSAGE_RESULT)->result;
    assert_string_equal(result->output, "hello\n");
    assert_int_equal(result->exit_code, 0);
    assert_int_equal(result->signal, MESSAGE_ABSENT);
    assert_int_equal(result->duration_ms, 500);
    assert_false(result->is_truncated);
}

static void test_says_nothing_before_the_journal(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world->is_held = true;
    world_send(world, task);
    world_send(world, task);
    assert_int_equal(world->said->len, 0);
    assert_int_equal(world_launches(world, task), 0);
    world_release(world);
    world_expect_ack(world, task->id, ACK_ACCEPTED, RULE_NONE);
    assert_int_equal(world_count(world, MESSAGE_ACK), 1);
    assert_int_equal(world_launches(world, task), 1);
}

/* Each changes a good task into one that this worker must not decide on: it keeps nothing. */
static void change_journal(Message *task)
{
    g_free(task->journal);
    task->journal = g_strdup("01M7YAAAAAAAAAAAAAAAAAAAAA");
}

static void drop_journal(Message *task)
{
    g_clear_pointer(&task->journal, g_free);
}

static void lower_epoch(Message *task)
{
    task->task.epoch = WORLD_EPOCH - 1;
}

static void zero_attempt(Message *task)
{
    task->task.attempt = 0;
}

static void huge_attempt(Message *task)
{
    task->task.attempt = INT64_C(1) << 40;
}

static void bad_run(Message *task)
{
    g_free(task->task.run);
    task->task.run = g_strdup("../../../etc/passwd");
}

static void dry_run(Message *task)
{
    task->task.is_dry_run = true;
}

static void test_turns_away(void **state)
{
    static const struct {
        const char *what;
        void (*change)(Message *task);
        const char *reason;
        bool is_alarm;
    } rows[] = {
        { "another journal", change_journal, "meant for journal 01M7YAAAAAAAAAAAAAAAAAAAAA",
          false },
        { "no journal", drop_journal, "meant for journal (none)", false },
        { "a lower epoch", lower_epoch, "epoch", true },
        { "attempt 0", zero_attempt, "attempt", false },
        { "an attempt out of range", huge_attempt, "attempt", false },
        { "no run", bad_run, "run", false },
        { "a dry run", dry_run, "would start: /bin/sh -c -- true", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Message) first = world_new_task(world, "true");
        g_autoptr(Message) task = world_new_task(world, "true");

        world_send(world, first);
        rows[i].change(task);
        world_send(world, task);
        world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
        if (!strstr(world_last(world, MESSAGE_ACK)->ack.reason, rows[i].reason))
            fail_msg("%s: %s", rows[i].what, world_last(world, MESSAGE_ACK)->ack.reason);
        assert_int_equal(world_count(world, MESSAGE_ERROR), rows[i].is_alarm);
        assert_int_equal(g_hash_table_size(world->disk.folders), 1);
    }
}

static void give_approval(Message *task)
{
    ApprovalSubject subject = { .run = task->task.run,
                                .agent = task->task.agent,
                                .task = task->task.task,
                                .requested_by = task->task.requested_by,
                                .timeout_s = task->task.timeout_s,
                                .is_idempotent = task->task.is_idempotent };

    task->task.approval_id = g_strdup("01M7YAAAAAAAAAAAAAAAAAAAAB");
    task->task.approval_hash = approval_hash(&subject);
}

/* What a person approved, and nothing else. */
static void test_an_approval_is_for_its_task(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) good = world_new_task(world, "true");
    g_autoptr(Message) other = world_new_task(world, "true");
    g_autoptr(Message) longer = world_new_task(world, "true");

    (void)state;
    give_approval(good);
    world_send(world, good);
    world_expect_ack(world, good->id, ACK_ACCEPTED, RULE_NONE);
    give_approval(other);
    g_free(other->task.task);
    other->task.task = g_strdup("false");
    world_send(world, other);
    world_expect_ack(world, other->id, ACK_REJECTED, RULE_POLICY);
    assert_string_equal(world_last(world, MESSAGE_ACK)->ack.reason,
                        "its approval was given to another task");
    give_approval(longer);
    longer->task.timeout_s++;
    world_send(world, longer);
    world_expect_ack(world, longer->id, ACK_REJECTED, RULE_POLICY);
    assert_int_equal(world_launches(world, longer), 0);
}

static void test_epoch_rises_and_stays(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) newer = world_new_task(world, "true");
    g_autoptr(Message) older = world_new_task(world, "true");

    (void)state;
    newer->task.epoch = WORLD_EPOCH + 10;
    world_send(world, newer);
    world_expect_ack(world, newer->id, ACK_ACCEPTED, RULE_NONE);
    world_crash(world);
    world_send(world, older);
    world_expect_ack(world, older->id, ACK_REJECTED, RULE_POLICY);
    assert_int_equal(world_launches(world, older), 0);
}

static void test_attempts(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) second = world_new_task(world, "true");
    g_autoptr(Message) first = message_copy(second);
    g_autoptr(Message) third = message_copy(second);

    (void)state;
    second->task.attempt = 2;
    third->task.attempt = 3;
    world_send(world, second);
    assert_int_equal(world_launches(world, second), 1);
    world_send(world, first);
    world_expect_ack(world, first->id, ACK_REJECTED, RULE_POLICY);
    assert_null(world_folder(world, first->task.run, 1));
    world_send(world, third); /* the second is not over */
    world_expect_ack(world, third->id, ACK_REJECTED, RULE_POLICY);
    assert_null(world_folder(world, first->task.run, 3));

    world_shim_starts(world, second);
    world_shim_ends(world, second, END_EXITED, 1);
    world_send(world, third);
    world_expect_ack(world, third->id, ACK_ACCEPTED, RULE_NONE);
    assert_int_equal(world_launches(world, third), 1);
    world_crash(world);
    world_send(world, first); /* what attempts are known is durable */
    world_expect_ack(world, first->id, ACK_REJECTED, RULE_POLICY);
}

/* Each makes the world one in which a good task is refused, with a tombstone. */
static void late(World *world, Message *task)
{
    task->task.expires_ms = world->now_ms;
}

static void paused(World *world, Message *task)
{
    (void)task;
    g_free(world_control(world, CONTROL_PAUSE, NULL));
}

static void blackout(World *world, Message *task)
{
    (void)task;
    world_policy(world, "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"14:00\",\"end\":"
                        "\"15:00\",\"label\":\"maintenance\"}]}");
}

static void after_work(World *world, Message *task)
{
    (void)task;
    world_policy(world, "{\"timezone\":\"UTC\",\"work_hours\":{\"start\":\"15:00\",\"end\":"
                        "\"16:00\"}}");
}

static void full(World *world, Message *task)
{
    (void)task;
    for (int i = 0; i < 5; i++) {
        g_autoptr(Message) other = world_new_task(world, "sleep 60");

        world_send(world, other);
        world_expect_ack(world, other->id, ACK_ACCEPTED, RULE_NONE);
    }
}

static void no_skill(World *world, Message *task)
{
    (void)world;
    task->task.skill = g_strdup("apt.update");
    g_clear_pointer(&task->task.task, g_free);
}

static void test_refuses_with_a_tombstone(void **state)
{
    static const struct {
        const char *what;
        void (*prepare)(World *world, Message *task);
        Rule rule;
        const char *reason;
        ClaimKind claim;
    } rows[] = {
        { "expired", late, RULE_EXPIRED, "after its expiry", CLAIM_EXPIRED },
        { "paused", paused, RULE_PAUSED, "paused", CLAIM_REJECTED },
        { "a blackout", blackout, RULE_BLACKOUT, "blackout 14:00-15:00", CLAIM_REJECTED },
        { "work hours", after_work, RULE_WORK_HOURS, "opens 15:00 UTC", CLAIM_REJECTED },
        { "a full queue", full, RULE_QUEUE_FULL, "3 tasks wait", CLAIM_REJECTED },
        { "no such skill", no_skill, RULE_SKILL, "skills: shell", CLAIM_REJECTED },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new_unstarted();
        g_autoptr(Message) task = NULL;

        world->max_parallel = 2;
        world->queue = 3;
        world_start(world);
        world_link_up(world);
        task = world_new_task(world, "true");
        rows[i].prepare(world, task);
        world->is_held = true;
        world_forget(world);
        world_send(world, task);
        assert_int_equal(world_count(world, MESSAGE_ACK), 0);
        world_release(world);
        world_expect_ack(world, task->id, ACK_REJECTED, rows[i].rule);
        if (!strstr(world_last(world, MESSAGE_ACK)->ack.reason, rows[i].reason))
            fail_msg("%s: %s", rows[i].what, world_last(world, MESSAGE_ACK)->ack.reason);
        assert_int_equal(world_folder_of(world, task)->facts->claim.kind, rows[i].claim);

        world_forget(world); /* a repeat is refused again, also after a restart */
        world_send(world, task);
        world_expect_ack(world, task->id, ACK_REJECTED, rows[i].rule);
        world_crash(world);
        world_forget(world);
        world_send(world, task);
        world_expect_ack(world, task->id, ACK_REJECTED, rows[i].rule);
        assert_int_equal(world_launches(world, task), 0);
    }
}

static void test_a_refusal_stands(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    paused(world, task);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_PAUSED);
    g_free(world_control(world, CONTROL_RESUME, NULL));
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_PAUSED);
    assert_int_equal(world_launches(world, task), 0);
}

static void test_a_full_disk(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autoptr(Message) later = NULL;

    (void)state;
    world->disk.is_full = true;
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    assert_string_equal(world_last(world, MESSAGE_ACK)->ack.reason, "agent's disk is full");
    assert_int_equal(g_hash_table_size(world->disk.folders), 0);

    world->disk.is_full = false; /* agent1 holds it for refused: so do we */
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    world_pass(world, 10000);
    assert_int_equal(world_folder_of(world, task)->facts->claim.kind, CLAIM_REJECTED);
    assert_int_equal(world_count(world, MESSAGE_ACK), 2);
    world_crash(world);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);

    later = world_new_task(world, "true"); /* healed */
    world_send(world, later);
    world_expect_ack(world, later->id, ACK_ACCEPTED, RULE_NONE);
}

/* Now that there is room, too. */
static void expect_refused_for_good(World *world, const Message *task)
{
    world->disk.is_full = false;
    world_forget(world);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    world_pass(world, 10000);
    assert_int_equal(world_launches(world, task), 0);
    assert_int_equal(world_folder_of(world, task)->facts->claim.kind, CLAIM_REJECTED);
}

/* A refusal that agent1 has heard stands, also when the program ends before there is room. */
static void test_a_full_disk_and_a_crash(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world->disk.is_full = true;
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    world_crash(world);
    expect_refused_for_good(world, task);
}

/* The same, when what was kept with it cannot be read, and there is no room for a while yet. */
static void test_a_full_disk_and_a_damaged_meta(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *key = run_disk_key(task->task.run, task->task.attempt);
    WorkerFolder *note;

    (void)state;
    world->disk.is_full = true;
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    note = g_hash_table_lookup(world->disk.notes, key);
    assert_non_null(note);
    g_free(note->meta);
    note->meta = g_strdup("{\"format\":");
    world_crash(world);
    world_pass(world, 10000);
    expect_refused_for_good(world, task);
}

/* A cancel that was noted and not answered decides nothing: what is said first does. */
static void test_a_full_disk_and_a_cancel(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world->disk.is_full = true;
    g_free(world_control(world, CONTROL_CANCEL, task));
    assert_int_equal(g_hash_table_size(world->disk.notes), 1);
    assert_int_equal(world_count(world, MESSAGE_ACK), 0);
    world_crash(world);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    world->disk.is_full = false;
    world_pass(world, 10000);
    world_crash(world);
    assert_int_equal(world_folder_of(world, task)->facts->claim.kind, CLAIM_REJECTED);
    assert_int_equal(world_count(world, MESSAGE_RESULT), 0);
}

/* What cannot even be noted is not said: agent1 repeats the task until it can. */
static void test_a_full_disk_without_notes(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world->disk.is_full = true;
    world->disk.cannot_note = true;
    world_send(world, task);
    world_send(world, task);
    assert_int_equal(world_count(world, MESSAGE_ACK), 0);
    world->disk.cannot_note = false;
    world_pass(world, 10000);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    assert_int_equal(world_launches(world, task), 0);
}

static void test_repeats(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *id = NULL;

    (void)state;
    for (int i = 0; i < 3; i++)
        world_send(world, task);
    assert_int_equal(world_count(world, MESSAGE_ACK), 3);
    world_shim_starts(world, task);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_ACCEPTED, RULE_NONE);
    world_shim_ends(world, task, END_EXITED, 0);
    id = g_strdup(world_last(world, MESSAGE_RESULT)->id);

    world_forget(world);
    world_send(world, task);
    world_expect_result(world, task, RUN_SUCCEEDED);
    assert_string_equal(world_last(world, MESSAGE_RESULT)->id, id);
    world_done(world, task);
    world_forget(world);
    world_send(world, task); /* also when agent1 has it */
    world_expect_result(world, task, RUN_SUCCEEDED);
    world_crash(world);
    world_forget(world);
    world_send(world, task);
    world_expect_result(world, task, RUN_SUCCEEDED);
    assert_string_equal(world_last(world, MESSAGE_RESULT)->id, id);
    assert_int_equal(world_launches(world, task), 1);
}

static void test_expiry_by_agent1s_clock(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) resume = world_new_control(world, CONTROL_RESUME, NULL);
    g_autoptr(Message) late_there = world_new_task(world, "true");
    g_autoptr(Message) in_time_there = world_new_task(world, "true");

    (void)state;
    resume->ts_ms = world->now_ms + 5 * MINUTE_MS; /* agent1 is five minutes ahead */
    world_send(world, resume);
    late_there->task.expires_ms = world->now_ms + 5 * MINUTE_MS - 1;
    world_send(world, late_there);
    world_expect_ack(world, late_there->id, ACK_REJECTED, RULE_EXPIRED);
    in_time_there->task.expires_ms = world->now_ms + 6 * MINUTE_MS;
    world_send(world, in_time_there);
    world_expect_ack(world, in_time_there->id, ACK_ACCEPTED, RULE_NONE);
    assert_int_equal(world_folder_of(world, in_time_there)->expires_ms, world->now_ms + MINUTE_MS);
}

static void test_a_task_says_nothing_about_the_clock(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) held = world_new_task(world, "true");

    (void)state;
    held->ts_ms -= HOUR_MS; /* from agent1's outbox, or held back by somebody */
    held->task.expires_ms = world->now_ms - 45 * MINUTE_MS;
    for (int i = 0; i < 20; i++) {
        world_send(world, held);
        world_expect_ack(world, held->id, ACK_REJECTED, RULE_EXPIRED);
    }
}

static void test_not_before(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    task->task.not_before_ms = world->now_ms + MINUTE_MS;
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_ACCEPTED, RULE_NONE);
    world_pass(world, MINUTE_MS - 1);
    assert_int_equal(world_launches(world, task), 0);
    world_pass(world, 1);
    assert_int_equal(world_launches(world, task), 1);
}

static void test_a_stopping_worker_takes_nothing(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_feed(world, worker_event_new(WORKER_EVENT_STOP));
    assert_int_equal(world_last(world, MESSAGE_STATUS)->status.state, AGENT_OFFLINE);
    world_forget(world);
    world_send(world, task);
    world_pass(world, HOUR_MS);
    assert_int_equal(world->said->len, 0);
    assert_int_equal(g_hash_table_size(world->disk.folders), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts_and_reports),
        cmocka_unit_test(test_says_nothing_before_the_journal),
        cmocka_unit_test(test_turns_away),
        cmocka_unit_test(test_an_approval_is_for_its_task),
        cmocka_unit_test(test_epoch_rises_and_stays),
        cmocka_unit_test(test_attempts),
        cmocka_unit_test(test_refuses_with_a_tombstone),
        cmocka_unit_test(test_a_refusal_stands),
        cmocka_unit_test(test_a_full_disk),
        cmocka_unit_test(test_a_full_disk_and_a_crash),
        cmocka_unit_test(test_a_full_disk_and_a_damaged_meta),
        cmocka_unit_test(test_a_full_disk_and_a_cancel),
        cmocka_unit_test(test_a_full_disk_without_notes),
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_expiry_by_agent1s_clock),
        cmocka_unit_test(test_a_task_says_nothing_about_the_clock),
        cmocka_unit_test(test_not_before),
        cmocka_unit_test(test_a_stopping_worker_takes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
