/* The report of the day: what it counts, of which day, also after a restart. */
#include "agent2/flow/worker_day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/agent2/worker_world.h"

#include "common/base/banned.h"

/* Asks, and gives what was published. */
static const MessageReport *ask(World *world)
{
    const WorkerEffect *effect;

    world_forget(world);
    g_free(world_control(world, CONTROL_REPORT, NULL));
    assert_int_equal(world_count(world, MESSAGE_REPORT), 1);
    effect = g_ptr_array_index(world->said, world->said->len - 1);
    assert_string_equal(effect->publish.topic, TOPIC_DAILY_REPORT);
    assert_true(effect->publish.is_sealed);
    assert_non_null(effect->publish.message->journal);
    return &effect->publish.message->report;
}

static void expect_json(const Json *json, const char *wanted)
{
    g_autofree char *text = json_print(json);

    assert_string_equal(text, wanted);
}

/* A run that starts now and ends after so long. */
static void run_for(World *world, int64_t duration_ms, int exit_code)
{
    g_autoptr(Message) task = world_new_task(world, "true");

    world_send(world, task);
    world_shim_starts(world, task);
    world->now_ms += duration_ms;
    world->boot_ms += duration_ms;
    world_shim_ends(world, task, END_EXITED, exit_code);
    world_done(world, task);
}

static void test_a_day_without_work(void **state)
{
    g_autoptr(World) world = world_new();
    const MessageReport *report = ask(world);

    (void)state;
    assert_string_equal(report->day, "2026-11-18");
    expect_json(report->counts, "{\"running\":0,\"queued\":0}");
    expect_json(report->durations, "{\"count\":0}");
    expect_json(report->errors, "[]");
}

static void test_runs_are_counted_by_their_end(void **state)
{
    g_autoptr(World) world = world_new();
    const MessageReport *report;

    (void)state;
    world->max_parallel = 1;
    for (int64_t i = 1; i <= 20; i++)
        run_for(world, i * 100, i == 20);
    report = ask(world);
    expect_json(report->counts, "{\"succeeded\":19,\"failed\":1,\"running\":0,\"queued\":0}");
    expect_json(report->durations,
                "{\"count\":20,\"median_ms\":1000,\"p95_ms\":1900,\"max_ms\":2000}");
    world_crash(world);
    report = ask(world);
    expect_json(report->counts, "{\"succeeded\":19,\"failed\":1,\"running\":0,\"queued\":0}");
    expect_json(report->durations,
                "{\"count\":20,\"median_ms\":1000,\"p95_ms\":1900,\"max_ms\":2000}");
}

static void test_yesterday_is_not_counted(void **state)
{
    g_autoptr(World) world = world_new();
    const MessageReport *report;

    (void)state;
    run_for(world, 100, 0);
    world_pass(world, DAY_MS);
    run_for(world, 300, 1);
    report = ask(world);
    assert_string_equal(report->day, "2026-11-19");
    expect_json(report->counts, "{\"failed\":1,\"running\":0,\"queued\":0}");
    expect_json(report->durations, "{\"count\":1,\"median_ms\":300,\"p95_ms\":300,\"max_ms\":300}");
}

/* 14:26 in London is the next day already where the installation is. */
static void test_the_day_is_the_installations(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Pacific/Auckland");
    g_autoptr(Message) policy = world_new_control(world, CONTROL_POLICY, NULL);

    (void)state;
    zones_add(world->zones, "Pacific/Auckland", zone);
    json_free(policy->control.policy);
    policy->control.policy = json_new_object();
    json_set_string(policy->control.policy, "timezone", "Pacific/Auckland");
    json_set(policy->control.policy, "blackouts", json_new_array());
    world_send(world, policy);
    assert_string_equal(ask(world)->day, "2026-11-19");
}

static void test_errors_are_named(void **state)
{
    g_autoptr(World) world = world_new();
    g_autofree char *errors = NULL;

    (void)state;
    for (int i = 0; i < 30; i++) {
        WorkerEvent *event = worker_event_new(WORKER_EVENT_SET_ASIDE);

        event->set_aside.what = g_strdup_printf("message %d", i);
        world_feed(world, event);
    }
    errors = json_print(ask(world)->errors);
    assert_non_null(strstr(errors, "message 29"));
    assert_null(strstr(errors, "message 19\""));
    world_pass(world, DAY_MS);
    expect_json(ask(world)->errors, "[]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_day_without_work),
        cmocka_unit_test(test_runs_are_counted_by_their_end),
        cmocka_unit_test(test_yesterday_is_not_counted),
        cmocka_unit_test(test_the_day_is_the_installations),
        cmocka_unit_test(test_errors_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
