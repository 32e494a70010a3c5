/* One task for several agents: one plan, one summary. */
#include "plan-world.h"

#include "common/base/banned.h"

static void pause_agent(World *world, const char *name)
{
    g_autofree char *text = g_strdup_printf("!agentOFF %s", name);

    world_write(world, "oskar", NULL, text);
    world_forget(world);
}

static void all_of_them_and_one_summary(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "@web* uptime");
    assert_string_equal(world_last_said(world), "p1: 5 agents: web1, web2, web3, web4, web5");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 5);
    world_forget(world);
    fleet_succeeds(world, 2, "same\n");
    fleet_succeeds(world, 1, "same\n");
    fleet_fails(world, 3, "no disk\n");
    fleet_succeeds(world, 5, NULL);
    assert_int_equal(fleet_said(world), 0);
    fleet_succeeds(world, 4, "other\n");
    assert_int_equal(fleet_said(world), 1);
    assert_string_equal(world_last_said(world),
                        "#3 web3: failed (exit 2, 0.4 s)\n```\nno disk\n```\n"
                        "web1, web2 (2): succeeded\n```\nsame\n```\n"
                        "#4 web4: succeeded (exit 0, 0.4 s)\n```\nother\n```\n"
                        "#5 web5: succeeded (exit 0, 0.4 s)\n"
                        "p1: 4 succeeded, 1 failed; 0.0 s");
    assert_string_equal(fleet_plan_state(world, "p1"), "done");
}

static void refusals_of_some_stop_nobody(void **state)
{
    World *world = *state;

    pause_agent(world, "web2");
    world_write(world, "oskar", "s1", "DELEGATE: web[12], web3 | uptime");
    assert_string_equal(world_last_said(world), "p1: 2 agents: web1, web3");
    world_forget(world);
    fleet_succeeds(world, 1, NULL);
    fleet_succeeds(world, 2, NULL);
    assert_string_equal(
        world_last_said(world),
        "web2: refused (paused): it is paused by oskar since 14:13; !agentON web2 resumes it\n"
        "web1, web3 (2): succeeded, without output\n"
        "p1: 2 succeeded, 1 refused (paused); 0.0 s");
}

static void when_all_are_refused_that_is_the_answer(void **state)
{
    World *world = *state;

    world_write(world, "vera", "s1", "@web[12] uptime");
    assert_int_equal(fleet_said(world), 1);
    assert_string_equal(world_last_said(world),
                        "web1: refused (role): this needs the role operator; yours is viewer\n"
                        "web2: refused (role): this needs the role operator; yours is viewer\n"
                        "p1: 2 refused (role); 0.0 s");
    assert_string_equal(fleet_plan_state(world, "p1"), "done");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void a_limit_takes_the_first_ones(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@all --limit 2 true");
    assert_string_equal(world_last_said(world), "p1: 2 agents: web1, web2");
    world_write(world, "oskar", NULL, "@all \xE2\x80\x94limit 1 true");
    assert_string_equal(world_last_said(world), "#3 web1: queued");
    assert_null(row_text(world_run(world, 3), RUNS_PLAN));
}

static void batches_and_what_a_failure_stops(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "DELEGATE: all --batch 2 | deploy");
    assert_string_equal(world_last_said(world), "p1: batch 1 of 3: 2 agents: web1, web2");
    world_forget(world);
    fleet_succeeds(world, 1, NULL);
    assert_string_equal(world_run_state(world, 3), "none");
    fleet_succeeds(world, 2, NULL);
    assert_string_equal(world_run_state(world, 4), "queued");
    assert_string_equal(world_run_state(world, 5), "none");
    fleet_fails(world, 4, NULL);
    assert_int_equal(fleet_said(world), 0);
    fleet_succeeds(world, 3, NULL);
    assert_string_equal(world_run_state(world, 5), "none");
    assert_string_equal(world_last_said(world),
                        "#4 web4: failed (exit 2, 0.4 s)\n"
                        "web1, web2, web3 (3): succeeded, without output\n"
                        "web5 | deploy: not run\n"
                        "p1: stopped: 3 succeeded, 1 failed, 1 not run; 0.0 s");
}

static void what_takes_long_is_not_waited_for(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "@web[123] uptime");
    fleet_succeeds(world, 1, NULL);
    fleet_succeeds(world, 2, NULL);
    world_forget(world);
    world_wait(world, HOUR_MS);
    assert_string_equal(world_last_said(world),
                        "#3 web3: unconfirmed (past its time and its agent is silent)\n"
                        "web1, web2 (2): succeeded, without output\n"
                        "p1: 2 succeeded, 1 not over yet; 15 min");
    assert_string_equal(fleet_plan_state(world, "p1"), "running");
    world_restart(world);
    world_forget(world);
    fleet_succeeds(world, 3, "up\n");
    assert_int_equal(fleet_said(world), 1);
    assert_string_equal(world_last_said(world), "#3 web3: succeeded (exit 0, 0.4 s)\n```\nup\n```");
    assert_string_equal(fleet_plan_state(world, "p1"), "done");
}

/* The hours of one of them are over: it is offered to run there when they begin. */
static void some_may_work_later(void **state)
{
    World *world = *state;
    Json *web2 = json_member_mutable(json_member_mutable(world->registry, "agents"), "web2");

    json_set(web2, "work_hours", world_json("{\"start\":\"20:00\",\"end\":\"22:00\"}"));
    world_configure(world);
    world_write(world, "oskar", "s1", "@web[123] true");
    assert_string_equal(world_last_said(world), "p1: 2 agents: web1, web3\nrun then? !yes or !no");
    fleet_succeeds(world, 1, NULL);
    fleet_succeeds(world, 2, NULL);
    assert_contains(world_last_said(world), "web2: refused (work_hours): outside its work hours");
    assert_contains(world_last_said(world), "p1: 2 succeeded, 1 refused (work_hours); ");
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_run_state(world, 3), "deferred");
    world_forget(world);
    world_wait(world, 6 * HOUR_MS);
    assert_contains(world_last_said(world), "#3 web2: queued");
}

/* All wait for their hours: they are told of as what waits, and each by itself at its end. */
static void all_may_wait(void **state)
{
    World *world = *state;

    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
    world_configure(world);
    world_write(world, "oskar", "s1", "@web[12] --defer true");
    assert_string_equal(world_last_said(world),
                        "p1: 2 agents: web1, web2\n"
                        "#1 web1: deferred (blackout hours 14:00-15:00; starts 15:00 UTC)\n"
                        "#2 web2: deferred (blackout hours 14:00-15:00; starts 15:00 UTC)");
    world_wait(world, HOUR_MS / 2);
    world_forget(world); /* of the agents' silence, too */
    world_wait(world, HOUR_MS / 2);
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_int_equal(fleet_said(world), 0);
    fleet_succeeds(world, 1, NULL);
    fleet_succeeds(world, 2, NULL);
    assert_int_equal(fleet_said(world), 1);
    assert_contains(world_last_said(world), "web1, web2 (2): succeeded, without output\np1: 2");
}

static void at_a_terminal(void **state)
{
    World *world = *state;
    const Message *reply;

    world_type(world, "c1", "@web[123] --batch 2 true", false, false);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_false(reply->reply.is_final);
    assert_int_equal(reply->reply.runs->len, 2);
    fleet_succeeds(world, 1, "a\n");
    assert_int_equal(world_count_sent(world, MESSAGE_RESULT), 1);
    fleet_succeeds(world, 2, "a\n");
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_string_equal(reply->reply.text, "p1: batch 2 of 2: 1 agent: web3");
    assert_int_equal(reply->reply.runs->len, 3);
    assert_false(reply->reply.is_final);
    fleet_fails(world, 3, "b\n");
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, "failed");
    assert_int_equal(reply->reply.runs->len, 3);
    assert_contains(reply->reply.text, "p1: 2 succeeded, 1 failed;");
}

static void the_worst_outcome_is_the_chats(void **state)
{
    static const struct {
        const char *what;
        const char *paused; /* or NULL */
        const char *ends;   /* s, f or t for each run */
        const char *outcome;
    } rows[] = {
        { "all well", NULL, "ss", "succeeded" },
        { "one failed", NULL, "sf", "failed" },
        { "one timed out, one failed", NULL, "ft", "timed_out" },
        { "one refused, one failed", "web2", "f", "refused" },
    };
    unsigned i;
    unsigned j;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = fleet_world();

        print_message("%s\n", rows[i].what);
        if (rows[i].paused)
            pause_agent(world, rows[i].paused);
        world_type(world, "c1", "@web[12] true", false, false);
        for (j = 0; rows[i].ends[j]; j++) {
            if (rows[i].ends[j] == 's')
                fleet_succeeds(world, j + 1, NULL);
            else if (rows[i].ends[j] == 'f')
                fleet_fails(world, j + 1, NULL);
            else
                fleet_result(world, j + 1, "timed_out", MESSAGE_ABSENT, NULL);
        }
        assert_true(world_last_sent(world, MESSAGE_REPLY)->reply.is_final);
        assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, rows[i].outcome);
        world_free(world);
    }
}

/* ---- many ---- */

static World *large_world(unsigned count)
{
    World *world = world_new();
    Json *agents = json_member_mutable(world->registry, "agents");
    unsigned i;

    for (i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("db%04u", i);
        Json *entry = json_new_object();
        g_autofree char *key = NULL;
        Key bytes;

        memset(bytes.bytes, 200, sizeof bytes.bytes);
        bytes.bytes[0] = (uint8_t)(i & 0xFF);
        bytes.bytes[1] = (uint8_t)(i >> 8);
        key = key_print(&bytes);
        json_set_string(entry, "public_key", key);
        json_set_bool(entry, "accepted", true);
        json_set(agents, name, entry);
    }
    world_configure(world);
    return world;
}

static void a_thousand_at_most(void **state)
{
    World *world = large_world(1001);

    (void)state;
    world_write(world, "oskar", NULL, "@db* true");
    assert_string_equal(world_last_said(world),
                        "1001 runs: at most 1000 in one plan (--limit <n> takes the first ones); "
                        "nothing was done");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    world_free(world);
}

/* Nobody is there: all of them expire, and one message tells of it. */
static void a_thousand_that_are_not_there(void **state)
{
    World *world = large_world(1000);

    (void)state;
    world_type(world, "c1", "@db* true", false, false);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                        "p1: 1000 agents: db0000, db0001, db0002, db0003, db0004, db0005, db0006, "
                        "db0007, db0008, db0009 and 990 more (1000 offline)");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1000);
    assert_int_equal(world_count_rows(world, TABLE_STEPS), 1000);
    world_restart(world);
    world_forget(world);
    world_wait(world, HOUR_MS);
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), 1);
    assert_true(world_last_sent(world, MESSAGE_REPLY)->reply.is_final);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "expired");
    assert_int_equal(world_last_sent(world, MESSAGE_REPLY)->reply.runs->len, 1000);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                    "\n#50 db0049: expired (its agent was not there in time)\nand 950 more failed: "
                    "db0050,");
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "\np1: 1000 failed; 15 min");
    world_free(world);
}

static void plans_have_a_bound_together(void **state)
{
    World *world = large_world(1000);
    unsigned i;

    (void)state;
    for (i = 0; i < 10; i++) {
        world_write(world, "oskar", NULL, "@db* true");
        assert_contains(world_last_said(world), ": 1000 agents: ");
    }
    world_write(world, "oskar", NULL, "@db0001,db0002 true");
    assert_contains(world_last_said(world),
                    "10000 steps of plans are in hand already: try again when some are over");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 10000);
    world_free(world);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        FLEET_TEST(all_of_them_and_one_summary),
        FLEET_TEST(refusals_of_some_stop_nobody),
        FLEET_TEST(when_all_are_refused_that_is_the_answer),
        FLEET_TEST(a_limit_takes_the_first_ones),
        FLEET_TEST(batches_and_what_a_failure_stops),
        FLEET_TEST(what_takes_long_is_not_waited_for),
        FLEET_TEST(some_may_work_later),
        FLEET_TEST(all_may_wait),
        FLEET_TEST(at_a_terminal),
        cmocka_unit_test(the_worst_outcome_is_the_chats),
        cmocka_unit_test(a_thousand_at_most),
        cmocka_unit_test(a_thousand_that_are_not_there),
        cmocka_unit_test(plans_have_a_bound_together),
    };

    return cmocka_run_group_tests_name("core-fan_out", tests, NULL, NULL);
}
