/* The core of agent1 with fake edges: one task from a chat to an agent and back, and what may go
 * wrong on the way. */
#include "core-world.h"

#include "common/base/banned.h"

/* ---- the whole path ---- */

static void a_task_goes_there_and_back(void **state)
{
    World *world = *state;
    const Message *task;
    const Message *ack;
    g_autofree char *run = NULL;

    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    world_write(world, "oskar", "s1", "DELEGATE: web1 | uptime | cat");
    assert_string_equal(world_last_said(world), "#1 web1: queued");
    task = world_last_sent(world, MESSAGE_TASK);
    assert_non_null(task);
    assert_string_equal(task->task.task, "uptime | cat");
    assert_string_equal(task->task.requested_by, "oskar");
    assert_string_equal(task->journal, JOURNAL_1);
    assert_int_equal(task->task.attempt, 1);
    assert_int_equal(task->task.expires_ms, world->now_ms + 15 * MINUTE_MS);
    assert_int_equal(row_int(world_run(world, 1), RUNS_IS_HANDED), 1);

    run = g_strdup(world_run_id(world, 1));
    world_ack(world, run, 1, ACK_ACCEPTED, NULL);
    assert_string_equal(world_run_state(world, 1), "accepted");
    assert_int_equal(g_hash_table_size(world->tables[TABLE_OUTBOX]), 1); /* the policy */
    world_result(world, run, 1, "succeeded", 0, "up 3 days\n");
    assert_string_equal(world_run_state(world, 1), "succeeded");
    assert_string_equal(world_last_said(world),
                        "#1 web1: succeeded (exit 0, 0.4 s)\n```\nup 3 days\n```");
    ack = world_last_sent(world, MESSAGE_ACK);
    assert_int_equal(ack->ack.state, ACK_DONE);
    assert_string_equal(ack->ack.run, run);
    assert_string_equal(ack->ack.in_reply_to, WORLD_MESSAGE_ID);
}

static void agentctl_gets_replies_progress_and_result(void **state)
{
    World *world = *state;
    Message *progress;
    const Message *reply;

    world_register(world, JOURNAL_1, 1);
    world_type(world, "chat-1", "@web1 make", false, false);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_string_equal(reply->reply.text, "#1 web1: queued");
    assert_string_equal(reply->reply.in_reply_to, "chat-1");
    assert_false(reply->reply.is_final);
    assert_null(reply->reply.outcome);
    assert_int_equal(reply->reply.runs->len, 1);

    progress = message_new(MESSAGE_PROGRESS, WORLD_MESSAGE_ID, "web1", world->now_ms);
    progress->progress.run = g_strdup(world_run_id(world, 1));
    progress->progress.attempt = 1;
    progress->progress.seq = 1;
    progress->progress.tail = g_strdup("compiling");
    world_report(world, JOURNAL_1, progress);
    assert_string_equal(world_run_state(world, 1), "running");
    assert_string_equal(world_last_sent(world, MESSAGE_PROGRESS)->from, "agent1");

    world_result(world, world_run_id(world, 1), 1, "failed", 2, "no rule\n");
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, "failed");
    assert_contains(reply->reply.text, "#1 web1: failed (exit 2, 0.4 s)");
    assert_int_equal(world_last_sent(world, MESSAGE_RESULT)->result.exit_code, 2);
}

static void a_repeated_chat_is_answered_and_never_done_twice(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_type(world, "chat-1", "@web1 make", false, false);
    world_type(world, "chat-1", "@web1 make", false, false);
    world_restart(world);
    world_type(world, "chat-1", "@web1 make", false, false);
    assert_int_equal(g_hash_table_size(world->tables[TABLE_RUNS]), 1);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.text, "#1 web1: queued");

    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    world_forget(world);
    world_type(world, "chat-1", "@web1 make", false, false);
    assert_true(world_last_sent(world, MESSAGE_REPLY)->reply.is_final);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "succeeded");
    world_write(world, "oskar", "s1", "@web1 true");
    world_write(world, "oskar", "s1", "@web1 true");
    assert_int_equal(g_hash_table_size(world->tables[TABLE_RUNS]), 2);
}

/* ---- refusals ---- */

static void refusals_name_their_rule(void **state)
{
    static const struct {
        const char *what;
        const char *user;
        const char *text;
        const char *answer;
    } rows[] = {
        { "a viewer may not delegate", "vera", "@web1 true",
          "web1: refused (role): this needs the role operator; yours is viewer" },
        { "an unknown agent comes with its neighbours", "oskar", "@wep1 true",
          "wep1: refused (unknown_agent): no agent of that name; nearest: web1" },
        { "no bar", "oskar", "DELEGATE: web1 uptime", "there is no bar" },
        { "no task", "oskar", "DELEGATE: web1 |", "the task is empty" },
        { "no agent", "oskar", "DELEGATE: | uptime", "expected an agent" },
        { "two agents", "oskar", "DELEGATE: web1 web2 | uptime", "expected one agent" },
        { "a hidden character", "oskar",
          "@web1 echo a\xE2\x80\xAE"
          "b",
          "<U+202E>" },
        { "an unknown command", "oskar", "!agent", "!agent: unknown command; nearest: !agents" },
        { "a command above the role", "vera", "!agentsOFF", "!agentsOFF: refused (role)" },
        { "an unknown trigger", "oskar", "DELEGAT: web1 | true", "DELEGAT: unknown trigger" },
        { "a quoted trigger", "oskar", "> DELEGATE: web1 | true",
          "DELEGATE: not run: it stood in a quotation" },
        { "a fenced trigger", "oskar", "```\nDELEGATE: web1 | true\n```",
          "DELEGATE: not run: it stood in a quotation" },
        { "talk", "oskar", "hello there", "I take commands" },
    };
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_forget(world);
        world_write(world, rows[i].user, NULL, rows[i].text);
        if (!strstr(world_last_said(world), rows[i].answer))
            fail_msg("%s: \"%s\"", rows[i].what, world_last_said(world));
        assert_int_equal(g_hash_table_size(world->tables[TABLE_RUNS]), 0);
    }
}

static void a_stranger_is_told_once_and_nothing_is_done(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "mallory", "m1", "@web1 true");
    assert_contains(world_last_said(world), "I do not know mallory@example.org");
    world_forget(world);
    world_write(world, "mallory", "m2", "@web1 true");
    assert_int_equal(world->said->len, 0);
    assert_int_equal(g_hash_table_size(world->tables[TABLE_RUNS]), 0);
}

static void blackouts_refuse_and_tell_when(void **state)
{
    World *world = *state;

    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
    world_configure(world);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_string_equal(world_last_said(world), "web1: refused (blackout): blackout hours "
                                                "14:00-15:00; next: 15:00 UTC");
    world_write(world, "oskar", NULL, "!why web1");
    assert_contains(world_last_said(world), "web1: not now (blackout)");
    world->now_ms += 60 * MINUTE_MS;
    world_write(world, "oskar", NULL, "@web1 true");
    assert_string_equal(world_last_said(world), "#1 web1: queued");
}

static void skills_decide_where_there_is_no_shell(void **state)
{
    World *world = *state;

    world_register_as(world, 1, "web1", JOURNAL_1, 1,
                      "[{\"name\":\"apt.update\",\"risk\":\"low\"}]");
    world_write(world, "oskar", NULL, "@web1 rm -rf /");
    assert_contains(world_last_said(world), "web1: refused (skill)");
    assert_contains(world_last_said(world), "apt.update");
    world_write(world, "oskar", NULL, "@web1 apt.update");
    assert_string_equal(world_last_said(world), "#1 web1: queued");
}

/* ---- time ---- */

static void a_task_for_an_offline_agent_waits_then_expires(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_status(world, JOURNAL_1, 1, STATUS_SEQ_WILL, AGENT_OFFLINE);
    world_forget(world);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_string_equal(world_last_said(world),
                        "#1 web1: queued (offline since 14:13; expires 14:28)");
    world_write(world, "oskar", NULL, "@web1 --now true");
    assert_contains(world_last_said(world), "web1: refused (offline): it is offline since 14:13");
    assert_null(world_last_sent(world, MESSAGE_TASK));
    world_wait(world, 16 * MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "expired");
    assert_contains(world_last_said(world), "#1 web1: expired");
}

static void a_handed_task_is_unconfirmed_until_the_agent_speaks(void **state)
{
    World *world = *state;
    const Message *query;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_wait(world, 16 * MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_int_equal(row_int(world_run(world, 1), RUNS_IS_UNCONFIRMED), 1);
    assert_contains(world_last_said(world), "#1 web1: unconfirmed (past its time; agent silent");
    query = world_last_query(world);
    assert_string_equal(query->control.run, world_run_id(world, 1));
    world_answer_query(world, JOURNAL_1, query->id, world_run_id(world, 1), 1, "expired");
    assert_string_equal(world_run_state(world, 1), "expired");
}

static void a_task_repeats_until_it_is_acknowledged(void **state)
{
    World *world = *state;
    const char *id;
    unsigned sent;

    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    world_write(world, "oskar", NULL, "@web1 true");
    id = world_last_sent(world, MESSAGE_TASK)->id;
    world_wait(world, 2 * MINUTE_MS);
    sent = world_count_sent(world, MESSAGE_TASK);
    assert_in_range(sent, 4, 60);
    assert_string_equal(world_last_sent(world, MESSAGE_TASK)->id, id);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, 2 * MINUTE_MS);
    assert_int_equal(world_count_sent(world, MESSAGE_TASK), sent);
}

/* ---- crashes and journals ---- */

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
    assert_int_equal(g_hash_table_size(world->tables[TABLE_ORPHANS]), 1);
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

/* ---- cancel ---- */

static void cancel_waits_for_the_agents_claim(void **state)
{
    World *world = *state;
    const Message *cancel;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 sleep 100");
    world_write(world, "oskar", NULL, "!cancel 1");
    assert_string_equal(world_last_said(world), "#1 web1: cancelling");
    assert_string_equal(world_run_state(world, 1), "cancelling");
    cancel = world_last_sent(world, MESSAGE_CONTROL);
    assert_int_equal(cancel->control.action, CONTROL_CANCEL);
    world_result(world, world_run_id(world, 1), 1, "cancelled", MESSAGE_ABSENT, NULL);
    assert_string_equal(world_run_state(world, 1), "cancelled");
    world_write(world, "oskar", NULL, "!cancel #1");
    assert_contains(world_last_said(world), "it ended already: cancelled");
    world_write(world, "oskar", NULL, "!cancel x");
    assert_contains(world_last_said(world), "expected !cancel <id>");
    world_write(world, "oskar", NULL, "!cancel 77");
    assert_contains(world_last_said(world), "77: no such run");
}

static void cancel_is_at_once_when_nobody_can_have_started(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "#1 web1: queued (not seen yet");
    world_write(world, "oskar", NULL, "!cancel 1");
    assert_string_equal(world_run_state(world, 1), "cancelled");
    assert_contains(world_last_said(world), "#1 web1: cancelled");
    assert_int_equal(g_hash_table_size(world->tables[TABLE_OUTBOX]), 0);
}

/* ---- standby, pauses ---- */

static void asleep_it_answers_only_who_wakes_it(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_write(world, "oskar", NULL, "!agentsOFF");
    assert_int_equal(world_last_sent(world, MESSAGE_CONTROL)->control.action, CONTROL_PAUSE);
    world_restart(world);
    world_forget(world);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "I am asleep");
    world_write(world, "oskar", NULL, "!agents");
    assert_int_equal(world->said->len, 1); /* one notice an hour */
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    assert_string_equal(world_run_state(world, 1), "succeeded");
    assert_int_equal(world->said->len, 1); /* recorded, told on waking */
    world_write(world, "oskar", NULL, "!agentsON");
    assert_contains(world_last_said(world), "awake");
    {
        const Effect *digest = world->said->pdata[1];

        assert_contains(digest->say.text, "While I was asleep");
        assert_contains(digest->say.text, "#1 web1: succeeded");
    }
    assert_int_equal(world_last_sent(world, MESSAGE_CONTROL)->control.action, CONTROL_RESUME);
}

static void a_paused_agent_refuses_and_is_told_when_it_returns(void **state)
{
    World *world = *state;
    int64_t seq;

    world_register(world, JOURNAL_1, 1);
    world_status(world, JOURNAL_1, 1, STATUS_SEQ_WILL, AGENT_OFFLINE);
    world_write(world, "oskar", NULL, "!agentOFF web*");
    assert_contains(world_last_said(world), "web1: paused (it is offline");
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "web1: refused (paused)");
    world_forget(world);
    world_register(world, JOURNAL_1, 2);
    assert_int_equal(world_count_sent(world, MESSAGE_CONTROL), 3); /* pause, policy, query */
    seq = world_last_policy_seq(world);
    world_write(world, "oskar", NULL, "!agentON web1");
    assert_int_equal(world_last_sent(world, MESSAGE_CONTROL)->control.action, CONTROL_RESUME);
    assert_true(world_last_sent(world, MESSAGE_CONTROL)->control.seq > seq);
}

/* ---- trust ---- */

static void a_new_agent_waits_for_its_fingerprint(void **state)
{
    World *world = *state;
    g_autofree char *key_text = world_key(7);
    g_autofree char *fingerprint = NULL;
    g_autofree char *accept = NULL;
    Key key;

    assert_true(key_parse(key_text, &key, NULL));
    fingerprint = key_fingerprint(&key);
    world_register_as(world, 7, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    assert_contains(world_last_said(world), fingerprint);
    assert_string_equal(world_last_sent(world, MESSAGE_ACK)->ack.rule, "not_accepted");
    world_write(world, "ana", NULL, "!accept db1 00000000");
    assert_contains(world_last_said(world), "no waiting key of that name has such a fingerprint");
    world_write(world, "oskar", NULL, "!accept db1 00000000");
    assert_contains(world_last_said(world), "refused (role)");
    accept = g_strdup_printf("!accept db1 %.9s", fingerprint);
    world_write(world, "ana", NULL, accept);
    assert_string_equal(world_last_said(world), "db1: accepted");
    assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_DONE);
    assert_int_equal(world->edits->len, 2); /* accepted, and what the file lacked of it */
    world_write(world, "oskar", NULL, "@db1 true");
    assert_string_equal(world_last_said(world), "#1 db1: queued");
    world_restart(world);
    world_write(world, "oskar", NULL, "@db1 true");
    assert_string_equal(world_last_said(world), "#2 db1: queued");
}

static void a_revoked_key_counts_for_nothing(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_status(world, JOURNAL_1, 1, STATUS_SEQ_WILL, AGENT_OFFLINE);
    world_write(world, "oskar", NULL, "@web1 false");
    world_write(world, "ana", NULL, "!revoke web1");
    assert_string_equal(world_run_state(world, 1), "unknown");
    assert_string_equal(world_run_state(world, 2), "rejected");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    assert_string_equal(world_run_state(world, 1), "unknown");
    assert_null(row_text(world_run(world, 1), RUNS_CONTRADICTION));
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "web1: refused (not_accepted)");
}

static void another_key_for_an_accepted_name_is_an_alarm(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    world_register_as(world, 9, "web1", JOURNAL_2, 5, SKILLS_SHELL);
    assert_contains(world_last_said(world), "ALARM");
    assert_int_equal(world->sent->len, 0);
    assert_int_equal(g_hash_table_size(world->tables[TABLE_WAITING]), 0);
}

static void reports_count_only_from_the_runs_own_agent(void **state)
{
    World *world = *state;
    Message *message;

    world_register(world, JOURNAL_1, 1);
    world_register_as(world, 2, "web2", JOURNAL_2, 1, SKILLS_SHELL);
    world_write(world, "oskar", NULL, "@web1 true");
    message = message_new(MESSAGE_RESULT, WORLD_MESSAGE_ID, "web2", world->now_ms);
    message->result.run = g_strdup(world_run_id(world, 1));
    message->result.attempt = 1;
    message->result.state = g_strdup("succeeded");
    message->result.exit_code = 0;
    world_report_as(world, 2, TOPIC_KIND_AGENT1_INBOX, "web2", JOURNAL_2, message);
    assert_string_equal(world_run_state(world, 1), "queued");
    /* web2's key with web1's name. */
    message = message_new(MESSAGE_ACK, WORLD_MESSAGE_ID, "web1", world->now_ms);
    message->ack.run = g_strdup(world_run_id(world, 1));
    message->ack.attempt = 1;
    message->ack.state = ACK_ACCEPTED;
    world_report_as(world, 2, TOPIC_KIND_AGENT1_INBOX, "web2", JOURNAL_1, message);
    assert_string_equal(world_run_state(world, 1), "queued");
}

/* ---- agentctl's chat ---- */

static void times_and_keys_of_a_chat_are_judged(void **state)
{
    World *world = *state;
    Event *event = event_new(EVENT_MESSAGE);
    Message *message = message_new(MESSAGE_CHAT, "late", SESSION, world->now_ms - 3 * MINUTE_MS);

    message->chat.text = g_strdup("!agents");
    message->chat.reply_to = topic_cli_outbox(SESSION);
    message->chat.expires_ms = world->now_ms + 1000;
    event->message.topic = TOPIC_KIND_AGENT1_INBOX;
    event->message.sender = world_key(10);
    event->message.is_sealed = true;
    event->message.message = message;
    world_step(world, event);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                        "not done: your clock is 3 min behind");

    world_type(world, "ok", "!agents", false, false);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "web1: not seen yet");
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "ok");

    /* Another key in the same session is not answered there. */
    world_forget(world);
    event = event_new(EVENT_MESSAGE);
    message = message_new(MESSAGE_CHAT, "x", SESSION, world->now_ms);
    message->chat.text = g_strdup("!agents");
    message->chat.reply_to = topic_cli_outbox(SESSION);
    message->chat.expires_ms = world->now_ms + 1000;
    event->message.topic = TOPIC_KIND_AGENT1_INBOX;
    event->message.sender = world_key(11);
    event->message.is_sealed = true;
    event->message.message = message;
    world_step(world, event);
    assert_int_equal(world->sent->len, 0);
}

static void a_dry_run_sends_nothing(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    world_type(world, "dry", "@web1 reboot", true, false);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "web1: allowed (dry run");
    assert_null(world_last_sent(world, MESSAGE_TASK));
    assert_int_equal(g_hash_table_size(world->tables[TABLE_RUNS]), 0);
}

static void a_delayed_message_is_asked_about(void **state)
{
    World *world = *state;
    Event *event = event_new(EVENT_CHAT);

    world_register(world, JOURNAL_1, 1);
    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup("oskar@example.org/phone");
    event->chat.principal = g_strdup("oskar@example.org");
    event->chat.stanza_id = g_strdup("d1");
    event->chat.text = g_strdup("@web1 reboot");
    event->chat.written_ms = world->now_ms - 10 * MINUTE_MS;
    world_step(world, event);
    assert_string_equal(world_last_said(world),
                        "written 14:03, not done: \"@web1 reboot\"; !yes to do it now");
    world_write(world, "vera", NULL, "!yes");
    assert_contains(world_last_said(world), "no question is open here");
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_last_said(world), "#1 web1: queued");
    world_write(world, "oskar", NULL, "!yes");
    assert_contains(world_last_said(world), "no question is open here");
}

static void people_can_look(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "vera", NULL, "!help");
    assert_contains(world_last_said(world), "!agents");
    assert_null(strstr(world_last_said(world), "!revoke"));
    world_write(world, "vera", NULL, "!help DELEGATE");
    assert_contains(world_last_said(world), "Needs the role operator");
    world_write(world, "vera", NULL, "!status");
    assert_contains(world_last_said(world), "agents: 1 online");
    world_write(world, "vera", NULL, "!agents");
    assert_contains(world_last_said(world), "web1: online since 14:13");
    world_write(world, "vera", NULL, "!blackout");
    assert_contains(world_last_said(world), "none");
    world_write(world, "oskar", NULL, "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "hi");
    world_write(world, "vera", NULL, "!runs web1");
    assert_contains(world_last_said(world), "#1 web1: succeeded");
    world_write(world, "vera", NULL, "!run 1");
    assert_contains(world_last_said(world), "```\nhi\n```");
    world_write(world, "vera", NULL, "!why web1 | uptime");
    assert_contains(world_last_said(world), "web1: not now (role)");
    world_write(world, "oskar", NULL, "!why web1 | uptime");
    assert_string_equal(world_last_said(world), "web1: allowed now");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_task_goes_there_and_back),
        WORLD_TEST(agentctl_gets_replies_progress_and_result),
        WORLD_TEST(a_repeated_chat_is_answered_and_never_done_twice),
        WORLD_TEST(refusals_name_their_rule),
        WORLD_TEST(a_stranger_is_told_once_and_nothing_is_done),
        WORLD_TEST(blackouts_refuse_and_tell_when),
        WORLD_TEST(skills_decide_where_there_is_no_shell),
        WORLD_TEST(a_task_for_an_offline_agent_waits_then_expires),
        WORLD_TEST(a_handed_task_is_unconfirmed_until_the_agent_speaks),
        WORLD_TEST(a_task_repeats_until_it_is_acknowledged),
        WORLD_TEST(a_restart_keeps_what_was_decided),
        WORLD_TEST(a_new_journal_makes_handed_runs_unknown),
        WORLD_TEST(a_restored_backup_takes_the_agents_word),
        WORLD_TEST(an_outcome_is_written_once),
        WORLD_TEST(an_agent_that_contradicts_itself_makes_it_unknown),
        WORLD_TEST(an_agent_taken_out_of_the_registry_is_revoked),
        WORLD_TEST(what_an_agent_lost_is_unknown),
        WORLD_TEST(a_window_that_closes_first_defers),
        WORLD_TEST(cancel_waits_for_the_agents_claim),
        WORLD_TEST(cancel_is_at_once_when_nobody_can_have_started),
        WORLD_TEST(asleep_it_answers_only_who_wakes_it),
        WORLD_TEST(a_paused_agent_refuses_and_is_told_when_it_returns),
        WORLD_TEST(a_new_agent_waits_for_its_fingerprint),
        WORLD_TEST(a_revoked_key_counts_for_nothing),
        WORLD_TEST(another_key_for_an_accepted_name_is_an_alarm),
        WORLD_TEST(reports_count_only_from_the_runs_own_agent),
        WORLD_TEST(times_and_keys_of_a_chat_are_judged),
        WORLD_TEST(a_dry_run_sends_nothing),
        WORLD_TEST(a_delayed_message_is_asked_about),
        WORLD_TEST(people_can_look),
    };

    return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
