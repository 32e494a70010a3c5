/* The core of agent1 with fake edges: after a crash of its own, or with an agent whose journal is
 * new, old or in contradiction, each run has one true outcome. */
#include "core-world.h"

#include "common/base/banned.h"

static void a_restart_keeps_what_was_decided(void **state)
{
    World *world = *state;
    const Message *task;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_restart(world);
    world_wait(world, 20 * 1000);
    task = world_last_sent(world, MESSAGE_TASK);
    assert_non_null(task);
    assert_int_equal(task->task.attempt, 1);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "done");
    assert_contains(world_last_said(world), "#1 web1: succeeded");
    world_restart(world);
    world_forget(world);
    /* The ack was lost with the crash: the agent repeats, and is acknowledged again. */
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "done");
    assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_DONE);
    assert_null(row_text(world_run(world, 1), RUNS_CONTRADICTION));
}

static void a_new_journal_makes_handed_runs_unknown(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_status(world, JOURNAL_1, 1, STATUS_SEQ_WILL, AGENT_OFFLINE);
    world_write(world, "oskar", NULL, "@web1 false");
    assert_int_equal(row_int(world_run(world, 2), RUNS_IS_HANDED), 0);
    world_forget(world);
    world_register(world, JOURNAL_2, 1);
    assert_string_equal(world_run_state(world, 1), "unknown");
    assert_string_equal(world_run_state(world, 2), "queued");
    assert_string_equal(world_last_sent(world, MESSAGE_TASK)->journal, JOURNAL_2);
    /* The old journal again: a replay or a restored backup changes nothing. */
    world_register(world, JOURNAL_1, 9);
    assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_REJECTED);
    assert_string_equal(world_last_sent(world, MESSAGE_ACK)->ack.rule, "stale_session");
    assert_string_equal(world_run_state(world, 2), "queued");
}

/* A register with the numbers of one before, but not that one again: the journal came from a backup
 * that still held this session. Taken for a repeat, the agent would stay offline for agent1. */
static void a_session_that_is_used_again_is_stale(void **state)
{
    World *world = *state;
    Message *message =
        message_new(MESSAGE_REGISTER, "01J00000000000000000ANOTHR", "web1", world->now_ms);

    world_register(world, JOURNAL_1, 1);
    world_status(world, JOURNAL_1, 1, STATUS_SEQ_WILL, AGENT_OFFLINE);
    message->registration.name = g_strdup("web1");
    message->registration.session = 1;
    message->registration.seq = 1;
    message->registration.skills = world_json(SKILLS_SHELL);
    world_report_as(world, 1, TOPIC_KIND_REGISTER, "web1", JOURNAL_1, message);
    assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_REJECTED);
    assert_string_equal(world_last_sent(world, MESSAGE_ACK)->ack.rule, "stale_session");
    assert_non_null(world_last_audit(world, "alarm"));
    /* The same one again is a repeat. */
    world_register(world, JOURNAL_1, 1);
    assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_DONE);
}

/* Two agents have each other's journal: it would be repeated for ever. */
static void a_result_for_anothers_run_is_acknowledged_and_does_not_count(void **state)
{
    World *world = *state;
    Message *message;

    world_register(world, JOURNAL_1, 1);
    world_register_as(world, 2, "web2", JOURNAL_2, 1, SKILLS_SHELL);
    world_write(world, "oskar", NULL, "@web1 true");
    world_forget(world);
    message = message_new(MESSAGE_RESULT, WORLD_MESSAGE_ID, "web2", world->now_ms);
    message->result.run = g_strdup(world_run_id(world, 1));
    message->result.attempt = 1;
    message->result.state = g_strdup("failed");
    message->result.exit_code = 1;
    message->result.signal = MESSAGE_ABSENT;
    world_report_as(world, 2, TOPIC_KIND_AGENT1_INBOX, "web2", JOURNAL_2, message);
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_DONE);
    assert_non_null(world_last_audit(world, "alarm"));
}

static void an_outcome_is_written_once(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "failed", 1, "");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    assert_string_equal(world_run_state(world, 1), "failed");
    assert_non_null(row_text(world_run(world, 1), RUNS_CONTRADICTION));
    assert_contains(world_last_said(world), "recorded as failed; the agent now reports succeeded");
    world_result(world, "01J000000000000000000000ZZ", 1, "succeeded", 0, "");
    assert_int_equal(g_hash_table_size(world->store.tables[TABLE_ORPHANS]), 1);
}

static void a_restored_backup_takes_the_agents_word(void **state)
{
    World *world = *state;

    /* The rows say "not handed yet"; the agent has done it in the time that the backup forgot. */
    world_write(world, "oskar", NULL, "@web1 true");
    assert_int_equal(row_int(world_run(world, 1), RUNS_IS_HANDED), 0);
    world_link(world, LINK_MQTT, false);
    world_register(world, JOURNAL_1, 1);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    assert_string_equal(world_run_state(world, 1), "succeeded");
    world_link(world, LINK_MQTT, true);
    world_wait(world, MINUTE_MS);
    assert_null(world_last_sent(world, MESSAGE_TASK));
}

static void an_agent_that_contradicts_itself_makes_it_unknown(void **state)
{
    World *world = *state;
    Message *progress = message_new(MESSAGE_PROGRESS, WORLD_MESSAGE_ID, "web1", WORLD_START_MS);

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    progress->progress.run = g_strdup(world_run_id(world, 1));
    progress->progress.attempt = 1;
    progress->progress.seq = 1;
    world_report(world, JOURNAL_1, progress);
    assert_string_equal(world_run_state(world, 1), "running");
    world_ack(world, world_run_id(world, 1), 1, ACK_REJECTED, "paused");
    assert_string_equal(world_run_state(world, 1), "running");
    assert_null(row_text(world_run(world, 1), RUNS_RULE));
    world_result(world, world_run_id(world, 1), 1, "expired", MESSAGE_ABSENT, NULL);
    assert_string_equal(world_run_state(world, 1), "unknown");
    assert_contains(world_last_said(world), "the agent contradicts itself");
}

static void an_agent_taken_out_of_the_registry_is_revoked(void **state)
{
    World *world = *state;
    g_autofree char *web2 = world_key(2);
    g_autofree char *registry =
        g_strdup_printf("{\"agents\":{\"web2\":{\"public_key\":\"%s\",\"accepted\":true}}}", web2);

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    json_free(world->registry);
    world->registry = world_json(registry);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    assert_string_equal(world_run_state(world, 1), "unknown");
    assert_contains(world_last_said(world), "revoked");
}

static void what_an_agent_lost_is_unknown(void **state)
{
    World *world = *state;
    const Message *query;

    world_register(world, JOURNAL_1, 1);
    query = world_last_sent(world, MESSAGE_CONTROL);
    assert_int_equal(query->control.action, CONTROL_POLICY);
    world_write(world, "oskar", NULL, "@web1 true");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_restart(world);
    world_wait(world, 15000);
    query = world_last_query(world);
    assert_null(query->control.run);
    world_answer_query(world, JOURNAL_1, query->id, NULL, 0, NULL);
    query = world_last_query(world);
    assert_string_equal(query->control.run, world_run_id(world, 1));
    world_answer_query(world, JOURNAL_1, query->id, world_run_id(world, 1), 1, "not_known");
    assert_string_equal(world_run_state(world, 1), "unknown");
}

static void a_window_that_closes_first_defers(void **state)
{
    World *world = *state;
    const Message *task;

    world->blackouts = world_json("[{\"start\":\"14:14\",\"end\":\"15:00\"}]");
    world_configure(world);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    task = world_last_sent(world, MESSAGE_TASK);
    assert_int_equal(task->task.window_end_ms, WORLD_START_MS + 40000);
    world->now_ms += 50000;
    world_result(world, world_run_id(world, 1), 1, "deferred", MESSAGE_ABSENT, NULL);
    assert_string_equal(world_run_state(world, 1), "deferred");
    assert_int_equal(row_int(world_run(world, 1), RUNS_ATTEMPT), 2);
    world_forget(world);
    world_wait(world, 50 * MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_int_equal(world_last_sent(world, MESSAGE_TASK)->task.attempt, 2);
}

/* It was sent before a crash, came late, and was turned away; the copy sent after it was started.
 */
static void a_copy_of_an_earlier_epoch_that_was_turned_away_is_no_outcome(void **state)
{
    static const struct {
        const char *what;
        int64_t behind; /* agent1's epoch */
        const char *expected;
    } rows[] = {
        { "an earlier life's", 1, "accepted" },
        { "this life's: the agent knows a later one", 0, "rejected" },
    };
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        Message *late = message_new(MESSAGE_ACK, WORLD_MESSAGE_ID, "web1", world->now_ms);

        print_message("  %s\n", rows[i].what);
        world_write(world, "oskar", NULL, "@web1 true");
        world_ack(world, world_run_id(world, i + 1), 1, ACK_ACCEPTED, NULL);
        late->ack.run = g_strdup(world_run_id(world, i + 1));
        late->ack.attempt = 1;
        late->ack.state = ACK_REJECTED;
        late->ack.rule = g_strdup("policy");
        late->ack.epoch = world_last_sent(world, MESSAGE_TASK)->task.epoch - rows[i].behind;
        world_report(world, JOURNAL_1, late);
        assert_string_equal(world_run_state(world, i + 1), rows[i].expected);
    }
}

/* agent1 dies while the store looks something up: who asked by XMPP does not repeat it.
 */
static void who_asked_the_store_on_xmpp_is_told_to_ask_again(void **state)
{
    static const char told[] =
        "not answered: I was restarted while I was looking it up; please ask again";
    World *world = *state;

    world->is_store_slow = true;
    world_write(world, "vera", "s1", "!audit");
    assert_int_equal(world->asked->len, 1);
    assert_int_equal(world->said->len, 0);
    world_restart(world);
    assert_int_equal(world->said->len, 1);
    assert_string_equal(world_last_said(world), told);
    /* Once: over a restart more, and when the XMPP server delivers the message anew. */
    world_restart(world);
    world_forget(world);
    world_write(world, "vera", "s1", "!audit");
    world_restart(world);
    world_answer_all(world);
    assert_int_equal(world->said->len, 1); /* until the XMPP server has it */
    assert_string_equal(world_last_said(world), told);
    world_write(world, "vera", "s2", "!audit");
    assert_int_equal(world->asked->len, 1);
}

/* What was answered is final; a run speaks for itself; agentctl repeats its question. */
static void nobody_else_is_told_to_ask_again(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", "s1", "!agents");
    world_write(world, "oskar", "s2", "@web1 true");
    world->is_store_slow = true;
    world_type(world, "c1", "!audit", false, false);
    world_forget(world);
    world_restart(world);
    world_type(world, "c1", "!audit", false, false);
    world_answer_all(world);
    assert_null(strstr(world_last_said(world), "not answered"));
    assert_non_null(world_last_sent(world, MESSAGE_REPLY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_restart_keeps_what_was_decided),
        WORLD_TEST(a_new_journal_makes_handed_runs_unknown),
        WORLD_TEST(a_session_that_is_used_again_is_stale),
        WORLD_TEST(a_result_for_anothers_run_is_acknowledged_and_does_not_count),
        WORLD_TEST(an_outcome_is_written_once),
        WORLD_TEST(a_restored_backup_takes_the_agents_word),
        WORLD_TEST(an_agent_that_contradicts_itself_makes_it_unknown),
        WORLD_TEST(an_agent_taken_out_of_the_registry_is_revoked),
        WORLD_TEST(what_an_agent_lost_is_unknown),
        WORLD_TEST(a_window_that_closes_first_defers),
        WORLD_TEST(a_copy_of_an_earlier_epoch_that_was_turned_away_is_no_outcome),
        WORLD_TEST(who_asked_the_store_on_xmpp_is_told_to_ask_again),
        WORLD_TEST(nobody_else_is_told_to_ask_again),
    };

    return cmocka_run_group_tests_name("core-restart", tests, NULL, NULL);
}
