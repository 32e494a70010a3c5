/* Approvals: who is asked, who may answer, what an answer does, reminders, expiry, and what late
 * answers are told. The world begins at 14:13:20 UTC; web1 has the skill wipe, of high risk. */
#include "core-xmpp.h"

#include "common/wire/approval.h"
#include "common/base/banned.h"

#define SKILLS "[{\"name\":\"shell\",\"risk\":\"guarded\"},{\"name\":\"wipe\",\"risk\":\"high\"}]"
#define TEA    "[{\"start\":\"14:00\",\"end\":\"15:00\",\"label\":\"tea\"}]"
#define ALONE                                                                                      \
    "{\"rules\":[{\"risk\":\"high\",\"decision\":\"ask\",\"second\":false,\"reason\":\"care\"}]}"

static void begin(World *world)
{
    world_register_as(world, 1, "web1", JOURNAL_1, 1, SKILLS);
    world_forget(world);
}

static void set_policy(World *world, const char *text)
{
    json_free(world->policy);
    world->policy = world_json(text);
    world_configure(world);
}

#define ASKED                                                                                      \
    "#1 web1: awaiting_approval (work of high risk needs an approval of a second user; !approve "  \
    "1 or !reject 1; expires 15:13)"
#define THEN "; then I ask again, and nothing starts without a yes"
#define NOTICE                                                                                     \
    "#1 web1: oskar asks since 14:13: work of high risk needs an approval of a second user; "      \
    "!approve 1 or !reject 1; expires 15:13\n```\nwipe\n```"

static void those_who_may_answer_are_told(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    assert_string_equal(world_said_to(world, "oskar@example.org/phone"), ASKED);
    assert_string_equal(world_said_to(world, "ana@example.org"), NOTICE);
    assert_string_equal(world_said_to(world, "oskar@example.org"), "");
    assert_string_equal(world_said_to(world, "vera@example.org"), "");
    assert_null(world_last_sent(world, MESSAGE_TASK));
    world_write(world, "vera", NULL, "!pending");
    assert_string_equal(world_last_said(world), NOTICE);
    world_write(world, "vera", NULL, "!pending #1");
    assert_string_equal(world_last_said(world), NOTICE);
    world_write(world, "vera", NULL, "!status");
    assert_contains(world_last_said(world), "approvals that wait for a person: 1; !pending");
    world_write(world, "vera", NULL, "!run 1");
    assert_contains(world_last_said(world), ASKED);
}

static void an_approved_run_starts_with_its_hash(void **state)
{
    World *world = *state;
    const Message *task;
    ApprovalSubject subject = {
        .agent = "web1", .task = "wipe", .requested_by = "oskar", .timeout_s = 600
    };
    g_autofree char *hash = NULL;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    world_restart(world);
    world_register_as(world, 1, "web1", JOURNAL_1, 2, SKILLS);
    world_write(world, "ana", NULL, "!approve 1");
    assert_string_equal(world_said_to(world, "ana@example.org/phone"), "#1 web1: queued");
    assert_string_equal(world_said_to(world, "oskar@example.org/phone"),
                        "#1 web1: approved by ana: queued");
    task = world_last_sent(world, MESSAGE_TASK);
    assert_non_null(task);
    subject.run = task->task.run;
    hash = approval_hash(&subject);
    assert_string_equal(task->task.approval_hash, hash);
    assert_string_equal(task->task.approval_id, row_text(world_run(world, 1), RUNS_APPROVAL));
    assert_int_equal(world_count_rows(world, TABLE_APPROVALS), 0);
    assert_string_equal(row_text(world_run(world, 1), RUNS_DECIDED_BY), "ana");
    world_write(world, "ana", NULL, "!approve 1");
    assert_string_equal(world_last_said(world),
                        "#1 web1: approved already by ana at 14:13; its state: queued");
    world_write(world, "oskar", NULL, "!why 1");
    assert_contains(world_last_said(world), "- approved by ana at 14:13");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    world_write(world, "oskar", NULL, "!reject 1");
    assert_contains(world_last_said(world),
                    "#1 web1: approved already by ana at 14:13; its state: succeeded (exit 0");
    world_write(world, "oskar", NULL, "!why #1");
    assert_contains(world_last_said(world), "- approved by ana at 14:13");
}

static void who_may_not_approve(void **state)
{
    static const struct {
        const char *what;
        const char *asked_by;
        const char *user;
        const char *text;
        const char *said;
    } rows[] = {
        { "the requester", "oskar", "oskar", "!approve 1",
          "#1 web1: refused (policy): you asked for it yourself, and a second user must approve "
          "it; !reject withdraws it; after a change of the rule, ask again" },
        { "an admin's own hand", "ana", "ana", "!approve 1",
          "#1 web1: refused (policy): you asked for it yourself" },
        { "a viewer", "oskar", "vera", "!approve 1", "!approve: refused (role)" },
        { "of no run", "oskar", "ana", "!approve 7", "7: no such run; !pending lists what waits" },
        { "no number", "oskar", "ana", "!approve", "expected !approve <id>, as in !approve 12" },
        { "no number to reject", "oskar", "ana", "!reject x", "x: expected !reject <id> [why]" },
        { "no number to put off", "oskar", "ana", "!defer x 2h", "x: expected !defer <id> <time>" },
        { "a run to look at", "oskar", "ana", "!pending x", "x: expected !pending [id]" },
        { "no approval", "oskar", "ana", "!pending 7", "7: no approval waits of that run" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();

        print_message("%s\n", rows[i].what);
        begin(world);
        world_write(world, rows[i].asked_by, NULL, "@web1 wipe");
        world_write(world, rows[i].user, NULL, rows[i].text);
        assert_contains(world_last_said(world), rows[i].said);
        assert_string_equal(world_run_state(world, 1), "awaiting_approval");
        world_free(world);
    }
}

static void a_rule_lets_one_person_work(void **state)
{
    World *world = *state;

    begin(world);
    set_policy(world, ALONE);
    world_write(world, "oskar", NULL, "@web1 wipe");
    assert_contains(world_said_to(world, "oskar@example.org/phone"),
                    "(rule 1 of policy.json needs an approval: care; !approve 1");
    world_write(world, "oskar", NULL, "!approve 1");
    assert_string_equal(world_last_said(world), "#1 web1: approved by oskar: queued");
    assert_non_null(world_last_sent(world, MESSAGE_TASK));
}

/* The rules were changed since: those of now count. */
static void a_stricter_rule_needs_another_hand(void **state)
{
    World *world = *state;

    begin(world);
    set_policy(world, ALONE);
    world_write(world, "oskar", NULL, "@web1 wipe");
    set_policy(world, "{}");
    world_write(world, "oskar", NULL, "!approve 1");
    assert_contains(world_last_said(world), "you asked for it yourself");
    world_write(world, "ana", NULL, "!approve 1");
    assert_string_equal(world_run_state(world, 1), "queued");
}

static void who_is_alone_is_told_the_way_out(void **state)
{
    World *world = *state;
    g_autofree char *text = json_print(world->config);
    g_auto(GStrv) parts = g_strsplit(text, "\"role\":\"operator\"", 2);
    g_autofree char *alone = g_strjoinv("\"role\":\"viewer\"", parts);

    json_free(world->config);
    world->config = world_json(alone);
    world_configure(world);
    begin(world);
    world_write(world, "ana", NULL, "@web1 wipe");
    assert_contains(world_last_said(world),
                    "; there is no second user: a rule of policy.json with \"second\": false lets "
                    "you approve yourself what is asked after it)");
    world_write(world, "ana", NULL, "!why web1 | wipe");
    assert_contains(world_last_said(world), "- approval: from nobody (a second user");
}

static void a_rejection_is_told_with_its_reason(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    world_write(world, "ana", NULL, "!reject #1 not on a Monday");
    assert_string_equal(world_said_to(world, "ana@example.org/phone"), "#1 web1: denied");
    assert_string_equal(world_said_to(world, "oskar@example.org/phone"),
                        "#1 web1: denied (by ana: not on a Monday)");
    world_write(world, "ana", NULL, "!approve 1");
    assert_contains(world_last_said(world), "#1 web1: denied already by ana at 14:13; its state: "
                                            "denied (by ana: not on a Monday)");
    assert_null(world_last_sent(world, MESSAGE_TASK));
    world_write(world, "oskar", NULL, "@web1 wipe");
    world_write(world, "oskar", NULL, "!reject 2");
    assert_string_equal(world_last_said(world), "#2 web1: denied (by oskar)");
}

static void an_approval_expires_after_a_reminder(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    world_wait(world, 44 * MINUTE_MS);
    world_forget(world);
    world_wait(world, 2 * MINUTE_MS);
    assert_string_equal(world_last_said(world), "Reminder: " NOTICE);
    assert_int_equal(world->said->len, 1);
    world_restart(world);
    world_forget(world);
    world_wait(world, 13 * MINUTE_MS);
    assert_int_equal(world->said->len, 0);
    world_wait(world, 2 * MINUTE_MS);
    assert_string_equal(world_last_said(world), "#1 web1: expired (nobody approved it in time)");
    assert_int_equal(world_count_rows(world, TABLE_APPROVALS), 0);
    world_write(world, "ana", NULL, "!approve 1");
    assert_string_equal(world_last_said(world),
                        "#1 web1: waits for no approval; its state: expired "
                        "(nobody approved it in time)");
}

static void a_cancelled_run_needs_no_answer(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    world_write(world, "oskar", NULL, "!cancel 1");
    assert_string_equal(world_last_said(world), "#1 web1: cancelled");
    assert_int_equal(world_count_rows(world, TABLE_APPROVALS), 0);
    world_write(world, "ana", NULL, "!pending");
    assert_string_equal(world_last_said(world), "nothing waits for a person or for a window");
}

static void an_approval_is_put_off(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    world_write(world, "ana", NULL, "!defer 1 18:00");
    assert_string_equal(world_said_to(world, "oskar@example.org/phone"),
                        "#1 web1: put off until 18:00 by ana" THEN);
    assert_string_equal(world_said_to(world, "ana@example.org/phone"),
                        "#1 web1: put off until 18:00" THEN);
    world_write(world, "ana", NULL, "!pending");
    assert_contains(world_last_said(world), "!reject 1; put off until 18:00");
    world_wait(world, HOUR_MS);
    world_forget(world); /* of the agent's silence, too */
    world_wait(world, 2 * HOUR_MS);
    assert_int_equal(world->said->len, 0);
    world_wait(world, HOUR_MS);
    assert_contains(world_last_said(world), "Put off until now: #1 web1: oskar asks since 14:13");
    assert_contains(world_last_said(world), "expires 19:00");
    world_write(world, "ana", NULL, "!approve 1");
    assert_string_equal(world_run_state(world, 1), "queued");
}

/* What is put off into closed hours does not start then. */
static void what_is_put_off_into_closed_hours(void **state)
{
    static const struct {
        const char *asked;
        const char *time;
        const char *said;
    } rows[] = {
        { "@web1 wipe", "14:45",
          "put off until 14:45; then I ask again, but it is closed then (blackout hours "
          "14:00-15:00 "
          "(tea)): with a yes it starts 15:00 UTC" },
        { "@web1 wipe", "15:00", "put off until 15:00" THEN },
        { "@web1 --defer true", "14:45",
          "put off until 14:45; but it is closed then (blackout hours 14:00-15:00 (tea)): it "
          "starts "
          "15:00 UTC" },
        { "@web1 --defer true", "15:30", "put off until 15:30" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        g_autofree char *line = g_strdup_printf("!defer 1 %s", rows[i].time);
        g_autofree char *said = g_strdup_printf("#1 web1: %s", rows[i].said);

        begin(world);
        if (strstr(rows[i].asked, "wipe"))
            world_write(world, "oskar", NULL, rows[i].asked);
        world->blackouts = world_json(TEA);
        world_configure(world);
        if (!strstr(rows[i].asked, "wipe"))
            world_write(world, "oskar", NULL, rows[i].asked);
        world_write(world, "ana", NULL, line);
        print_message("%s, %s\n", rows[i].asked, rows[i].time);
        assert_string_equal(world_said_to(world, "ana@example.org/phone"), said);
        world_free(world);
    }
}

/* agent1 was away from before the question opens again until after it expires. */
static void what_was_put_off_expires_over_an_absence(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    world_write(world, "ana", NULL, "!defer 1 15m");
    world->now_ms += 3 * HOUR_MS;
    world_restart(world);
    world_wait(world, MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "expired");
    assert_int_equal(world_count_rows(world, TABLE_APPROVALS), 0);
}

/* The window closed between the question and the answer. */
static void an_approved_run_waits_for_its_window(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    world->blackouts = world_json(TEA);
    world_configure(world);
    world_write(world, "ana", NULL, "!approve 1");
    assert_string_equal(world_said_to(world, "oskar@example.org/phone"),
                        "#1 web1: deferred (approved by ana: blackout hours 14:00-15:00 (tea); "
                        "starts 15:00 UTC)");
    assert_int_equal(world_count_rows(world, TABLE_APPROVALS), 0);
    world_restart(world);
    world_register_as(world, 1, "web1", JOURNAL_1, 2, SKILLS);
    world_wait(world, HOUR_MS);
    assert_non_null(world_last_sent(world, MESSAGE_TASK));
    assert_non_null(world_last_sent(world, MESSAGE_TASK)->task.approval_hash);
}

/* Nothing else makes agent1 look at runs then. */
static void an_approved_run_waits_for_a_pause_to_end(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    world_wait(world, MINUTE_MS);
    world_write(world, "ana", NULL, "!agentOFF web1");
    world_write(world, "ana", NULL, "!approve 1");
    assert_contains(world_said_to(world, "oskar@example.org/phone"),
                    "#1 web1: deferred (approved by ana: it is paused by ana since 14:14; !agentON "
                    "web1 resumes it; "
                    "waits until 2026-09-22 14:14 UTC)");
    world_write(world, "ana", NULL, "!agentON web1");
    world_wait(world, 2 * MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_non_null(world_last_sent(world, MESSAGE_TASK));
}

static void an_approved_run_may_be_refused(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    set_policy(world,
               "{\"rules\":[{\"skill\":\"wipe\",\"decision\":\"deny\",\"reason\":\"never\"}]}");
    world_write(world, "ana", NULL, "!approve 1");
    assert_string_equal(world_said_to(world, "ana@example.org/phone"),
                        "#1 web1: refused by the gate");
    assert_string_equal(world_said_to(world, "oskar@example.org/phone"),
                        "#1 web1: refused (policy): rule 1 of policy.json forbids it: never");
}

/* Somebody wrote into the database: what was shown is not what would start. */
static void what_is_not_what_was_shown_is_refused(void **state)
{
    World *world = *state;
    Row *row;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    row = row_store_find(&world->store, TABLE_RUNS, world_run_id(world, 1));
    row_set_text(row, RUNS_TASK, "wipe more");
    world_restart(world);
    world_register_as(world, 1, "web1", JOURNAL_1, 2, SKILLS);
    world_write(world, "ana", NULL, "!approve 1");
    assert_contains(world_said_to(world, "ana@example.org/phone"),
                    "web1: refused (policy): it is not what was shown for approval");
    assert_string_equal(world_run_state(world, 1), "rejected");
    assert_non_null(world_last_audit(world, "alarm"));
    assert_null(world_last_sent(world, MESSAGE_TASK));
}

/* A row whose run is gone, as after a hand in the database, is forgotten. */
static void an_approval_of_nothing_is_forgotten(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 wipe");
    row_store_delete(&world->store, TABLE_RUNS, world_run_id(world, 1));
    world_restart(world);
    world_wait(world, SECOND_MS);
    assert_int_equal(world_count_rows(world, TABLE_APPROVALS), 0);
}

static void a_long_task_is_cut_where_it_says_so(void **state)
{
    World *world = *state;
    g_autofree char *long_task = g_strnfill(9000, 'x');
    g_autofree char *text = g_strdup_printf("@web2 echo %s", long_task);

    begin(world);
    set_policy(world, "{\"preset\":\"restrictive\"}");
    world_register_as(world, 2, "web2", JOURNAL_2, 1, SKILLS_SHELL);
    world_write(world, "oskar", NULL, text);
    assert_contains(world_said_to(world, "ana@example.org"),
                    "CUT HERE: 1005 bytes more; agentctl send '!pending 1' shows all of it");
    world_type(world, "c1", "!pending 1", false, false);
    assert_null(strstr(world_last_sent(world, MESSAGE_REPLY)->reply.text, "CUT HERE"));
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, long_task);
}

static void why_shows_the_whole(void **state)
{
    World *world = *state;

    begin(world);
    set_policy(world, "{\"rules\":[{\"user\":\"ana\",\"decision\":\"deny\"},{\"skill\":\"wipe\","
                      "\"decision\":\"ask\",\"second\":true,\"reason\":\"care\"}]}");
    world->blackouts = world_json("[{\"start\":\"20:00\",\"end\":\"21:00\"}]");
    world_configure(world);
    world_write(world, "oskar", NULL, "!why web1 | wipe");
    assert_string_equal(
        world_last_said(world),
        "web1: not without a person (policy): rule 2 of policy.json needs an approval of a second "
        "user: care\n"
        "- risk: high; policy: an approval is needed, by rule 2 of policy.json (care)\n"
        "- approval: from ana (a second user: not from who asks)\n"
        "- windows: open until 20:00 UTC\n"
        "- role: operator, and operator is needed; agent: there; 0 of 100 runs in hand");
    world_write(world, "oskar", NULL, "!why web1");
    assert_string_equal(world_last_said(world),
                        "web1: allowed now\n"
                        "- policy: allowed, by the preset \"default\" (no rule of policy.json "
                        "fits)\n"
                        "- windows: open until 20:00 UTC\n"
                        "- role: operator, and operator is needed; agent: there; 0 of 100 runs in "
                        "hand");
    world_write(world, "ana", NULL, "!why web1 | true");
    assert_contains(world_last_said(world),
                    "web1: not now (policy): rule 1 of policy.json forbids it\n- risk: guarded; "
                    "policy: forbidden, by rule 1 of policy.json");
    world_write(world, "oskar", NULL, "!why 7");
    assert_string_equal(world_last_said(world),
                        "7: no such run, and no agent; !runs lists the last ones");
}

/* Nobody knew how risky it is when it was queued; nothing of high risk starts without a person. */
static void an_agent_that_was_never_seen_tells_the_risk(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 wipe");
    world_write(world, "oskar", NULL, "@web1 true");
    assert_string_equal(world_run_state(world, 1), "queued");
    begin(world);
    assert_string_equal(world_run_state(world, 1), "rejected");
    assert_string_equal(row_text(world_run(world, 1), RUNS_RULE), "policy");
    assert_string_equal(world_run_state(world, 2), "queued");
    world_wait(world, 5 * SECOND_MS);
    assert_string_equal(world_last_sent(world, MESSAGE_TASK)->task.task, "true");
    assert_int_equal(row_int(world_run(world, 1), RUNS_IS_HANDED), 0);
    world_write(world, "oskar", NULL, "!run 1");
    assert_contains(world_last_said(world),
                    "refused (policy): work of high risk needs an approval of a second user; its "
                    "agent told what it is only after it was queued: ask again");
}

static void what_shell_alone_means(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 shell");
    assert_string_equal(world_last_said(world),
                        "web1: refused (skill): shell takes a command of your own: @web1 uptime, "
                        "not the word shell");
    world_write(world, "oskar", NULL, "@web1 shell uptime");
    assert_string_equal(world_last_said(world), "#1 web1: queued");
}

static void a_dry_run_tells_that_it_would_wait(void **state)
{
    World *world = *state;

    begin(world);
    world_type(world, "c1", "@web1 wipe", true, false);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                        "web1: it would wait for an approval (work of high risk needs an approval "
                        "of a second user) (dry run: nothing was sent)");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    world_type(world, "c2", "@web1 wipe", false, false);
    assert_true(world_last_sent(world, MESSAGE_REPLY)->reply.is_final);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "awaiting");
    world_type(world, "c3", "!reject 1", false, false);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "#1 web1: denied");
}

static void the_store_may_be_busy(void **state)
{
    static const char *const lines[] = { "!approve 7", "!reject 7", "!defer 7 2h", "!why 7" };
    World *world = *state;
    unsigned i;

    world->is_store_slow = true;
    for (i = 0; i < 1000; i++)
        world_write(world, "vera", NULL, "!runs");
    for (i = 0; i < G_N_ELEMENTS(lines); i++) {
        world_write(world, "ana", NULL, lines[i]);
        assert_contains(world_last_said(world), "too many questions wait for the database");
    }
}

static void many_wait_and_the_oldest_are_shown(void **state)
{
    World *world = *state;
    unsigned i;

    begin(world);
    for (i = 0; i < 22; i++) {
        world->now_ms += 5;
        world_write(world, "oskar", NULL, "@web1 wipe");
    }
    world_write(world, "vera", NULL, "!pending");
    assert_true(g_str_has_prefix(world_last_said(world), "#1 web1: oskar asks"));
    assert_true(
        g_str_has_suffix(world_last_said(world), "\nand 2 more; !pending <id> shows one of them"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(those_who_may_answer_are_told),
        WORLD_TEST(an_approved_run_starts_with_its_hash),
        cmocka_unit_test(who_may_not_approve),
        WORLD_TEST(a_rule_lets_one_person_work),
        WORLD_TEST(a_stricter_rule_needs_another_hand),
        WORLD_TEST(who_is_alone_is_told_the_way_out),
        WORLD_TEST(a_rejection_is_told_with_its_reason),
        WORLD_TEST(an_approval_expires_after_a_reminder),
        WORLD_TEST(a_cancelled_run_needs_no_answer),
        WORLD_TEST(an_approval_is_put_off),
        WORLD_TEST(what_is_put_off_into_closed_hours),
        WORLD_TEST(what_was_put_off_expires_over_an_absence),
        WORLD_TEST(an_approved_run_waits_for_its_window),
        WORLD_TEST(an_approved_run_waits_for_a_pause_to_end),
        WORLD_TEST(an_approved_run_may_be_refused),
        WORLD_TEST(what_is_not_what_was_shown_is_refused),
        WORLD_TEST(an_approval_of_nothing_is_forgotten),
        WORLD_TEST(a_long_task_is_cut_where_it_says_so),
        WORLD_TEST(why_shows_the_whole),
        WORLD_TEST(many_wait_and_the_oldest_are_shown),
        WORLD_TEST(an_agent_that_was_never_seen_tells_the_risk),
        WORLD_TEST(what_shell_alone_means),
        WORLD_TEST(a_dry_run_tells_that_it_would_wait),
        WORLD_TEST(the_store_may_be_busy),
    };

    return cmocka_run_group_tests_name("core-approvals", tests, NULL, NULL);
}
