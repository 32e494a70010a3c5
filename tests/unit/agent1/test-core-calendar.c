/* !calendar: what stands in which hour of which day. */
#include "core-world.h"

#include "agent1/flow/schedules/schedule_book.h"

#include "common/base/banned.h"

static void write_tasks(World *world, const char *entries)
{
    g_autofree char *text = g_strdup_printf("{\"tasks\":[%s]}", entries);

    json_free(world->tasks);
    world->tasks = world_json(text);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

/* The line of a day in what was said last, as "Mon 21 Sep"; the caller owns it. */
static char *line_of(const World *world, const char *day)
{
    const char *at = strstr(world_last_said(world), day);

    assert_non_null(at);
    return g_strndup(at, strcspn(at, "\n"));
}

static void assert_line(const World *world, const char *day, const char *wanted)
{
    g_autofree char *line = line_of(world, day);

    if (strcmp(line + strlen(day) + 1, wanted) != 0)
        fail_msg("%s, expected %s", line, wanted);
}

/* Monday 2026-09-21, 14:13. */
static void a_month(void **state)
{
    World *world = *state;
    unsigned lines = 0;

    json_free(world->blackouts);
    world->blackouts = world_json("[{\"start\":\"02:00\",\"end\":\"05:00\"}]");
    write_tasks(
        world,
        "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"daily 03:00\"},"
        "{\"id\":\"b\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"weekly tue 04:00\","
        "\"on_blocked\":\"skip\"},"
        "{\"id\":\"c\",\"agent\":\"web2\",\"task\":\"x\",\"cron\":\"*/20 16 * * *\"},"
        "{\"id\":\"d\",\"agent\":\"web2\",\"task\":\"x\",\"cron\":\"at 2026-09-24T12:00\"},"
        "{\"id\":\"e\",\"agent\":\"web2\",\"task\":\"x\",\"cron\":\"hourly\",\"enabled\":false}");
    world_write(world, "vera", NULL, "!calendar");
    assert_contains(world_last_said(world), "All agents, the month ahead, zone UTC:\n```\n");
    /* What is over is neither open nor closed. */
    assert_line(world, "Mon 21 Sep", "················3·······");
    assert_line(world, "Tue 22 Sep", "··░░x1··········3·······");
    assert_line(world, "Wed 23 Sep", "··░░░1··········3·······");
    assert_line(world, "Thu 24 Sep", "··░░░1······1···3·······");
    assert_contains(world_last_said(world), "```\n1 to 9 begin in that hour, + more; x skipped; ░ "
                                            "closed (blackout hours)");
    for (const char *at = world_last_said(world); (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 1 + 1 + 31 + 1 + 1);
    world_write(world, "vera", NULL, "!calendar WEB1");
    assert_contains(world_last_said(world), "web1, the month ahead");
    assert_line(world, "Thu 24 Sep", "··░░░1··················");
    world_write(world, "vera", NULL, "!calendar wep1");
    assert_string_equal(world_last_said(world), "wep1: no agent of that name; nearest: web1");
}

static void hours_of_work_of_one_agent(void **state)
{
    World *world = *state;
    Json *agents = json_member_mutable(world->registry, "agents");

    json_set(json_member_mutable(agents, "web1"), "work_hours",
             world_json("{\"start\":\"08:00\",\"end\":\"18:00\",\"enabled\":true}"));
    write_tasks(world,
                "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"0 3,9,22 * * *\"}");
    world_write(world, "vera", NULL, "!calendar web1");
    assert_line(world, "Tue 22 Sep", "░░░░░░░░21········░░░░░░");
    world_write(world, "vera", NULL, "!calendar");
    assert_line(world, "Tue 22 Sep", "········21··············");
    world_write(world, "vera", NULL, "!calendar web2");
    assert_contains(world_last_said(world), "\nno schedule has a time in it");
}

/* What comes all the time, and by thousands, is answered all the same. */
static void too_many(void **state)
{
    World *world = *state;
    g_autoptr(GString) many = g_string_new(NULL);

    write_tasks(world, "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"every 10s\","
                       "\"overlap\":\"allow\"}");
    world_write(world, "vera", NULL, "!calendar web1");
    assert_line(world, "Tue 22 Sep", "++++++++++++++++++++++++");
    for (unsigned i = 0; i < 1000; i++)
        g_string_append_printf(many,
                               "%s{\"id\":\"s%u\",\"agent\":\"web%u\",\"task\":\"x\",\"cron\":"
                               "\"hourly\"}",
                               i ? "," : "", i, i % 2 + 1);
    write_tasks(world, many->str);
    world_write(world, "vera", NULL, "!calendar");
    assert_contains(world_last_said(world), "There are too many for one screen: !calendar <agent>");
}

/* The first of one agent's, whatever the order of the file, also where there are more. */
static void those_of_one_agent_in_their_order(void **state)
{
    static const char *const wanted[] = { "b", "d", "a" };
    World *world = *state;

    write_tasks(world, "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"daily 18:00\"},"
                       "{\"id\":\"b\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"daily 15:00\"},"
                       "{\"id\":\"c\",\"agent\":\"web2\",\"task\":\"x\",\"cron\":\"daily 14:30\"},"
                       "{\"id\":\"d\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"daily 16:00\"},"
                       "{\"id\":\"e\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"daily 09:00\"}");
    for (unsigned max = 1; max <= 5; max++) {
        g_autoptr(GPtrArray) schedules =
            schedule_book_list_due(world->core, "web1", world->now_ms + 6 * HOUR_MS, max);

        assert_int_equal(schedules->len, MIN(max, G_N_ELEMENTS(wanted)));
        for (unsigned i = 0; i < schedules->len; i++)
            assert_string_equal(((const Schedule *)schedules->pdata[i])->id, wanted[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_month),
        WORLD_TEST(hours_of_work_of_one_agent),
        WORLD_TEST(too_many),
        WORLD_TEST(those_of_one_agent_in_their_order),
    };

    return cmocka_run_group_tests_name("core-calendar", tests, NULL, NULL);
}
