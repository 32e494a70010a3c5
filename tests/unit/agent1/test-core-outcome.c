/* What agents report of runs, and what becomes of runs that nobody can tell of. */
#include "core-world.h"

#include "common/base/banned.h"

/* A run handed to web1, in the journal's keeping. */
static void begin_accepted(World *world)
{
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", "s1", "@web1 true");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    assert_string_equal(world_run_state(world, 1), "accepted");
}

/* The same; its id, the caller's. */
static char *accepted_run(World *world)
{
    begin_accepted(world);
    return g_strdup(world_run_id(world, 1));
}

static void report_progress(World *world, const char *run, int64_t attempt, int64_t seq)
{
    Message *message = message_new(MESSAGE_PROGRESS, WORLD_MESSAGE_ID, "web1", world->now_ms);

    message->progress.run = g_strdup(run);
    message->progress.attempt = attempt;
    message->progress.seq = seq;
    message->progress.tail = g_strdup("…");
    world_report(world, JOURNAL_1, message);
}

/* Nothing makes idempotent runs yet: the row says so, and agent1 starts anew. */
static void make_idempotent(World *world, int64_t number)
{
    Row *row = g_hash_table_lookup(world->store.tables[TABLE_RUNS], world_run_id(world, number));

    row_set_int(row, RUNS_IS_IDEMPOTENT, 1);
    world_restart(world);
    world_wait(world, 20 * SECOND_MS);
}

/* ---- reports ---- */

static void results_of_every_state(void **state)
{
    static const struct {
        const char *what;
        const char *reported;
        int64_t exit_code;
        const char *after;
        bool is_acknowledged;
    } rows[] = {
        { "done", "succeeded", 0, "succeeded", true },
        { "failed", "failed", 2, "failed", true },
        { "killed by its time", "timed_out", MESSAGE_ABSENT, "timed_out", true },
        { "cancelled there", "cancelled", MESSAGE_ABSENT, "cancelled", true },
        { "refused there", "rejected", MESSAGE_ABSENT, "rejected", true },
        { "too late", "expired", MESSAGE_ABSENT, "expired", true },
        { "lost there", "unknown", MESSAGE_ABSENT, "unknown", true },
        { "a window closed", "deferred", MESSAGE_ABSENT, "deferred", true },
        { "success without exit 0", "succeeded", 1, "accepted", false },
        { "success without an exit", "succeeded", MESSAGE_ABSENT, "accepted", false },
        { "not an outcome", "running", 0, "accepted", false },
        { "only a person can", "denied", 0, "accepted", false },
        { "no state", "finished", 0, "accepted", false },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        g_autofree char *run = accepted_run(world);

        print_message("%s\n", rows[i].what);
        world_forget(world);
        /* The window that closed is closed here, too. */
        world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
        world_configure(world);
        world_result(world, run, 1, rows[i].reported, rows[i].exit_code, "");
        assert_string_equal(world_run_state(world, 1), rows[i].after);
        assert_int_equal(world_count_sent(world, MESSAGE_ACK), rows[i].is_acknowledged);
        world_free(world);
    }
}

static void rejections_by_rule(void **state)
{
    static const struct {
        const char *what;
        const char *rule;
        const char *after;
        const char *said;
    } rows[] = {
        { "its own blackout", "blackout", "rejected", "#1 web1: refused (blackout): because" },
        { "its time was over", "expired", "expired", "#1 web1: expired (because)" },
        { "a rule with hidden characters", "a\nb", "rejected", "#1 web1: refused (a b): because" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();

        print_message("%s\n", rows[i].what);
        world_register(world, JOURNAL_1, 1);
        world_write(world, "oskar", NULL, "@web1 true");
        world_ack(world, world_run_id(world, 1), 1, ACK_REJECTED, rows[i].rule);
        assert_string_equal(world_run_state(world, 1), rows[i].after);
        assert_string_equal(world_last_said(world), rows[i].said);
        world_write(world, "vera", NULL, "!runs");
        assert_true(g_str_has_prefix(world_last_said(world), rows[i].said));
        world_write(world, "vera", NULL, "!run 1");
        assert_true(g_str_has_suffix(world_last_said(world), rows[i].said));
        world_free(world);
    }
}

static void what_does_not_concern_the_attempt_is_ignored(void **state)
{
    World *world = *state;
    Message *message;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_ack(world, world_run_id(world, 1), 2, ACK_ACCEPTED, NULL);
    world_ack(world, "01J000000000000000000000ZZ", 1, ACK_ACCEPTED, NULL);
    world_ack(world, NULL, 1, ACK_ACCEPTED, NULL);
    report_progress(world, world_run_id(world, 1), 2, 1);
    message = message_new(MESSAGE_ACK, WORLD_MESSAGE_ID, "web1", world->now_ms);
    message->ack.run = g_strdup(world_run_id(world, 1));
    message->ack.attempt = 1;
    message->ack.state = ACK_REJECTED;
    world_report(world, JOURNAL_2, message); /* another journal's word */
    message = message_new(MESSAGE_PROGRESS, WORLD_MESSAGE_ID, "web1", world->now_ms);
    message->progress.run = g_strdup(world_run_id(world, 1));
    message->progress.attempt = 1;
    message->progress.seq = 1;
    world_report(world, JOURNAL_2, message);
    assert_string_equal(world_run_state(world, 1), "queued");
}

static void progress_of_the_past_is_not_forwarded(void **state)
{
    static const struct {
        const char *what;
        int64_t seq;
        unsigned forwarded;
    } rows[] = {
        { "the first", 1, 1 }, { "again", 1, 1 },  { "later", 5, 2 },
        { "overtaken", 3, 2 }, { "newest", 6, 3 },
    };
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    world_type(world, "c1", "@web1 make", false, false);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].what);
        report_progress(world, world_run_id(world, 1), 1, rows[i].seq);
        assert_int_equal(world_count_sent(world, MESSAGE_PROGRESS), rows[i].forwarded);
    }
    assert_string_equal(world_run_state(world, 1), "running");
}

static void a_repeated_result_is_acknowledged_and_told_once(void **state)
{
    World *world = *state;
    g_autofree char *run = accepted_run(world);
    unsigned i;

    for (i = 0; i < 3; i++)
        world_result(world, run, 1, "succeeded", 0, "done");
    assert_int_equal(world_count_sent(world, MESSAGE_ACK), 4); /* one for the register */
    assert_null(row_text(world_run(world, 1), RUNS_CONTRADICTION));
    assert_null(world_last_audit(world, "alarm"));
    assert_contains(world_last_said(world), "#1 web1: succeeded");
    assert_int_equal(world->said->len, 2); /* queued, succeeded */
}

static void contradictions(void **state)
{
    static const struct {
        const char *what;
        const char *reported;
        int64_t attempt;
        bool is_contradiction;
    } rows[] = {
        { "the same", "failed", 1, false },
        { "another outcome", "unknown", 1, true },
        { "another attempt", "failed", 2, true },
        { "a word about the window, late", "deferred", 1, false },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        g_autofree char *run = accepted_run(world);

        print_message("%s\n", rows[i].what);
        world_result(world, run, 1, "failed", 1, "");
        world_forget(world);
        world_result(world, run, rows[i].attempt, rows[i].reported, 1, "");
        world_result(world, run, rows[i].attempt, rows[i].reported, 1, "");
        assert_string_equal(world_run_state(world, 1), "failed");
        assert_int_equal(row_text(world_run(world, 1), RUNS_CONTRADICTION) != NULL,
                         rows[i].is_contradiction);
        assert_int_equal(world->said->len, rows[i].is_contradiction); /* once */
        assert_int_equal(world_count_sent(world, MESSAGE_ACK), 2);
        world_free(world);
    }
}

static void a_result_of_somebody_elses_run_contradicts_nothing(void **state)
{
    World *world = *state;
    g_autofree char *run = accepted_run(world);
    Message *message = message_new(MESSAGE_RESULT, WORLD_MESSAGE_ID, "web2", world->now_ms);

    world_result(world, run, 1, "failed", 1, "");
    world_register_as(world, 2, "web2", JOURNAL_2, 1, SKILLS_SHELL);
    world_forget(world);
    message->result.run = g_strdup(run);
    message->result.attempt = 1;
    message->result.state = g_strdup("succeeded");
    message->result.exit_code = 0;
    world_report_as(world, 2, TOPIC_KIND_AGENT1_INBOX, "web2", JOURNAL_2, message);
    assert_non_null(world_last_audit(world, "alarm"));
    assert_null(row_text(world_run(world, 1), RUNS_CONTRADICTION));
}

static void outputs_are_harmless_and_cut_for_phones(void **state)
{
    World *world = *state;
    g_autoptr(GString) output = g_string_new("begin\xE2\x80\xAE\n");
    g_autofree char *run = accepted_run(world);
    unsigned i;

    for (i = 0; i < 500; i++)
        g_string_append_printf(output, "line %u with some words in it\n", i);
    world_result(world, run, 1, "succeeded", 0, output->str);
    assert_contains(world_last_said(world), "(the end of its output; !output 1 shows more)");
    assert_contains(world_last_said(world), "line 499");
    assert_null(strstr(world_last_said(world), "line 400"));
    assert_true(strlen(world_last_said(world)) < 6500);
    assert_null(strstr(row_text(world_run(world, 1), RUNS_OUTPUT), "\xE2\x80\xAE"));
    assert_contains(row_text(world_run(world, 1), RUNS_OUTPUT), "line 0");
}

static void errors_of_agents_reach_the_admins(void **state)
{
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    for (i = 0; i < 3; i++) {
        Message *message = message_new(MESSAGE_ERROR, WORLD_MESSAGE_ID, "web1", world->now_ms);

        message->error.severity = g_strdup(i ? NULL : "critical");
        message->error.text = g_strdup("the disk\nis full");
        world_report_as(world, 1, TOPIC_KIND_ERRORS, "web1", JOURNAL_1, message);
    }
    assert_int_equal(world->said->len, 1);
    assert_string_equal(world_last_said(world), "web1: critical: the disk is full");
    assert_string_equal(world_last_audit(world, "error")->text, "the disk is full");
    world->now_ms += HOUR_MS;
    {
        Message *message = message_new(MESSAGE_ERROR, WORLD_MESSAGE_ID, "web1", world->now_ms);

        message->error.text = g_strdup("the disk\nis full");
        world_report_as(world, 1, TOPIC_KIND_ERRORS, "web1", JOURNAL_1, message);
    }
    assert_string_equal(world_last_said(world), "web1: error: the disk is full");
}

/* ---- answers to queries ---- */

/* The agent does not list the run, is asked for it alone, and does not know it. */
static void deny(World *world, const char *run)
{
    world_answer_query(world, JOURNAL_1, world_last_query(world)->id, NULL, 0, NULL);
    assert_string_equal(world_last_query(world)->control.run, run);
    world_answer_query(world, JOURNAL_1, world_last_query(world)->id, run, 1, "not_known");
}

static void answers_of_every_state(void **state)
{
    static const struct {
        const char *what;
        const char *told;
        const char *after; /* of an accepted run */
    } rows[] = {
        { "still there", "accepted", "accepted" },
        { "it runs", "running", "running" },
        { "being killed there", "cancelling", "running" },
        { "a window closed", "deferred", "deferred" },
        { "cancelled: nothing more to tell", "cancelled", "cancelled" },
        { "expired: nothing more to tell", "expired", "expired" },
        { "lost: nothing more to tell", "unknown", "unknown" },
        { "its result comes by itself", "succeeded", "accepted" },
        { "and its refusal", "rejected", "accepted" },
        { "an answer from before it was accepted", "not_known", "accepted" },
        { "not a state of an agent", "queued", "accepted" },
        { "no state", "happy", "accepted" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        g_autofree char *run = accepted_run(world);

        print_message("%s\n", rows[i].what);
        world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
        world_configure(world);
        world_answer_query(world, JOURNAL_1, world_last_query(world)->id, run, 1, rows[i].told);
        assert_string_equal(world_run_state(world, 1), rows[i].after);
        world_free(world);
    }
}

static void answers_that_say_nothing(void **state)
{
    static const struct {
        const char *what;
        const char *journal;
        const char *data;
    } rows[] = {
        { "another journal's", JOURNAL_2,
          "{\"runs\":[{\"run\":\"%s\",\"attempt\":1,\"state\":\"unknown\"}]}" },
        { "another attempt", JOURNAL_1,
          "{\"runs\":[{\"run\":\"%s\",\"attempt\":2,\"state\":\"unknown\"}]}" },
        { "no attempt", JOURNAL_1, "{\"runs\":[{\"run\":\"%s\",\"state\":\"unknown\"}]}" },
        { "no state", JOURNAL_1, "{\"runs\":[{\"run\":\"%s\",\"attempt\":1}]}" },
        { "no run", JOURNAL_1, "{\"runs\":[{\"attempt\":1,\"state\":\"unknown\"},\"%s\",7]}" },
        { "no list", JOURNAL_1, "{\"runs\":\"%s\"}" },
        { "no object", JOURNAL_1, "[\"%s\"]" },
    };
    World *world = *state;
    g_autofree char *run = accepted_run(world);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        Message *message = message_new(MESSAGE_ANSWER, WORLD_MESSAGE_ID, "web1", world->now_ms);
        g_auto(GStrv) parts = g_strsplit(rows[i].data, "%s", 2);
        g_autofree char *data = g_strjoinv(run, parts);

        print_message("%s\n", rows[i].what);
        message->answer.in_reply_to = g_strdup("01J0000000000000000000ASKD");
        message->answer.data = world_json(data);
        world_report(world, rows[i].journal, message);
        assert_string_equal(world_run_state(world, 1), "accepted");
    }
}

/* A task that never reached the agent still repeats until its time: the answer changes nothing. */
static void a_task_on_its_way_is_not_lost(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_answer_query(world, JOURNAL_1, world_last_query(world)->id, world_run_id(world, 1), 1,
                       "not_known");
    assert_string_equal(world_run_state(world, 1), "queued");
    world_forget(world);
    world_wait(world, MINUTE_MS);
    assert_int_equal(world_last_sent(world, MESSAGE_TASK)->task.attempt, 1);
}

static void what_a_general_answer_leaves_out_is_asked_for(void **state)
{
    World *world = *state;
    g_autofree char *run = accepted_run(world);
    g_autofree char *query = NULL;

    world_write(world, "oskar", NULL, "@web1 false"); /* handed, on its way */
    query = g_strdup(world_last_query(world)->id);
    world_forget(world);
    world_answer_query(world, JOURNAL_1, query, NULL, 0, NULL);
    assert_int_equal(world_count_controls(world, CONTROL_QUERY), 1);
    assert_string_equal(world_last_query(world)->control.run, run);
    assert_int_equal(world_last_query(world)->control.attempt, 1);
}

/* ---- idempotent runs ---- */

static void idempotent_runs_are_handed_out_again(void **state)
{
    World *world = *state;
    const Message *task;

    begin_accepted(world);
    make_idempotent(world, 1);
    report_progress(world, world_run_id(world, 1), 1, 8);
    assert_string_equal(world_run_state(world, 1), "running");
    world_forget(world);
    world_register(world, JOURNAL_2, 1);
    assert_string_equal(world_run_state(world, 1), "queued");
    task = world_last_sent(world, MESSAGE_TASK);
    assert_int_equal(task->task.attempt, 2);
    assert_true(task->task.is_idempotent);
    assert_string_equal(task->journal, JOURNAL_2);
    assert_int_equal(world->said->len, 0); /* nothing to tell yet */

    /* Its progress begins anew at 1. */
    {
        Message *message = message_new(MESSAGE_PROGRESS, WORLD_MESSAGE_ID, "web1", world->now_ms);

        message->progress.run = g_strdup(world_run_id(world, 1));
        message->progress.attempt = 2;
        message->progress.seq = 1;
        world_report(world, JOURNAL_2, message);
    }
    assert_string_equal(world_run_state(world, 1), "running");
}

static void an_idempotent_task_on_its_way_goes_to_the_new_journal(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    make_idempotent(world, 1);
    world_forget(world);
    world_register(world, JOURNAL_2, 1);
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_int_equal(world_last_sent(world, MESSAGE_TASK)->task.attempt, 2);
    assert_int_equal(world_count_sent(world, MESSAGE_TASK), 1);
}

static void an_idempotent_run_the_agent_does_not_know_is_handed_out_again(void **state)
{
    World *world = *state;

    begin_accepted(world);
    make_idempotent(world, 1);
    deny(world, world_run_id(world, 1));
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_int_equal(world_last_sent(world, MESSAGE_TASK)->task.attempt, 2);
}

static void a_run_the_agent_does_not_know_is_lost(void **state)
{
    World *world = *state;

    begin_accepted(world);
    deny(world, world_run_id(world, 1));
    assert_string_equal(world_run_state(world, 1), "unknown");
}

/* The question, the task, its ack, and then the answer to the question: it was slow. */
static void an_answer_that_an_ack_overtook_is_of_the_past(void **state)
{
    World *world = *state;
    g_autofree char *question = NULL;

    begin_accepted(world);
    world_answer_query(world, JOURNAL_1, world_last_query(world)->id, NULL, 0, NULL);
    question = g_strdup(world_last_query(world)->id);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_answer_query(world, JOURNAL_1, question, world_run_id(world, 1), 1, "not_known");
    assert_string_equal(world_run_state(world, 1), "accepted");
}

/* Whoever cancels does not want it started again. */
static void a_cancelled_idempotent_run_is_lost_with_its_journal(void **state)
{
    World *world = *state;

    begin_accepted(world);
    make_idempotent(world, 1);
    world_write(world, "oskar", NULL, "!cancel 1");
    assert_string_equal(world_run_state(world, 1), "cancelling");
    world_register(world, JOURNAL_2, 1);
    assert_string_equal(world_run_state(world, 1), "unknown");
    assert_contains(world_last_said(world), "#1 web1: unknown (the agent's journal is new)");
}

/* ---- time ---- */

/* The cancel reaches an agent that was installed anew, before agent1 knows that: it never had the
 * run, claims it as cancelled, and says so. The old one had started it. */
static void the_word_of_another_journal_does_not_count(void **state)
{
    World *world = *state;
    Message *message;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_write(world, "oskar", NULL, "!cancel 1");
    world_forget(world);
    message = message_new(MESSAGE_RESULT, WORLD_MESSAGE_ID, "web1", world->now_ms);
    message->result.run = g_strdup(world_run_id(world, 1));
    message->result.attempt = 1;
    message->result.state = g_strdup("cancelled");
    message->result.exit_code = MESSAGE_ABSENT;
    message->result.signal = MESSAGE_ABSENT;
    world_report(world, JOURNAL_2, message);
    assert_string_equal(world_run_state(world, 1), "cancelling");
    assert_int_equal(world_count_sent(world, MESSAGE_ACK), 0);
    world_register(world, JOURNAL_2, 1);
    assert_string_equal(world_run_state(world, 1), "unknown");
}

/* The task is lost on the way, the cancel that took its place has not arrived, and the agent
 * connects anew: its claim decides, and nothing of it is lost. */
static void a_cancel_that_is_still_under_way_decides(void **state)
{
    static const struct {
        const char *what;
        bool is_heard;
        const char *state;
    } rows[] = {
        { "never acknowledged", false, "cancelling" },
        { "acknowledged, and forgotten since", true, "unknown" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();

        print_message("%s\n", rows[i].what);
        world_register(world, JOURNAL_1, 1);
        world_write(world, "oskar", NULL, "@web1 true");
        if (rows[i].is_heard)
            world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
        world_write(world, "oskar", NULL, "!cancel 1");
        world_restart(world);
        world_wait(world, SECOND_MS);
        deny(world, world_run_id(world, 1));
        assert_string_equal(world_run_state(world, 1), rows[i].state);
        world_free(world);
    }
}

/* On a full disk an answer is turned into a refusal; what became of a run must not be. */
static void an_outcome_is_news_and_an_answer_is_none(void **state)
{
    World *world = *state;
    const Effect *last;

    world_register(world, JOURNAL_1, 1);
    world_type(world, "c1", "@web1 true", false, false);
    last = world->sent->pdata[world->sent->len - 1];
    assert_int_equal(last->publish.words, WORDS_ANSWER);
    world_forget(world);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    for (unsigned i = 0; i < world->sent->len; i++) {
        last = world->sent->pdata[i];
        if (last->publish.message->kind == MESSAGE_REPLY)
            assert_int_equal(last->publish.words, WORDS_NEWS);
    }
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(an_outcome_is_news_and_an_answer_is_none),
        WORLD_TEST(results_of_every_state),
        WORLD_TEST(rejections_by_rule),
        WORLD_TEST(what_does_not_concern_the_attempt_is_ignored),
        WORLD_TEST(progress_of_the_past_is_not_forwarded),
        WORLD_TEST(a_repeated_result_is_acknowledged_and_told_once),
        WORLD_TEST(contradictions),
        WORLD_TEST(a_result_of_somebody_elses_run_contradicts_nothing),
        WORLD_TEST(outputs_are_harmless_and_cut_for_phones),
        WORLD_TEST(errors_of_agents_reach_the_admins),
        WORLD_TEST(answers_of_every_state),
        WORLD_TEST(answers_that_say_nothing),
        WORLD_TEST(a_task_on_its_way_is_not_lost),
        WORLD_TEST(what_a_general_answer_leaves_out_is_asked_for),
        WORLD_TEST(idempotent_runs_are_handed_out_again),
        WORLD_TEST(an_idempotent_task_on_its_way_goes_to_the_new_journal),
        WORLD_TEST(a_run_the_agent_does_not_know_is_lost),
        WORLD_TEST(an_answer_that_an_ack_overtook_is_of_the_past),
        WORLD_TEST(an_idempotent_run_the_agent_does_not_know_is_handed_out_again),
        WORLD_TEST(a_cancelled_idempotent_run_is_lost_with_its_journal),
        WORLD_TEST(the_word_of_another_journal_does_not_count),
        cmocka_unit_test(a_cancel_that_is_still_under_way_decides),
    };

    return cmocka_run_group_tests_name("core-outcome", tests, NULL, NULL);
}
