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
    assert_int_equal(g_hash_table_size(world->store.tables[TABLE_OUTBOX]), 1); /* the policy */
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
    assert_int_equal(g_hash_table_size(world->store.tables[TABLE_RUNS]), 1);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.text, "#1 web1: queued");

    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    world_forget(world);
    world_type(world, "chat-1", "@web1 make", false, false);
    assert_true(world_last_sent(world, MESSAGE_REPLY)->reply.is_final);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "succeeded");
    world_write(world, "oskar", "s1", "@web1 true");
    world_write(world, "oskar", "s1", "@web1 true");
    assert_int_equal(g_hash_table_size(world->store.tables[TABLE_RUNS]), 2);
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
        { "no bar", "oskar", "DELEGATE: web1 uptime",
          "there is no bar; do you mean DELEGATE: web1 | uptime" },
        { "no task", "oskar", "DELEGATE: web1 |", "the task is empty" },
        { "no agent", "oskar", "DELEGATE: | uptime", "expected an agent" },
        { "two agents", "oskar", "DELEGATE: web1 web2 | uptime", "expected one target" },
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
        assert_int_equal(g_hash_table_size(world->store.tables[TABLE_RUNS]), 0);
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
    assert_int_equal(g_hash_table_size(world->store.tables[TABLE_RUNS]), 0);
}

static void blackouts_refuse_and_tell_when(void **state)
{
    World *world = *state;

    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
    world_configure(world);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_string_equal(world_last_said(world), "web1: refused (blackout): blackout hours "
                                                "14:00-15:00; next: 15:00 UTC\n"
                                                "run then? !yes or !no");
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
    assert_int_equal(g_hash_table_size(world->store.tables[TABLE_OUTBOX]), 0);
}

/* ---- standby, pauses ---- */

static void asleep_it_answers_only_who_wakes_it(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_write(world, "oskar", NULL, "!agentsOFF");
    assert_non_null(world_last_control(world, CONTROL_PAUSE));
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
    assert_non_null(world_last_control(world, CONTROL_RESUME));
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
    assert_non_null(world_last_control(world, CONTROL_RESUME));
    assert_true(world_last_control(world, CONTROL_RESUME)->control.seq > seq);
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
        WORLD_TEST(cancel_waits_for_the_agents_claim),
        WORLD_TEST(cancel_is_at_once_when_nobody_can_have_started),
        WORLD_TEST(asleep_it_answers_only_who_wakes_it),
        WORLD_TEST(a_paused_agent_refuses_and_is_told_when_it_returns),
    };

    return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
