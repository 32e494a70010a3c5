/* !tasks, PLAN_LIST: and !reset. */
#include "core-world.h"

#include "common/base/banned.h"

static void schedules_are_shown_and_do_not_fire(void **state)
{
    World *world = *state;

    world_write(world, "vera", NULL, "!tasks");
    assert_contains(world_last_said(world), "This version does not fire them yet:\nnone");
    world->tasks = world_json(
        "{\"tasks\":[{\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"every 6h\"},"
        "{\"id\":\"apt-weekly\",\"agent\":\"web9\",\"task\":\"apt update && apt upgrade -y\","
        "\"cron\":\"weekly lun 03:00\",\"timezone\":\"UTC\",\"enabled\":false,\"user\":\"ana\"}]}");
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    world_write(world, "vera", NULL, "plan_list:");
    assert_string_equal(
        world_last_said(world),
        "Schedules, zone UTC (people edit tasks_schedule.json). This version does not fire them "
        "yet:\n(without id): every 6h · web1 · true\n"
        "apt-weekly: weekly lun 03:00 (UTC) · web9 (no agent of that name) · apt update && apt "
        "upgrade -y · as ana · off");
    world_register(world, JOURNAL_1, 1);
    world_wait(world, HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void a_mistake_leaves_what_is_there(void **state)
{
    World *world = *state;
    CoreFiles files = { .config = world->config, .zones = world->zones, .host_zone = "UTC" };
    g_autoptr(Json) tasks = world_json("{\"tasks\":[{\"agent\":\"web1\",\"task\":\"true\"}]}");
    g_autoptr(Json) reports = world_json("{\"daily_report_time\":\"25:00\"}");
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) other = NULL;

    files.tasks = tasks;
    assert_false(core_configure(world->core, &files, NULL, &error));
    assert_true(g_str_has_prefix(error->message, "tasks_schedule.json: tasks[0].cron"));
    files.reports = reports;
    assert_false(core_configure(world->core, &files, NULL, &other));
    assert_true(g_str_has_prefix(other->message, "reports_schedule.json: daily_report_time: "));
    world_write(world, "vera", NULL, "!tasks");
    assert_contains(world_last_said(world), "none");
}

static void reset_forgets_ones_own_questions_here(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "!reset");
    assert_string_equal(world_last_said(world), "nothing to forget: no question is open here");
    world_write(world, "oskar", NULL, "!reports set web1 22:00");
    world_write(world, "oskar", NULL, "!reports set web2 22:00");
    world_write(world, "ana", NULL, "!reports set web1 23:00");
    world_write(world, "oskar", NULL, "!reset");
    assert_string_equal(world_last_said(world), "forgotten: 2 open questions of this conversation");
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_last_said(world), "no question is open here");
    world_write(world, "ana", NULL, "!yes");
    assert_contains(world_last_said(world), "web1: 23:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(schedules_are_shown_and_do_not_fire),
        WORLD_TEST(a_mistake_leaves_what_is_there),
        WORLD_TEST(reset_forgets_ones_own_questions_here),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
