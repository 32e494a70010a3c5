/* PLAN: from its first step to its summary, and what stops it. */
#include "plan-world.h"

#include "common/base/banned.h"

static void one_step_after_the_other(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1",
                "PLAN: web1 | apt update ;; Web2|echo a \\;; echo b ;; web1|c | d");
    assert_string_equal(world_last_said(world), "p1: step 1 of 3\n#1 web1: queued");
    assert_string_equal(world_run_state(world, 2), "none");
    world_forget(world);
    fleet_succeeds(world, 1, "done\n");
    assert_string_equal(row_text(world_run(world, 2), RUNS_TASK), "echo a ;; echo b");
    assert_string_equal(row_text(world_run(world, 2), RUNS_PLAN), "p1");
    fleet_succeeds(world, 2, NULL);
    assert_string_equal(row_text(world_run(world, 3), RUNS_TASK), "c | d");
    assert_int_equal(fleet_said(world), 0);
    world->now_ms += 2 * SECOND_MS;
    fleet_succeeds(world, 3, "done\n");
    assert_int_equal(fleet_said(world), 1);
    assert_string_equal(world_last_said(world),
                        "#1 web1: succeeded (exit 0, 0.4 s)\n```\ndone\n```\n"
                        "#2 web2: succeeded (exit 0, 0.4 s)\n"
                        "#3 web1: succeeded (exit 0, 0.4 s)\n```\ndone\n```\n"
                        "p1: 3 succeeded; 2.0 s");
    assert_string_equal(fleet_plan_state(world, "p1"), "done");
}

static void a_failure_stops_it(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|true ;; web2|make ;; web3|a ;; web4|b");
    fleet_succeeds(world, 1, NULL);
    world_forget(world);
    fleet_fails(world, 2, "no rule\n");
    assert_int_equal(fleet_said(world), 1);
    assert_string_equal(world_last_said(world),
                        "#2 web2: failed (exit 2, 0.4 s)\n```\nno rule\n```\n"
                        "#1 web1: succeeded (exit 0, 0.4 s)\n"
                        "web3 | a: not run\nweb4 | b: not run\n"
                        "p1: stopped: 1 succeeded, 1 failed, 2 not run; 0.0 s");
    assert_string_equal(fleet_plan_state(world, "p1"), "stopped");
    assert_string_equal(world_run_state(world, 3), "none");
}

static void nothing_is_done_where_a_step_is_wrong(void **state)
{
    static const struct {
        const char *what;
        const char *user;
        const char *text;
        const char *answer; /* its beginning */
    } rows[] = {
        { "nothing", "oskar", "PLAN:", "step 1 is empty: expected PLAN: <agent>|<task>" },
        { "no bar", "oskar", "PLAN: web1|true ;; web2 true",
          "step 2, \"web2 true\": there is no bar" },
        { "no agent", "oskar", "PLAN: web1|true ;; |true",
          "expected an agent before the bar; !agents lists them\nthat is step 2 of the plan; "
          "nothing was done" },
        { "no task", "oskar", "PLAN: web1|true ;; web2|",
          "the task is empty; expected @<agent> <task>, or DELEGATE: <agent> | <task>\nthat is "
          "step 2" },
        { "an unknown agent", "oskar", "PLAN: web1|true ;; web2|true ;; db9|true",
          "db9: refused (unknown_agent): no agent of that name; !agents lists them\nthat is step 3 "
          "of the plan; nothing was done" },
        { "an unknown agent in a list", "oskar", "PLAN: web1|true ;; web2,db9|true",
          "db9: refused (unknown_agent): no agent of that name; !agents lists them; nothing was "
          "done\nthat is step 2 of the plan; nothing was done" },
        { "a label of nobody", "oskar", "PLAN: web1|true ;; role=db|true",
          "role=db: refused (unknown_agent): no accepted agent has this label" },
        { "a wrong option", "oskar", "PLAN: web1|true ;; web2 --force|true",
          "--force: no such option" },
        { "a viewer", "vera", "PLAN: web1|true", "web1: refused (role): this needs the role" },
        { "what cannot begin now", "oskar", "PLAN: web5 --now|true ;; web1|true",
          "web5: refused (offline)" },
    };
    World *world = *state;
    Message *gone = message_new(MESSAGE_STATUS, WORLD_MESSAGE_ID, "web5", world->now_ms);
    g_autofree char *journal = fleet_journal(5);
    unsigned i;

    gone->status.name = g_strdup("web5");
    gone->status.session = 1;
    gone->status.seq = 2;
    gone->status.state = (int)AGENT_OFFLINE;
    world_report_as(world, 5, TOPIC_KIND_STATUS, "web5", journal, gone);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_write(world, rows[i].user, NULL, rows[i].text);
        if (!g_str_has_prefix(world_last_said(world), rows[i].answer))
            fail_msg("%s: \"%s\"", rows[i].what, world_last_said(world));
        assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
        assert_int_equal(world_count_rows(world, TABLE_PLANS), 0);
    }
}

static void a_dry_run_shows_all_of_it(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "!agentOFF web3");
    world_type(world, "c1", "PLAN: web1|apt update ;; web2,web3|true", true, false);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                        "1. web1 | apt update: allowed\n2. web2 | true: allowed\n"
                        "2. web3 | true: refused (paused): it is paused by oskar since 14:13; "
                        "!agentON web3 resumes it\n"
                        "2 of 3 allowed now (dry run: nothing was sent)");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    assert_int_equal(world_count_rows(world, TABLE_PLANS), 0);
}

static void each_step_meets_the_gate_of_its_moment(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|true ;; web2|true ;; web3|true");
    world_write(world, "oskar", NULL, "!agentOFF web2");
    world_forget(world);
    fleet_succeeds(world, 1, NULL);
    assert_string_equal(
        world_last_said(world),
        "web2: refused (paused): it is paused by oskar since 14:13; !agentON web2 resumes it\n"
        "#1 web1: succeeded (exit 0, 0.4 s)\n"
        "web3 | true: not run\n"
        "p1: stopped: 1 succeeded, 1 refused (paused), 1 not run; 0.0 s");
}

/* The rights of the one who asked are those that he has when the step begins. */
static void no_such_user_no_step(void **state)
{
    World *world = *state;
    Json *users = json_member_mutable(world->config, "users");

    world_write(world, "oskar", "s1", "PLAN: web1|true ;; web2|true");
    json_set_string((Json *)(uintptr_t)json_next(json_first(users)), "role", "viewer");
    world_configure(world);
    fleet_succeeds(world, 1, NULL);
    assert_contains(world_last_said(world), "web2: refused (role): this needs the role operator");
}

/* Its window closed before the agent could begin: what stands behind it waits with it. */
static void a_step_that_its_agent_puts_off_is_told(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|true ;; web2|true");
    world_forget(world);
    fleet_result(world, 1, "deferred", MESSAGE_ABSENT, NULL);
    assert_string_equal(world_run_state(world, 1), "deferred");
    assert_int_equal(fleet_said(world), 1);
    assert_contains(world_last_said(world), "p1 waits for that: step 1 of 2; !cancel p1 stops it");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
    assert_string_equal(fleet_plan_state(world, "p1"), "running");
}

static void a_step_that_must_wait_makes_the_plan_wait(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|true ;; web2|true");
    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
    world_configure(world);
    world_forget(world);
    fleet_succeeds(world, 1, NULL);
    assert_string_equal(world_run_state(world, 2), "deferred");
    assert_int_equal(fleet_said(world), 1);
    assert_contains(world_last_said(world), "p1: step 2 of 2\n#2 web2: deferred (blackout hours");
    world_wait(world, HOUR_MS);
    assert_string_equal(world_run_state(world, 2), "queued");
    world_forget(world);
    fleet_succeeds(world, 2, NULL);
    assert_contains(world_last_said(world), "p1: 2 succeeded; ");
    assert_string_equal(fleet_plan_state(world, "p1"), "done");
}

static void asleep_it_waits_and_goes_on(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|true ;; web2|true");
    world_write(world, "oskar", NULL, "!agentOFF agent1");
    fleet_succeeds(world, 1, NULL);
    assert_string_equal(world_run_state(world, 2), "none");
    assert_string_equal(fleet_plan_state(world, "p1"), "running");
    world_restart(world);
    world_wait(world, HOUR_MS);
    assert_string_equal(world_run_state(world, 2), "none");
    fleet_register(world, 2);
    world_forget(world);
    world_write(world, "oskar", NULL, "!agentON agent1");
    assert_string_equal(world_run_state(world, 2), "queued");
    assert_contains(((const Effect *)world->said->pdata[0])->say.text, "While I was asleep:");
    assert_contains(((const Effect *)world->said->pdata[0])->say.text,
                    "p1: step 2 of 2 waits: I am asleep; it begins when I wake (!cancel p1 stops "
                    "it)");
    assert_contains(world_last_said(world),
                    "agent1: awake\np1: goes on with step 2 of 2; !cancel p1 stops it");
    fleet_succeeds(world, 2, NULL);
    assert_contains(world_last_said(world), "p1: 2 succeeded; ");
}

/* !agentsON wakes the agents, too: they say so a moment later. */
static void agents_may_take_a_moment_to_wake(void **state)
{
    World *world = *state;
    Message *status = message_new(MESSAGE_STATUS, WORLD_MESSAGE_ID, "web2", world->now_ms);
    g_autofree char *journal = fleet_journal(2);

    world_write(world, "oskar", "s1", "PLAN: web1|true ;; web2|true");
    world_write(world, "oskar", NULL, "!agentsOFF");
    status->status.name = g_strdup("web2");
    status->status.session = 1;
    status->status.seq = 2;
    status->status.state = (int)AGENT_PAUSED;
    world_report_as(world, 2, TOPIC_KIND_STATUS, "web2", journal, message_copy(status));
    fleet_succeeds(world, 1, NULL);
    world_write(world, "oskar", NULL, "!agentsON");
    assert_string_equal(fleet_plan_state(world, "p1"), "running");
    assert_string_equal(world_run_state(world, 2), "none");
    world_wait(world, 3 * SECOND_MS);
    assert_string_equal(world_run_state(world, 2), "none");
    status->status.seq = 3;
    status->status.state = (int)AGENT_ONLINE;
    world_report_as(world, 2, TOPIC_KIND_STATUS, "web2", journal, message_copy(status));
    world_wait(world, 2 * SECOND_MS);
    assert_string_equal(world_run_state(world, 2), "queued");
    message_free(status);
}

static void an_agent_that_stays_paused_ends_it(void **state)
{
    World *world = *state;
    Message *status = message_new(MESSAGE_STATUS, WORLD_MESSAGE_ID, "web2", world->now_ms);
    g_autofree char *journal = fleet_journal(2);

    world_write(world, "oskar", "s1", "PLAN: web1|true ;; web2|true");
    world_write(world, "oskar", NULL, "!agentsOFF");
    status->status.name = g_strdup("web2");
    status->status.session = 1;
    status->status.seq = 2;
    status->status.state = (int)AGENT_PAUSED;
    world_report_as(world, 2, TOPIC_KIND_STATUS, "web2", journal, status);
    fleet_succeeds(world, 1, NULL);
    world_write(world, "oskar", NULL, "!agentsON");
    world_wait(world, 2 * MINUTE_MS);
    assert_string_equal(fleet_plan_state(world, "p1"), "stopped");
    assert_contains(world_last_said(world), "web2: refused (paused)");
}

static void a_silent_agent_makes_it_wait(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|true ;; web2|true");
    world_wait(world, 13 * MINUTE_MS);
    world_forget(world); /* of the agents' silence, too */
    world_wait(world, 2 * HOUR_MS);
    assert_contains(world_last_said(world),
                    "#1 web1: unconfirmed (past its time and its agent is silent)\n"
                    "p1 waits for that: step 1 of 2; !cancel p1 stops it");
    assert_int_equal(fleet_said(world), 1);
    fleet_succeeds(world, 1, NULL);
    assert_string_equal(world_run_state(world, 2), "queued");
}

static void register_wiper(World *world)
{
    g_autofree char *journal = fleet_journal(1);

    world_register_as(world, 1, "web1", journal, 2, "[{\"name\":\"wipe\",\"risk\":\"high\"}]");
    world_forget(world);
}

static void a_step_that_needs_an_approval(void **state)
{
    World *world = *state;

    register_wiper(world);
    world_write(world, "oskar", "s1", "PLAN: web2|true ;; web1|wipe ;; web3|true");
    fleet_succeeds(world, 1, NULL);
    assert_string_equal(world_run_state(world, 2), "awaiting_approval");
    assert_true(fleet_count_said(world, "p1: step 2 of 3\n#2 web1: awaiting_approval (work of high "
                                        "risk") == 1);
    world_restart(world);
    fleet_register(world, 3);
    world_write(world, "ana", NULL, "!approve 2");
    assert_string_equal(world_run_state(world, 2), "queued");
    fleet_succeeds(world, 2, NULL);
    assert_string_equal(world_run_state(world, 3), "queued");
    fleet_succeeds(world, 3, NULL);
    assert_string_equal(fleet_plan_state(world, "p1"), "done");
    assert_int_equal(fleet_count_said(world, "p1: 3 succeeded; "), 1);
}

static void a_step_that_a_person_rejects(void **state)
{
    World *world = *state;

    register_wiper(world);
    world_write(world, "oskar", "s1", "PLAN: web1|wipe ;; web3|true");
    world_write(world, "ana", NULL, "!reject 1 not today");
    assert_string_equal(world_run_state(world, 1), "denied");
    assert_string_equal(fleet_plan_state(world, "p1"), "stopped");
    assert_int_equal(fleet_count_said(world, "p1: stopped: 1 failed, 1 not run; "), 1);
}

static void steps_for_several_agents(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|true ;; web[23]|deploy ;; web1|check");
    fleet_succeeds(world, 1, NULL);
    assert_string_equal(world_run_state(world, 3), "queued");
    fleet_succeeds(world, 3, NULL);
    assert_string_equal(world_run_state(world, 4), "none");
    fleet_succeeds(world, 2, NULL);
    assert_string_equal(world_run_state(world, 4), "queued");
    fleet_succeeds(world, 4, NULL);
    assert_string_equal(world_last_said(world), "#1 web1: succeeded (exit 0, 0.4 s)\n"
                                                "#2 web2: succeeded (exit 0, 0.4 s)\n"
                                                "#3 web3: succeeded (exit 0, 0.4 s)\n"
                                                "#4 web1: succeeded (exit 0, 0.4 s)\n"
                                                "p1: 4 succeeded; 0.0 s");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        FLEET_TEST(one_step_after_the_other),
        FLEET_TEST(a_failure_stops_it),
        FLEET_TEST(nothing_is_done_where_a_step_is_wrong),
        FLEET_TEST(a_dry_run_shows_all_of_it),
        FLEET_TEST(each_step_meets_the_gate_of_its_moment),
        FLEET_TEST(no_such_user_no_step),
        FLEET_TEST(a_step_that_its_agent_puts_off_is_told),
        FLEET_TEST(a_step_that_must_wait_makes_the_plan_wait),
        FLEET_TEST(asleep_it_waits_and_goes_on),
        FLEET_TEST(agents_may_take_a_moment_to_wake),
        FLEET_TEST(an_agent_that_stays_paused_ends_it),
        FLEET_TEST(a_silent_agent_makes_it_wait),
        FLEET_TEST(a_step_that_needs_an_approval),
        FLEET_TEST(a_step_that_a_person_rejects),
        FLEET_TEST(steps_for_several_agents),
    };

    return cmocka_run_group_tests_name("core-plans", tests, NULL, NULL);
}
