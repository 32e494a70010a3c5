/* A task, a plan and a schedule fired by hand in closed hours: why, until when, and how it can
 * wait: a question, but for what stands in a file that may change before the yes. The world begins
 * at 14:13:20 UTC. */
#include "plan-world.h"

#include "common/base/banned.h"

#define TEA "[{\"start\":\"14:00\",\"end\":\"15:00\",\"label\":\"tea\"}]"
#define WHY "web1: refused (blackout): blackout hours 14:00-15:00 (tea); next: 15:00 UTC\n"

static int closed_setup(void **state)
{
    World *world = fleet_world();

    world->blackouts = world_json(TEA);
    world->tasks =
        world_json("{\"tasks\":[{\"id\":\"apt\",\"agent\":\"web1\",\"task\":\"apt update\","
                   "\"cron\":\"daily 03:00\"}]}");
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    world_forget(world);
    *state = world;
    return 0;
}

static const struct {
    const char *asked;
    const char *answer;
    const char *with_defer;
} ways[] = {
    { "DELEGATE: web1 | one", WHY "run then? !yes or !no", "DELEGATE: web1 --defer | one" },
    { "PLAN: web1|one ;; web2|two",
      WHY "that is step 1 of the plan; nothing was done\nrun then? !yes or !no",
      "PLAN: --defer web1|one ;; web2|two" },
    { "!fire apt", WHY "to run it then: !fire apt --defer", "!fire apt --defer" },
    { "!fire apt", WHY "to run it then: !fire apt --defer", "!fire --defer apt" },
};

#define ASKED 2 /* of these */

static void each_is_offered_for_later(void **state)
{
    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(ways); i++) {
        World *world;

        print_message("%s\n", ways[i].asked);
        closed_setup((void **)&world);
        world_write(world, "oskar", NULL, ways[i].asked);
        assert_string_equal(world_last_said(world), ways[i].answer);
        assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
        assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), i < ASKED ? 1 : 0);
        if (i >= ASKED) {
            world_free(world);
            continue;
        }
        world_write(world, "oskar", NULL, ways[i].asked);
        assert_contains(world_last_said(world), "That is question 1 already: !yes 1 or !no 1");
        world_write(world, "oskar", NULL, "!yes");
        assert_contains(world_last_said(world),
                        "#1 web1: deferred (blackout hours 14:00-15:00 (tea); starts 15:00 UTC)");
        world_wait(world, 47 * MINUTE_MS);
        assert_string_equal(world_run_state(world, 1), "queued");
        world_free(world);
    }
}

/* A yes means those that were shown, whoever has joined by then. */
static void a_plan_is_of_those_that_were_there(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "PLAN: web[12]|one ;; web* --batch 2 --limit 3|ls \\;; true");
    assert_contains(world_last_said(world), "run then? !yes or !no");
    fleet_add(world, FLEET + 1);
    fleet_add(world, 12);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    world_write(world, "oskar", NULL, "!pending");
    print_message("%s\n", world_last_said(world));
    assert_contains(world_last_said(world), "begin the plan when its hours allow: web1,web2|one ;; "
                                            "web1,web2,web3 --batch 2|ls");
    world_write(world, "oskar", NULL, "!yes");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 2);
    assert_int_equal(world_count_rows(world, TABLE_STEPS), 5);
}

static void a_script_says_it_at_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(ways); i++) {
        World *world;

        print_message("%s\n", ways[i].with_defer);
        closed_setup((void **)&world);
        world_write(world, "oskar", NULL, ways[i].with_defer);
        assert_contains(world_last_said(world), "#1 web1: deferred (blackout hours");
        assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 0);
        world_free(world);
    }
}

/* What begins when the step before has ended finds nobody to ask: it waits. */
static void a_later_step_waits_by_itself(void **state)
{
    World *world = *state;

    world->now_ms += 47 * MINUTE_MS;
    world_write(world, "oskar", NULL, "PLAN: web1|one ;; web2|two");
    assert_string_equal(world_run_state(world, 1), "queued");
    json_free(world->blackouts);
    world->blackouts = world_json("[{\"start\":\"15:00\",\"end\":\"16:00\"}]");
    world_configure(world);
    fleet_succeeds(world, 1, NULL);
    assert_string_equal(world_run_state(world, 2), "deferred");
}

/* What never opens is offered to nobody. */
static void hours_that_never_end(void **state)
{
    World *world = *state;

    json_free(world->blackouts);
    world->blackouts = world_json("[{\"start\":\"00:00\",\"end\":\"24:00\"}]");
    world_configure(world);
    for (unsigned i = 0; i < G_N_ELEMENTS(ways); i++) {
        world_write(world, "oskar", NULL, ways[i].asked);
        assert_contains(world_last_said(world), "; next: not within two weeks");
    }
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 0);
}

#define CLOSED_TEST(function)                                                                      \
    cmocka_unit_test_setup_teardown(function, closed_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_offered_for_later),
        cmocka_unit_test(a_script_says_it_at_once),
        CLOSED_TEST(a_plan_is_of_those_that_were_there),
        CLOSED_TEST(a_later_step_waits_by_itself),
        CLOSED_TEST(hours_that_never_end),
    };

    return cmocka_run_group_tests_name("core-closed_hours", tests, NULL, NULL);
}
