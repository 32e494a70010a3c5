/* The worker's core and what comes late, twice, or about something that is not there any more:
 * answers of the journal, folders that were read, shims that settle. None of it changes an outcome.
 */
#include "agent2/flow/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/agent2/late_world.h"

#include "common/base/banned.h"

/* ---- answers of the journal ---- */

static void test_answers_about_what_has_moved_on(void **state)
{
    static const struct {
        const char *what;
        WorkerEffectKind effect;
        WorkerStored outcome;
    } rows[] = {
        { "filed, again", WORKER_EFFECT_CREATE, WORKER_STORED },
        { "not filed, but it runs", WORKER_EFFECT_CREATE, WORKER_DISK_FULL },
        { "buried, but it runs", WORKER_EFFECT_TOMBSTONE, WORKER_STORED },
        { "claimed, but it runs", WORKER_EFFECT_CLAIM, WORKER_STORED },
        { "a claim that failed, but it runs", WORKER_EFFECT_CLAIM, WORKER_REFUSED },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Message) task = new_running(world);

        world_forget(world);
        world_feed(world, new_answer(task, rows[i].effect, rows[i].outcome));
        if (world->said->len > 0)
            fail_msg("%s: something was said", rows[i].what);
        world_shim_ends(world, task, END_EXITED, 0);
        world_expect_result(world, task, RUN_SUCCEEDED);
        assert_int_equal(world_launches(world, task), 1);
    }
}

static void test_a_journal_that_refuses_a_task(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autoptr(WorkerEvent) answer = NULL;

    (void)state;
    world->is_held = true;
    world_send(world, task);
    forget_held(world);
    world_feed(world, new_answer(task, WORKER_EFFECT_CREATE, WORKER_REFUSED));
    assert_int_equal(world_count(world, MESSAGE_ACK), 0);

    /* Nor is there room for its tombstone: a repeat is refused all the same, and never started. */
    forget_held(world);
    answer = new_answer(task, WORKER_EFFECT_TOMBSTONE, WORKER_DISK_FULL);
    answer->journaled.is_noted = true;
    world_feed(world, g_steal_pointer(&answer));
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    assert_string_equal(world_last(world, MESSAGE_ACK)->ack.reason, "the journal says no");
    world_forget(world);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    assert_int_equal(count_held(world, WORKER_EFFECT_CREATE), 0);
}

static void test_a_journal_that_refuses_a_claim(void **state)
{
    g_autoptr(World) world = world_of_one_at_a_time();
    g_autoptr(Message) first = new_running(world);
    g_autoptr(Message) second = world_new_task(world, "true");

    (void)state;
    world_send(world, second);
    world->is_held = true;
    world_pass(world, 15 * MINUTE_MS);
    assert_int_equal(count_held(world, WORKER_EFFECT_CLAIM), 1);
    forget_held(world);
    world_feed(world, new_answer(second, WORKER_EFFECT_CLAIM, WORKER_REFUSED));
    world_expect_result(world, second, RUN_UNKNOWN);
    assert_string_equal(world_result(world, second)->reason, "the journal says no");
    assert_int_equal(world_launches(world, second), 0);
}

static void test_a_tombstone_that_a_newer_agent2_has(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autoptr(WorkerEvent) answer = NULL;

    (void)state;
    world->is_held = true;
    task->task.expires_ms = 0;
    world_send(world, task);
    forget_held(world);
    answer = new_answer(task, WORKER_EFFECT_TOMBSTONE, WORKER_STORED);
    answer->journaled.existed = true;
    world_feed(world, g_steal_pointer(&answer));
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    assert_non_null(strstr(world_last(world, MESSAGE_ACK)->ack.reason, "a newer agent2"));
}

static void test_a_refusal_without_its_tombstone(void **state)
{
    static const struct {
        WorkerStored outcome;
        const char *logged;
    } rows[] = {
        { WORKER_DISK_FULL, "after its expiry" },
        { WORKER_BUSY, "after its expiry" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Message) task = world_new_task(world, "true");
        g_autoptr(WorkerEvent) answer = NULL;

        world->is_held = true;
        task->task.expires_ms = 0;
        world_send(world, task);
        forget_held(world);
        answer = new_answer(task, WORKER_EFFECT_TOMBSTONE, rows[i].outcome);
        answer->journaled.is_noted = true;
        world_feed(world, g_steal_pointer(&answer));
        world_expect_ack(world, task->id, ACK_REJECTED, RULE_EXPIRED);
        assert_non_null(strstr(world->logs->pdata[world->logs->len - 1], rows[i].logged));
        assert_int_equal(count_held(world, WORKER_EFFECT_TOMBSTONE), 0);
        world_pass(world, 10 * 1000); /* and it is tried again */
        assert_int_equal(count_held(world, WORKER_EFFECT_TOMBSTONE), 1);
    }
}

/* Neither can it be written nor noted, and will never be: agent1 must not ask for ever. */
static void test_a_refusal_that_can_never_be_durable(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world->is_held = true;
    task->task.expires_ms = 0;
    world_send(world, task);
    forget_held(world);
    world_feed(world, new_answer(task, WORKER_EFFECT_TOMBSTONE, WORKER_REFUSED));
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_EXPIRED);
    world_forget(world);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_EXPIRED);
}

static void test_one_cancel_is_written_once(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = new_running(world);
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;

    (void)state;
    world->is_held = true;
    first = world_control(world, CONTROL_CANCEL, task);
    second = world_control(world, CONTROL_CANCEL, task);
    assert_int_equal(count_held(world, WORKER_EFFECT_CANCEL), 1);
    world_release(world);
    world_expect_ack(world, second, ACK_DONE, RULE_NONE);
}

/* ---- what is over, and comes again ---- */

static void test_a_result_read_for_one_that_was_forgotten(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = new_ended(world);

    (void)state;
    world_done(world, task);
    world->is_held = true;
    world_send(world, task); /* its result is read again, and the journal takes its time */
    assert_int_equal(count_held(world, WORKER_EFFECT_READ), 1);
    world_pass(world, 30 * DAY_MS);
    assert_int_equal(count_held(world, WORKER_EFFECT_REMOVE), 1);
    world_send(world, task); /* forgotten, it is refused as expired */
    world_forget(world);
    world_release(world);
    assert_int_equal(world_count(world, MESSAGE_RESULT), 0);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_EXPIRED);
    assert_int_equal(world_launches(world, task), 0);
}

static void test_an_exit_that_was_damaged_later(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = new_ended(world);

    (void)state;
    world_folder_of(world, task)->facts->facts.exit = EXIT_UNREADABLE;
    world_forget(world);
    world_send(world, task);
    world_expect_result(world, task, RUN_SUCCEEDED);
    assert_int_equal(world_result(world, task)->exit_code, MESSAGE_ABSENT);
}

static void test_attempts_are_counted_from_refusals_too(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) first = world_new_task(world, "true");
    g_autoptr(Message) second = NULL;

    (void)state;
    g_free(world_control(world, CONTROL_PAUSE, NULL));
    world->is_held = true;
    world_send(world, first); /* refused, and its tombstone is on its way */
    second = message_copy(first);
    g_free(second->id);
    second->id = world_id(world);
    second->task.attempt = 2;
    g_free(world_control(world, CONTROL_RESUME, NULL));
    world_send(world, second);
    world_release(world);
    world_expect_ack(world, second->id, ACK_ACCEPTED, RULE_NONE);
    assert_int_equal(world_launches(world, first), 0);
    assert_int_equal(world_launches(world, second), 1);
}

static void test_a_known_run_for_another_journal(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = new_ended(world);

    (void)state;
    g_free(task->journal);
    task->journal = g_strdup("01M7YAAAAAAAAAAAAAAAAAAAAA");
    world_forget(world);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    assert_int_equal(world_count(world, MESSAGE_RESULT), 0);
}

static void test_a_task_of_nobody(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    g_clear_pointer(&task->task.requested_by, g_free);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_ACCEPTED, RULE_NONE);
    assert_non_null(strstr(world->logs->pdata[world->logs->len - 1], "accepted for nobody"));
}

static void test_a_dry_run_of_what_would_be_refused(void **state)
{
    g_autoptr(World) world = world_new_unstarted();
    g_autoptr(Message) task = NULL;

    (void)state;
    world->has_shell = false;
    world_start(world);
    world_link_up(world);
    task = world_new_task(world, "true");
    task->task.is_dry_run = true;
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_SKILL);
    assert_true(g_str_has_prefix(world_last(world, MESSAGE_ACK)->ack.reason, "dry run: refused: "));
    assert_int_equal(g_hash_table_size(world->disk.folders), 0);
}

/* ---- shims, and folders that were read ---- */

static void test_progress_of_one_that_has_ended(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = new_running(world);

    (void)state;
    world_pass(world, 500);
    world->is_held = true;
    world_pass(world, 500); /* its output is being read */
    world_forget(world);
    world_shim_ends(world, task, END_EXITED, 0);
    world_release(world);
    assert_int_equal(world_count(world, MESSAGE_PROGRESS), 0);
    world_expect_result(world, task, RUN_SUCCEEDED);
}

static void test_progress_without_its_folder(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = new_running(world);

    (void)state;
    g_hash_table_remove_all(world->disk.folders);
    world_pass(world, MINUTE_MS);
    assert_int_equal(world_count(world, MESSAGE_PROGRESS), 0);
    assert_int_equal(world_count(world, MESSAGE_RESULT), 0); /* its shim may well live */
}

static void test_a_state_that_nobody_asked_for(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = new_running(world);

    (void)state;
    world_forget(world);
    world_feed(world, new_read(world, task, WORKER_READ_STATE));
    assert_int_equal(world->said->len, 0);
    world_shim_ends(world, task, END_EXITED, 0);
    world_expect_result(world, task, RUN_SUCCEEDED);
}

static void test_a_shim_says_why_it_could_not_start(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = new_running(world);

    (void)state;
    world_set_exit(world, task, END_START_FAILED, 0);
    g_strlcpy(world_folder_of(world, task)->facts->end.reason, "exec: No such file",
              RUN_EXIT_REASON_BYTES);
    world_settled(world, task);
    world_expect_result(world, task, RUN_FAILED);
    assert_string_equal(world_result(world, task)->reason, "exec: No such file");
}

static void test_a_folder_that_changed_its_owner(void **state)
{
    static const struct {
        const char *what;
        bool is_newer;
        bool has_task;
    } rows[] = {
        { "a newer agent2 took it", true, true },
        { "its order is gone", false, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Message) task = world_new_task(world, "true");
        FolderFacts *facts;

        world_send(world, task);
        facts = &world_folder_of(world, task)->facts->facts;
        facts->is_newer = rows[i].is_newer;
        facts->has_task = rows[i].has_task;
        world_settled(world, task);
        world_expect_result(world, task, RUN_UNKNOWN);
        if (strcmp(world_result(world, task)->reason, "its run folder is gone") != 0)
            fail_msg("%s: %s", rows[i].what, world_result(world, task)->reason);
    }
}

static void test_claims_that_others_made(void **state)
{
    static const struct {
        const char *what;
        ClaimKind kind;
        const char *rule;
        const char *reason;
        const char *policy;
        RunState outcome;
        const char *told_rule;
        const char *told_reason;
    } rows[] = {
        { "cancelled", CLAIM_CANCELLED, NULL, "by hand", NULL, RUN_CANCELLED, NULL, "by hand" },
        { "cancelled, nobody says why", CLAIM_CANCELLED, NULL, NULL, NULL, RUN_CANCELLED, NULL,
          NULL },
        { "expired", CLAIM_EXPIRED, NULL, NULL, NULL, RUN_EXPIRED, "expired", NULL },
        { "a window that is unknown now", CLAIM_WINDOW_CLOSED, NULL, NULL, NULL, RUN_DEFERRED,
          "blackout", "the window closed before its start" },
        { "a window that is known", CLAIM_WINDOW_CLOSED, NULL, "too late",
          "{\"timezone\":\"UTC\",\"work_hours\":{\"start\":\"01:00\",\"end\":\"02:00\"}}",
          RUN_DEFERRED, "work_hours", "too late" },
        { "rejected", CLAIM_REJECTED, "paused", "no", NULL, RUN_REJECTED, "paused", "no" },
        { "rejected by a rule of later", CLAIM_REJECTED, "moon", "no", NULL, RUN_REJECTED, "policy",
          "no" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Message) task = world_new_task(world, "true");
        const MessageResult *result;
        RunClaim claim;

        world_send(world, task);
        if (rows[i].policy)
            world_policy(world, rows[i].policy);
        run_claim_init(&claim, rows[i].kind, "b007", world->now_ms, rows[i].rule, rows[i].reason);
        run_disk_set_claim(world_folder_of(world, task), &claim);
        world_settled(world, task);
        world_expect_result(world, task, rows[i].outcome);
        result = world_result(world, task);
        if (g_strcmp0(result->rule, rows[i].told_rule) != 0 ||
            g_strcmp0(result->reason, rows[i].told_reason) != 0)
            fail_msg("%s: by %s: %s", rows[i].what, result->rule, result->reason);
    }
}

static void test_a_second_cancel_while_it_settles(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autofree char *second = NULL;

    (void)state;
    world_send(world, task);
    g_free(world_control(world, CONTROL_CANCEL, task));
    world->is_held = true;
    world_settled(world, task); /* no shim came up */
    second = world_control(world, CONTROL_CANCEL, task);
    world_release(world);
    world_pass(world, MINUTE_MS);
    world_expect_ack(world, second, ACK_DONE, RULE_NONE);
    world_expect_result(world, task, RUN_CANCELLED);
}

static void test_a_stopping_worker_starts_nothing(void **state)
{
    g_autoptr(World) world = world_of_one_at_a_time();
    g_autoptr(Message) first = new_running(world);
    g_autoptr(Message) second = world_new_task(world, "true");

    (void)state;
    world_send(world, second);
    world_feed(world, worker_event_new(WORKER_EVENT_STOP));
    world_shim_ends(world, first, END_EXITED, 0);
    assert_int_equal(world_launches(world, second), 0);
    world_crash(world); /* the program that comes after it does */
    assert_int_equal(world_launches(world, second), 1);
}

/* ---- after a restart ---- */

static void test_folders_without_an_order(void **state)
{
    static const struct {
        const char *what;
        ClaimKind claim;
        const char *rule;
        bool is_locked;
        unsigned results;
    } rows[] = {
        { "refused: that was told", CLAIM_REJECTED, "paused", false, 0 },
        { "expired: that was told", CLAIM_EXPIRED, NULL, false, 0 },
        { "cancelled before it came", CLAIM_CANCELLED, NULL, false, 1 },
        { "a claim that cannot be read", CLAIM_UNREADABLE, NULL, false, 1 },
        { "and somebody holds it", CLAIM_UNREADABLE, NULL, true, 0 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Message) task = world_new_task(world, "true");
        DiskFolder *folder;
        RunClaim claim;

        world_send(world, task);
        folder = world_folder_of(world, task);
        folder->facts->facts.has_task = false;
        run_claim_init(&claim, rows[i].claim, "b007", world->now_ms, rows[i].rule, "why");
        run_disk_set_claim(folder, &claim);
        folder->facts->facts.is_locked = rows[i].is_locked;
        world_forget(world);
        world_crash(world);
        if (world_count(world, MESSAGE_RESULT) != rows[i].results)
            fail_msg("%s: %u results", rows[i].what, world_count(world, MESSAGE_RESULT));
        assert_int_equal(folder->launches, 1); /* before the restart */
    }
}

static void test_a_meta_that_cannot_be_read(void **state)
{
    static const char *const metas[] = { NULL, "", "{\"format\":" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(metas); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Message) task = new_ended(world);
        DiskFolder *folder = world_folder_of(world, task);

        g_free(folder->facts->meta);
        folder->facts->meta = g_strdup(metas[i]);
        world_forget(world);
        world_crash(world);
        world_expect_result(world, task, RUN_SUCCEEDED);
        assert_non_null(strstr(world->logs->pdata[0], "cannot be read"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_about_what_has_moved_on),
        cmocka_unit_test(test_a_journal_that_refuses_a_task),
        cmocka_unit_test(test_a_journal_that_refuses_a_claim),
        cmocka_unit_test(test_a_tombstone_that_a_newer_agent2_has),
        cmocka_unit_test(test_a_refusal_without_its_tombstone),
        cmocka_unit_test(test_a_refusal_that_can_never_be_durable),
        cmocka_unit_test(test_one_cancel_is_written_once),
        cmocka_unit_test(test_a_result_read_for_one_that_was_forgotten),
        cmocka_unit_test(test_an_exit_that_was_damaged_later),
        cmocka_unit_test(test_attempts_are_counted_from_refusals_too),
        cmocka_unit_test(test_a_known_run_for_another_journal),
        cmocka_unit_test(test_a_task_of_nobody),
        cmocka_unit_test(test_a_dry_run_of_what_would_be_refused),
        cmocka_unit_test(test_progress_of_one_that_has_ended),
        cmocka_unit_test(test_progress_without_its_folder),
        cmocka_unit_test(test_a_state_that_nobody_asked_for),
        cmocka_unit_test(test_a_shim_says_why_it_could_not_start),
        cmocka_unit_test(test_a_folder_that_changed_its_owner),
        cmocka_unit_test(test_claims_that_others_made),
        cmocka_unit_test(test_a_second_cancel_while_it_settles),
        cmocka_unit_test(test_a_stopping_worker_starts_nothing),
        cmocka_unit_test(test_folders_without_an_order),
        cmocka_unit_test(test_a_meta_that_cannot_be_read),
    };

    return cmocka_run_group_tests_name("worker_late", tests, NULL, NULL);
}
