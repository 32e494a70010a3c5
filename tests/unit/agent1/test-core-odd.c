/* The core of agent1 and what fits no usual order: agents that are half known, reports out of turn,
 * and rows that a restart finds in an odd state. */
#include "core-world.h"

#include "common/base/banned.h"

static char *queued_run(World *world)
{
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    return g_strdup(world_run_id(world, 1));
}

/* The row of the first run, to be changed before a restart. */
static Row *row_of_run(const World *world)
{
    return row_store_find(&world->store, TABLE_RUNS, world_run_id(world, 1));
}

static void report_contradiction(World *world, const char *run)
{
    world_result(world, run, 1, "failed", 1, "");
    world_forget(world);
    world_result(world, run, 1, "succeeded", 0, "");
}

/* ---- asking for a run ---- */

static void agents_that_are_half_known(void **state)
{
    World *world = *state;

    /* Its first status came, and not its skills. */
    world_status(world, JOURNAL_1, 1, 1, AGENT_ONLINE);
    world_write(world, "oskar", NULL, "!why web1 | true");
    assert_contains(world_last_said(world), "web1: allowed now");
    /* Paused by itself, and by nobody here. */
    world_register(world, JOURNAL_1, 1);
    world_status(world, JOURNAL_1, 1, 2, AGENT_PAUSED);
    world_write(world, "oskar", NULL, "!why web1");
    assert_contains(world_last_said(world), "not now (paused)");
    /* Paused and resumed before it was ever heard of. */
    world_write(world, "oskar", NULL, "!agentOFF web2");
    world_write(world, "oskar", NULL, "!agentON web2");
    world_write(world, "oskar", NULL, "!why web2 | true");
    assert_contains(world_last_said(world), "it is offline");
    world_write(world, "oskar", NULL, "@web2 true");
    assert_contains(world_last_said(world), "queued (not seen yet; expires");
}

static void one_that_waits_for_its_fingerprint(void **state)
{
    World *world = *state;

    world_register_as(world, 3, "web3", JOURNAL_1, 1, SKILLS_SHELL);
    world_write(world, "oskar", NULL, "!why web3 | true");
    assert_contains(world_last_said(world), "not now (not_accepted)");
}

static void work_hours_are_told(void **state)
{
    World *world = *state;
    g_autofree char *key = world_key(1);
    g_autofree char *registry =
        g_strdup_printf("{\"agents\":{\"web1\":{\"public_key\":\"%s\",\"accepted\":true,"
                        "\"work_hours\":{\"start\":\"01:00\",\"end\":\"02:00\"}}}}",
                        key);

    json_free(world->registry);
    world->registry = world_json(registry);
    world_configure(world);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "web1: refused (work_hours)");
    assert_contains(world_last_said(world), "01:00-02:00");
}

static void a_task_that_names_no_skill_is_shells(void **state)
{
    static const struct {
        const char *what;
        const char *text;
    } rows[] = {
        { "a name that is no skill of it", "@web1 true" },
        { "no name at all", "@web1 ./run me" },
        { "an agent that nobody heard of", "@web2 true" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();

        world_register(world, JOURNAL_1, 1);
        world_write(world, "oskar", NULL, rows[i].text);
        if (g_strcmp0(row_text(world_run(world, 1), RUNS_SKILL), "shell") != 0)
            fail_msg("%s: %s", rows[i].what, row_text(world_run(world, 1), RUNS_SKILL));
        world_free(world);
    }
}

static void blanks_before_the_bar(void **state)
{
    static const struct {
        const char *text;
        const char *answer;
    } rows[] = {
        { "DELEGATE: web2 \t --now | true", "web2: refused (offline)" },
        { "DELEGATE: --now \t web2 | true", "web2: refused (offline)" },
        { "DELEGATE: web1 \t | true", "#1 web1: queued" },
        { "DELEGATE: web1 \t web2 | true", "found \"web2\"" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();

        world_register(world, JOURNAL_1, 1);
        world_write(world, "oskar", NULL, rows[i].text);
        assert_contains(world_last_said(world), rows[i].answer);
        world_free(world);
    }
}

static void a_terminal_may_not_want_to_wait(void **state)
{
    World *world = *state;

    world_type(world, "c1", "@web2 true", false, true);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "web2: refused (offline)");
}

static void each_run_expires_at_its_own_time(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@web2 true");
    world_wait(world, 5 * MINUTE_MS);
    world_write(world, "oskar", NULL, "@web2 true");
    world_wait(world, 10 * MINUTE_MS + SECOND_MS);
    assert_string_equal(world_run_state(world, 1), "expired");
    assert_string_equal(world_run_state(world, 2), "queued");
    world_wait(world, 5 * MINUTE_MS);
    assert_string_equal(world_run_state(world, 2), "expired");
}

static void an_expiry_is_not_put_off_by_another_runs_attempt(void **state)
{
    World *world = *state;
    g_autofree char *run = NULL;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web2 true");
    world_wait(world, 14 * MINUTE_MS);
    world_write(world, "oskar", NULL, "@web1 true");
    run = g_strdup(world_run_id(world, 2));
    world_wait(world, MINUTE_MS - SECOND_MS / 2);
    world_result(world, run, 1, "deferred", MESSAGE_ABSENT, NULL);
    assert_int_equal(row_int(world_run(world, 2), RUNS_ATTEMPT), 2);
    assert_string_equal(world_run_state(world, 1), "queued");
    world_wait(world, SECOND_MS / 2 + 1);
    assert_string_equal(world_run_state(world, 1), "expired");
}

/* ---- reports out of turn ---- */

static void an_ack_of_what_was_not_handed(void **state)
{
    World *world = *state;
    g_autofree char *run = NULL;

    world_register(world, JOURNAL_1, 1);
    world_status(world, JOURNAL_1, 1, 2, AGENT_OFFLINE);
    world_write(world, "oskar", NULL, "@web1 true");
    run = g_strdup(world_run_id(world, 1));
    assert_int_equal(row_int(world_run(world, 1), RUNS_IS_HANDED), 0);
    world_ack(world, run, 1, ACK_ACCEPTED, NULL);
    world_answer_query(world, JOURNAL_1, "q", run, 1, "running");
    assert_string_equal(world_run_state(world, 1), "queued");
}

static void an_ack_while_a_cancel_is_on_its_way(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);

    world_write(world, "oskar", NULL, "!cancel 1");
    world_ack(world, run, 1, ACK_ACCEPTED, NULL);
    world_forget(world);
    world_wait(world, 2 * MINUTE_MS);
    assert_int_equal(world_count_sent(world, MESSAGE_TASK), 0);
    assert_true(world_count_controls(world, CONTROL_CANCEL) > 0); /* it still repeats */
}

static void a_rejection_that_says_nothing(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);

    world_ack(world, run, 1, ACK_REJECTED, NULL);
    assert_string_equal(world_run_state(world, 1), "rejected");
    assert_string_equal(world_last_said(world), "#1 web1: refused: the agent gave no reason");
}

static void results_that_cannot_be_believed(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);

    world_forget(world);
    world_result(world, run, 1, NULL, 0, "");
    world_result(world, NULL, 1, "succeeded", 0, "");
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_int_equal(world_count_sent(world, MESSAGE_ACK), 0);
    assert_int_equal(world_count_other(world, EFFECT_LOG), 1); /* told once */
}

static void an_error_without_a_text(void **state)
{
    World *world = *state;
    Message *message = message_new(MESSAGE_ERROR, WORLD_MESSAGE_ID, "web1", world->now_ms);

    world_register(world, JOURNAL_1, 1);
    world_report_as(world, 1, TOPIC_KIND_ERRORS, "web1", JOURNAL_1, message);
    assert_contains(world_last_said(world), "web1: error: ");
}

/* The newest question about all that the agent has. */
static const Message *last_general_query(const World *world)
{
    unsigned i;

    for (i = world->sent->len; i > 0; i--) {
        const Message *message = ((const Effect *)world->sent->pdata[i - 1])->publish.message;

        if (message->kind == MESSAGE_CONTROL && message->control.action == CONTROL_QUERY &&
            !message->control.run)
            return message;
    }
    fail_msg("no such query was sent");
    return NULL;
}

static void what_an_agent_does_not_list_is_asked_for_past_its_time(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);
    g_autofree char *query = NULL;

    world_wait(world, 13 * MINUTE_MS);
    query = g_strdup(last_general_query(world)->id); /* about its silence */
    world_wait(world, 7 * MINUTE_MS);
    world_forget(world);
    world_answer_query(world, JOURNAL_1, query, NULL, 0, NULL);
    assert_string_equal(world_last_query(world)->control.run, run);
}

static void a_contradiction_is_told_where_somebody_reads_it(void **state)
{
    World *world = *state;
    g_autofree char *run = NULL;

    world_register(world, JOURNAL_1, 1);
    world_type(world, "c1", "@web1 true", false, false);
    run = g_strdup(world_run_id(world, 1));
    report_contradiction(world, run);
    assert_int_equal(world->said->len, 0); /* that terminal is gone */
    assert_non_null(world_last_audit(world, "alarm"));
    assert_non_null(row_text(world_run(world, 1), RUNS_CONTRADICTION));
}

static void a_result_of_an_attempt_to_come(void **state)
{
    static const struct {
        const char *what;
        int64_t recorded;
        int64_t reported;
        bool is_acknowledged;
    } rows[] = {
        { "ahead of us, as after a backup", 1, 2, false },
        { "of an attempt that is over", 2, 1, true },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        g_autofree char *run = queued_run(world);

        row_set_int(row_of_run(world), RUNS_ATTEMPT, rows[i].recorded);
        world_restart(world);
        world_register(world, JOURNAL_1, 2);
        world_forget(world);
        world_result(world, run, rows[i].reported, "failed", 1, "");
        if ((world_last_sent(world, MESSAGE_ACK) != NULL) != rows[i].is_acknowledged)
            fail_msg("%s", rows[i].what);
        assert_string_equal(world_run_state(world, 1), "queued");
        world_free(world);
    }
}

static void a_window_that_closed_after_the_end(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);

    world_result(world, run, 1, "succeeded", 0, "");
    world_forget(world);
    world_result(world, run, 1, "deferred", MESSAGE_ABSENT, "");
    assert_non_null(world_last_sent(world, MESSAGE_ACK));
    assert_null(row_text(world_run(world, 1), RUNS_CONTRADICTION));
    assert_string_equal(world_run_state(world, 1), "succeeded");
}

static void an_agent_that_was_forgotten_meanwhile(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);

    world_result(world, run, 1, "failed", 1, "");
    world->is_store_slow = true;
    world_result(world, run, 1, "succeeded", 0, "");
    json_free(world->registry);
    world->registry = world_json("{\"agents\":{}}");
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    world_forget(world);
    world_answer_all(world);
    assert_int_equal(world->sent->len, 0);
    assert_null(row_text(world_run(world, 1), RUNS_CONTRADICTION));
}

/* ---- rows that a restart finds ---- */

static void a_run_that_nobody_asked_for_here(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);
    Message *progress = message_new(MESSAGE_PROGRESS, WORLD_MESSAGE_ID, "web1", world->now_ms);

    row_set_text(row_of_run(world), RUNS_CONVERSATION, NULL);
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_forget(world);
    progress->progress.run = g_strdup(run);
    progress->progress.attempt = 1;
    progress->progress.seq = 1;
    world_report(world, JOURNAL_1, progress);
    assert_string_equal(world_run_state(world, 1), "running");
    report_contradiction(world, run);
    assert_string_equal(world_run_state(world, 1), "failed");
    assert_non_null(row_text(world_run(world, 1), RUNS_CONTRADICTION));
    assert_int_equal(world->said->len, 0);
}

static void a_run_that_waits_for_a_person_takes_no_result(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);

    row_set_text(row_of_run(world), RUNS_STATE, "awaiting_approval");
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_result(world, run, 1, "succeeded", 0, "");
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
}

static unsigned count_kept_tasks(const World *world)
{
    g_autoptr(GPtrArray) rows = row_store_load(&world->store, TABLE_OUTBOX);
    unsigned count = 0;

    for (unsigned i = 0; i < rows->len; i++)
        count += strcmp(row_text(rows->pdata[i], OUTBOX_KIND), "task") == 0;
    return count;
}

static void what_is_meant_for_a_run_that_is_not_live_is_dropped(void **state)
{
    static const struct {
        const char *what;
        int64_t attempt;
        const char *run_state;
    } rows[] = {
        { "another attempt", 2, "queued" },
        { "a run that has ended", 1, "failed" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        g_autofree char *run = queued_run(world);

        row_set_int(row_of_run(world), RUNS_ATTEMPT, rows[i].attempt);
        row_set_text(row_of_run(world), RUNS_STATE, rows[i].run_state);
        world_restart(world);
        world_forget(world);
        world_register(world, JOURNAL_1, 2);
        world_wait(world, MINUTE_MS);
        if (world_count_sent(world, MESSAGE_TASK) > 0)
            fail_msg("%s: it was sent", rows[i].what);
        assert_int_equal(count_kept_tasks(world), 0);
        world_free(world);
    }
}

static void a_first_reason_stays(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);

    world_ack(world, run, 1, ACK_ACCEPTED, NULL);
    row_set_text(row_of_run(world), RUNS_REASON, "said before");
    world_restart(world);
    world_register(world, JOURNAL_2, 1);
    assert_string_equal(world_run_state(world, 1), "unknown");
    assert_string_equal(row_text(world_run(world, 1), RUNS_REASON), "said before");
}

static void silence_is_told_without_a_link(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);

    world_ack(world, run, 1, ACK_ACCEPTED, NULL);
    world_link(world, LINK_MQTT, false);
    world_forget(world);
    world_wait(world, HOUR_MS);
    assert_contains(world_last_said(world), "#1 web1: unconfirmed");
    assert_int_equal(world->sent->len, 0);
}

static void an_agent_that_is_trusted_no_longer_is_not_asked(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);

    g_autofree char *key = world_key(9);
    g_autofree char *registry =
        g_strdup_printf("{\"agents\":{\"web1\":{\"public_key\":\"%s\",\"accepted\":true}}}", key);

    world_ack(world, run, 1, ACK_ACCEPTED, NULL);
    json_free(world->registry);
    world->registry = world_json(registry);
    world_restart(world);
    world_forget(world);
    world_wait(world, HOUR_MS);
    assert_int_equal(world_count_controls(world, CONTROL_QUERY), 0);
    assert_string_equal(world_run_state(world, 1), "unknown"); /* since the start */
}

static void silence_of_an_agent_without_a_row(void **state)
{
    World *world = *state;
    g_autofree char *run = queued_run(world);

    world_ack(world, run, 1, ACK_ACCEPTED, NULL);
    row_store_delete(&world->store, TABLE_AGENTS, "web1");
    world_restart(world);
    world_forget(world);
    world_wait(world, HOUR_MS);
    assert_contains(world_last_said(world), "#1 web1: unconfirmed");
    assert_int_equal(world_count_controls(world, CONTROL_QUERY), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(agents_that_are_half_known),
        WORLD_TEST(one_that_waits_for_its_fingerprint),
        WORLD_TEST(work_hours_are_told),
        WORLD_TEST(a_task_that_names_no_skill_is_shells),
        WORLD_TEST(blanks_before_the_bar),
        WORLD_TEST(a_terminal_may_not_want_to_wait),
        WORLD_TEST(each_run_expires_at_its_own_time),
        WORLD_TEST(an_expiry_is_not_put_off_by_another_runs_attempt),
        WORLD_TEST(an_ack_of_what_was_not_handed),
        WORLD_TEST(an_ack_while_a_cancel_is_on_its_way),
        WORLD_TEST(a_rejection_that_says_nothing),
        WORLD_TEST(results_that_cannot_be_believed),
        WORLD_TEST(an_error_without_a_text),
        WORLD_TEST(what_an_agent_does_not_list_is_asked_for_past_its_time),
        WORLD_TEST(a_contradiction_is_told_where_somebody_reads_it),
        WORLD_TEST(a_result_of_an_attempt_to_come),
        WORLD_TEST(a_window_that_closed_after_the_end),
        WORLD_TEST(an_agent_that_was_forgotten_meanwhile),
        WORLD_TEST(a_run_that_nobody_asked_for_here),
        WORLD_TEST(a_run_that_waits_for_a_person_takes_no_result),
        WORLD_TEST(what_is_meant_for_a_run_that_is_not_live_is_dropped),
        WORLD_TEST(a_first_reason_stays),
        WORLD_TEST(silence_is_told_without_a_link),
        WORLD_TEST(an_agent_that_is_trusted_no_longer_is_not_asked),
        WORLD_TEST(silence_of_an_agent_without_a_row),
    };

    return cmocka_run_group_tests_name("core-odd", tests, NULL, NULL);
}
