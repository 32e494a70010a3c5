/* Plans over restarts, cancelled, and shown. */
#include "plan-world.h"

#include "common/base/banned.h"

/* agent1 dies after every event; the agents are there again at once. */
static void restart(World *world)
{
    unsigned i;

    world_restart(world);
    for (i = 1; i <= FLEET; i++)
        fleet_register(world, i);
}

static void nothing_is_lost_or_doubled_over_restarts(void **state)
{
    static const char *const orders[] = {
        "PLAN: web1|a ;; web2|b ;; web[34]|c ;; web1|d",
        "@web[1-5] --batch 2 a",
    };
    unsigned i;
    int64_t run;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(orders); i++) {
        World *world = fleet_world();

        print_message("%s\n", orders[i]);
        world_write(world, "oskar", "s1", orders[i]);
        restart(world);
        world_write(world, "oskar", "s1", orders[i]); /* the server says it again */
        for (run = 1; run <= 5; run++) {
            assert_string_equal(world_run_state(world, run), "queued");
            world_forget(world);
            fleet_succeeds(world, run, NULL);
            restart(world);
            fleet_succeeds(world, run, NULL); /* not acknowledged: said again */
        }
        assert_int_equal(world_count_rows(world, TABLE_RUNS), 5);
        assert_int_equal(world_count_rows(world, TABLE_PLANS), 1);
        assert_string_equal(fleet_plan_state(world, "p1"), "done");
        assert_int_equal(fleet_count_said(world, "p1: 5 succeeded; "), 1);
        world_write(world, "oskar", NULL, "@web[12] true");
        assert_contains(world_last_said(world), "p2: 2 agents");
        world_free(world);
    }
}

static void a_failure_stands_over_a_restart(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "@web[1-5] --batch 3 a");
    fleet_fails(world, 1, NULL);
    restart(world);
    fleet_succeeds(world, 2, NULL);
    restart(world);
    fleet_succeeds(world, 3, NULL);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 3);
    assert_contains(world_last_said(world), "p1: stopped: 2 succeeded, 1 failed, 2 not run; ");
    assert_string_equal(fleet_plan_state(world, "p1"), "stopped");
}

/* One of a stage is refused while the other goes on: what stood behind is dropped for good. */
static void a_refusal_stands_over_a_restart(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|a ;; web2,web3|b ;; web4|c");
    world_write(world, "oskar", NULL, "!agentOFF web2");
    fleet_succeeds(world, 1, NULL);
    assert_string_equal(world_run_state(world, 2), "queued");
    restart(world);
    fleet_succeeds(world, 2, NULL);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 2);
    assert_string_equal(fleet_plan_state(world, "p1"), "stopped");
    world_write(world, "vera", NULL, "!run p1");
    assert_contains(world_last_said(world), "3. web4 | c: not run");
}

/* The step's row is there, the run's is not: a database that a person mended. */
static void a_run_that_is_gone_is_unknown(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|a ;; web2|b");
    row_store_delete(&world->store, TABLE_RUNS, world_run_id(world, 1));
    restart(world);
    assert_int_equal(fleet_count_said(world, "#1 web1: unknown (its record is lost)\n"
                                             "web2 | b: not run\np1: stopped: 1 failed, 1 not run"),
                     1);
}

/* ---- !cancel ---- */

static void cancelled_as_a_whole(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|sleep 600 ;; web2|b");
    world_forget(world);
    world_write(world, "ana", NULL, "!cancel p1");
    assert_string_equal(world_last_said(world), "p1: cancelling; 1 of its runs is at work");
    assert_string_equal(world_run_state(world, 1), "cancelling");
    fleet_result(world, 1, "cancelled", MESSAGE_ABSENT, NULL);
    assert_contains(world_last_said(world), "#1 web1: cancelled (0.4 s)\nweb2 | b: not run\n"
                                            "p1: cancelled by ana: 1 cancelled, 1 not run; ");
    assert_string_equal(fleet_plan_state(world, "p1"), "cancelled");
    world_write(world, "oskar", NULL, "!cancel P1");
    assert_string_equal(world_last_said(world), "p1: it is over already: cancelled");
    world_write(world, "oskar", NULL, "!cancel p2");
    assert_string_equal(world_last_said(world), "p2: no such plan; !runs lists the last runs");
    world_write(world, "vera", NULL, "!cancel p1");
    assert_contains(world_last_said(world), "!cancel: refused (role)");
}

static void put_off_as_a_whole(void **state)
{
    World *world = *state;

    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
    world_configure(world);
    world_write(world, "oskar", "s1", "PLAN: --defer web1|a ;; web2|b");
    world_write(world, "ana", NULL, "!defer p1 20m");
    assert_string_equal(world_last_said(world),
                        "p1: a plan cannot be put off, only a run of it that waits: !defer 1 20m");
    world_write(world, "ana", NULL, "!cancel p1");
    world_write(world, "ana", NULL, "!defer p1");
    assert_string_equal(world_last_said(world),
                        "p1: a plan cannot be put off, only a run of it that waits, and none "
                        "does; !pending lists what waits");
}

/* Nothing of it had left: it is over at once, and told of once. */
static void cancelled_before_it_began(void **state)
{
    World *world = *state;

    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
    world_configure(world);
    world_write(world, "oskar", "s1", "@web[123] --defer true");
    assert_contains(world_last_said(world), "p1: 3 agents: web1, web2, web3");
    world_forget(world);
    world_write(world, "oskar", NULL, "!cancel p1");
    assert_string_equal(world_run_state(world, 1), "cancelled");
    assert_string_equal(world_run_state(world, 3), "cancelled");
    assert_string_equal(fleet_plan_state(world, "p1"), "cancelled");
}

static void one_run_of_a_plan(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|sleep 600 ;; web2|b");
    world_write(world, "oskar", NULL, "!cancel 1");
    fleet_result(world, 1, "cancelled", MESSAGE_ABSENT, NULL);
    assert_contains(world_last_said(world), "p1: stopped: 1 cancelled, 1 not run");
}

static void while_agent1_sleeps_nothing_begins(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1|a ;; web2|b");
    world_write(world, "oskar", NULL, "!agentOFF agent1");
    fleet_succeeds(world, 1, NULL);
    world_write(world, "oskar", NULL, "!agentON agent1");
    world_write(world, "oskar", NULL, "!cancel p1");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 2);
    assert_string_equal(world_run_state(world, 2), "cancelling");
}

/* A terminal that waited hears that it waits no more. */
static void a_terminal_is_told_of_sleep(void **state)
{
    World *world = *state;
    const Message *reply;

    world_type(world, "c1", "PLAN: web1|a ;; web2|b", false, false);
    world_write(world, "oskar", NULL, "!agentOFF agent1");
    fleet_succeeds(world, 1, NULL);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, "deferred");
    assert_contains(reply->reply.text, "p1: step 2 of 2 waits: I am asleep");
    world_write(world, "oskar", NULL, "!agentON agent1");
    fleet_succeeds(world, 2, NULL);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, "succeeded");
}

/* ---- !run and !runs ---- */

static void plans_are_shown(void **state)
{
    static const char live[] = "p1: running · asked for by oskar at 14:13\n"
                               "1. #1 web1: failed (exit 2, 0.4 s)\n"
                               "1. #2 web2: queued\n"
                               "2. web3 | b: not run";
    World *world = *state;

    world_write(world, "oskar", "s1", "PLAN: web1,web2|a ;; web3|b");
    fleet_fails(world, 1, "x\n");
    world_write(world, "vera", NULL, "!run p1");
    assert_string_equal(world_last_said(world), live);
    world_write(world, "vera", NULL, "!runs P1");
    assert_string_equal(world_last_said(world), live);
    fleet_succeeds(world, 2, NULL);
    world_write(world, "vera", NULL, "!run p1");
    assert_string_equal(world_last_said(world), "p1: stopped · asked for by oskar at 14:13\n"
                                                "1. #1 web1: failed (exit 2, 0.4 s)\n"
                                                "1. #2 web2: succeeded (exit 0, 0.4 s)\n"
                                                "2. web3 | b: not run");
    world_write(world, "vera", NULL, "!run p9");
    assert_string_equal(world_last_said(world), "p9: no such plan; !runs lists the last runs");
    world_write(world, "vera", NULL, "!run 2");
    assert_contains(world_last_said(world), ", part of p1");
    world_write(world, "vera", NULL, "!runs");
    assert_contains(world_last_said(world), " · p1 · ");
}

static void one_task_is_shown_once(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "@web[12] uptime");
    fleet_succeeds(world, 1, NULL);
    fleet_succeeds(world, 2, NULL);
    world_write(world, "vera", NULL, "!run p1");
    assert_string_equal(world_last_said(world), "p1: done · asked for by oskar at 14:13\n"
                                                "task: uptime\n"
                                                "#1 web1: succeeded (exit 0, 0.4 s)\n"
                                                "#2 web2: succeeded (exit 0, 0.4 s)");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_or_doubled_over_restarts),
        FLEET_TEST(a_failure_stands_over_a_restart),
        FLEET_TEST(a_refusal_stands_over_a_restart),
        FLEET_TEST(a_run_that_is_gone_is_unknown),
        FLEET_TEST(cancelled_as_a_whole),
        FLEET_TEST(put_off_as_a_whole),
        FLEET_TEST(cancelled_before_it_began),
        FLEET_TEST(one_run_of_a_plan),
        FLEET_TEST(while_agent1_sleeps_nothing_begins),
        FLEET_TEST(a_terminal_is_told_of_sleep),
        FLEET_TEST(plans_are_shown),
        FLEET_TEST(one_task_is_shown_once),
    };

    return cmocka_run_group_tests_name("core-plan_life", tests, NULL, NULL);
}
