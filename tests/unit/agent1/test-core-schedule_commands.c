/* !tasks, SCHEDULE:, PLAN_CANCEL:, !pause, !resume, !fire, and !reset. */
#include "core-world.h"

#include "agent1/flow/state/core_state.h"

#include "common/base/banned.h"

#define APT                                                                                        \
    "{\"id\":\"apt\",\"agent\":\"web1\",\"task\":\"apt update && apt upgrade -y\","                \
    "\"cron\":\"weekly lun 03:00\"}"

static void write_tasks(World *world, const char *entries)
{
    g_autofree char *text = g_strdup_printf("{\"tasks\":[%s]}", entries);

    json_free(world->tasks);
    world->tasks = world_json(text);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

/* web1 is there, and what agent1 noted of it in the registry is forgotten. */
static void begin(World *world)
{
    world_register(world, JOURNAL_1, 1);
    world_forget(world);
}

static void schedules_are_shown(void **state)
{
    World *world = *state;

    world_write(world, "vera", NULL, "!tasks");
    assert_string_equal(
        world_last_said(world),
        "Schedules, zone UTC (tasks_schedule.json):\nnone; an operator proposes one "
        "with SCHEDULE: daily 03:00 | <agent> | <task>");
    json_free(world->blackouts);
    world->blackouts = world_json("[{\"start\":\"02:00\",\"end\":\"05:00\"}]");
    write_tasks(
        world,
        APT ",{\"id\":\"b\",\"agent\":\"web9\",\"task\":\"true\",\"cron\":\"every 6h\","
            "\"user\":\"ana\"},"
            "{\"id\":\"c\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"hourly\",\"enabled\":"
            "false},"
            "{\"id\":\"d\",\"agent\":\"web2\",\"task\":\"true\",\"cron\":\"0 3,6 * * *\","
            "\"timezone\":\"UTC\",\"on_blocked\":\"skip\"}");
    world_write(world, "vera", NULL, "plan_list:");
    assert_string_equal(
        world_last_said(world),
        "Schedules, zone UTC (tasks_schedule.json):\n"
        "b: every 6h · web9 (no agent of that name) · true · as ana · next Mon 2026-09-21 20:13:20 "
        "UTC, "
        "would be refused (unknown_agent): no agent of that name; nearest: web1, web2\n"
        "d: 0 3,6 * * * (UTC) · web2 · true · next Tue 2026-09-22 06:00 UTC; 1 before it is "
        "skipped\n"
        "apt: weekly lun 03:00 · web1 · apt update && apt upgrade -y · next Mon 2026-09-28 03:00 "
        "UTC, starts Mon 2026-09-28 05:00 UTC (blackout hours 02:00-05:00)\n"
        "c: hourly · web1 · true · off");
}

/* One that somebody wrote into the file, though it never comes. */
static void one_that_never_comes(void **state)
{
    World *world = *state;

    write_tasks(world, "{\"id\":\"n\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":"
                       "\"0 3 31 2,4 *\"}");
    world_write(world, "vera", NULL, "!tasks");
    assert_contains(world_last_said(world),
                    "n: 0 3 31 2,4 * · web1 · true · never: February has no "
                    "31st, April has no 31st");
}

/* Those of one agent, be it one that is gone. */
static void schedules_of_one_agent_are_shown(void **state)
{
    static const struct {
        const char *text;
        const char *answer;
    } rows[] = {
        { "!tasks Web2", "Schedules, zone UTC (tasks_schedule.json):\n"
                         "d: hourly · web2 · true · next Mon 2026-09-21 15:00 UTC\n"
                         "e: daily 04:00 · web2 · true · off" },
        { "PLAN_LIST: web9",
          "Schedules, zone UTC (tasks_schedule.json):\n"
          "b: every 6h · web9 (no agent of that name) · true · next Mon 2026-09-21 20:13:20 UTC, "
          "would be refused (unknown_agent): no agent of that name; nearest: web1, web2" },
        { "!tasks web1",
          "web1: no schedules; an operator proposes one with SCHEDULE: daily 03:00 | "
          "web1 | <task>" },
        { "!tasks wb1", "wb1: no agent of that name; nearest: web1" },
        { "!tasks of web1", "expected !tasks [agent]" },
    };
    World *world = *state;
    unsigned i;

    write_tasks(world,
                "{\"id\":\"b\",\"agent\":\"web9\",\"task\":\"true\",\"cron\":\"every 6h\"},"
                "{\"id\":\"d\",\"agent\":\"web2\",\"task\":\"true\",\"cron\":\"hourly\"},"
                "{\"id\":\"e\",\"agent\":\"web2\",\"task\":\"true\",\"cron\":\"daily 04:00\","
                "\"enabled\":false}");
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].text);
        world_write(world, "vera", NULL, rows[i].text);
        assert_string_equal(world_last_said(world), rows[i].answer);
    }
}

/* Asked, confirmed, written, fired; the file may be behind. */
static void a_schedule_is_made_by_chat(void **state)
{
    World *world = *state;
    const Effect *edit;
    const char *id;

    begin(world);
    world_write(world, "oskar", NULL, "SCHEDULE: tous les jours à 15h | web1 | uptime | wc -l");
    assert_string_equal(world_last_said(world),
                        "daily 15:00 · web1 · uptime | wc -l; zone UTC:\n"
                        "1. Mon 2026-09-21 15:00 UTC\n2. Tue 2026-09-22 15:00 UTC\n"
                        "3. Wed 2026-09-23 15:00 UTC\n4. Thu 2026-09-24 15:00 UTC\n"
                        "5. Fri 2026-09-25 15:00 UTC\nShall it be so? !yes or !no");
    assert_int_equal(world->edits->len, 0);
    world_write(world, "oskar", NULL, "!yes");
    assert_contains(world_last_said(world),
                    ": daily 15:00 · web1 · uptime | wc -l · as oskar · next ");
    assert_int_equal(world->edits->len, 1);
    edit = world->edits->pdata[0];
    id = edit->edit.name;
    assert_true(g_str_has_prefix(id, "web1-uptime-"));
    assert_contains(edit->edit.members, "\"task\":\"uptime | wc -l\"");
    assert_contains(edit->edit.members, "\"user\":\"oskar\"");
    assert_false(edit->edit.is_fill);
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, HOUR_MS);
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_string_equal(row_text(world_run(world, 1), RUNS_USER), "oskar");
    assert_string_equal(row_text(world_run(world, 1), RUNS_TASK), "uptime | wc -l");
}

/* What stands in the file has its year. */
static void a_day_without_a_year(void **state)
{
    static const struct {
        const char *when;
        const char *shown;
    } rows[] = {
        { "le 28/11 à 14:02", "at 2026-11-28T14:02 · web1 · uptime; zone UTC:\n"
                              "1. Sat 2026-11-28 14:02 UTC\nShall it be so?" },
        { "on 5 Jun at 8:00", "at 2027-06-05T08:00 · web1" },
        { "29/02 8:00", "at 2028-02-29T08:00 · web1" },
    };
    World *world = *state;

    begin(world);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = g_strdup_printf("SCHEDULE: %s | web1 | uptime", rows[i].when);

        print_message("%s\n", rows[i].when);
        world_write(world, "oskar", NULL, line);
        assert_contains(world_last_said(world), rows[i].shown);
    }
    world_write(world, "oskar", NULL, "!yes 1");
    assert_contains(((const Effect *)world->edits->pdata[0])->edit.members,
                    "\"cron\":\"at 2026-11-28T14:02\"");
}

/* One answer is enough; what differs is another question. */
static void the_same_is_asked_once(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "SCHEDULE: daily 03:00 | web1 | uptime");
    world_write(world, "oskar", NULL, "SCHEDULE: tous les jours à 3h | WEB1 | uptime");
    assert_contains(world_last_said(world), "5. Sat 2026-09-26 03:00 UTC\n"
                                            "That is question 1 already: !yes 1 or !no 1");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    world_write(world, "ana", NULL, "SCHEDULE: daily 03:00 | web1 | uptime");
    assert_contains(world_last_said(world), "Shall it be so?");
    world_write(world, "oskar", NULL, "SCHEDULE: daily 03:00 | web1 | uptime -p");
    assert_contains(world_last_said(world), "Shall it be so? !yes 2 or !no 2");
    world_write(world, "oskar", NULL, "!yes 1");
    world_write(world, "oskar", NULL, "SCHEDULE: daily 03:00 | web1 | uptime");
    assert_contains(world_last_said(world), "Shall it be so? !yes 3 or !no 3");
    assert_contains(world_last_said(world), "The same stands already as web1-uptime-");
}

static void what_is_no_schedule(void **state)
{
    static const struct {
        const char *text;
        const char *complaint;
    } rows[] = {
        { "SCHEDULE:", "expected SCHEDULE: <when> | <agent> | <task>" },
        { "SCHEDULE: daily 03:00", "expected SCHEDULE: <when> | <agent> | <task>" },
        { "SCHEDULE: daily 03:00 | web1", "expected SCHEDULE: <when> | <agent> | <task>" },
        { "SCHEDULE: daily 25:00 | web1 | true", "when: character 7: found \"25:00\"" },
        { "SCHEDULE: every 5s | web1 | true", "when: expected at least 10 s" },
        { "SCHEDULE: at 2020-01-01T00:00 | web1 | true", "at 2020-01-01T00:00: that is past" },
        { "SCHEDULE: today 00:00 | web1 | true", "today 00:00: that is past" },
        { "SCHEDULE: 0 0 31 2 * | web1 | true",
          "*-02-31 00:00: that never comes: February has no 31st" },
        { "SCHEDULE: hourly | nosuch | true", "nosuch: refused (unknown_agent): " },
        { "SCHEDULE: hourly | web1 --now | true", "a schedule takes no options" },
        { "SCHEDULE: hourly | web1 |", "" },
        { "PLAN_CANCEL:", "expected PLAN_CANCEL: <schedule>; !tasks lists the schedules" },
        { "PLAN_CANCEL: atp", "atp: no schedule of that name; nearest: apt; !tasks lists them" },
        { "!pause", "expected !pause <schedule>" },
        { "!resume apt", "apt: it is not paused" },
        { "!fire nosuch", "nosuch: no schedule of that name" },
    };
    World *world = *state;

    write_tasks(world, APT);
    world_register(world, JOURNAL_1, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_write(world, "oskar", NULL, rows[i].text);
        if (!strstr(world_last_said(world), rows[i].complaint))
            fail_msg("%s: %s", rows[i].text, world_last_said(world));
        world_write(world, "oskar", NULL, "!yes");
        assert_string_equal(world_last_said(world), "no question is open here");
    }
    assert_int_equal(world_count_rows(world, TABLE_EDITS), 0);
    world_write(world, "vera", NULL, "SCHEDULE: hourly | web1 | true");
    assert_contains(world_last_said(world), "SCHEDULE: refused (role)");
    world_write(world, "vera", NULL, "PLAN_CANCEL: apt");
    assert_contains(world_last_said(world), "PLAN_CANCEL: refused (role)");
}

static void several_agents_have_one_each(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "SCHEDULE: daily 15:00 | web* | true");
    assert_contains(world_last_said(world),
                    "A schedule for each of 2 agents; these are the times of web1.");
    world_write(world, "oskar", NULL, "!yes");
    assert_int_equal(world->edits->len, 2);
    world_write(world, "vera", NULL, "!tasks");
    assert_contains(world_last_said(world), "web1-true-");
    assert_contains(world_last_said(world), "web2-true-");
}

static void one_is_taken_back(void **state)
{
    World *world = *state;

    begin(world);
    write_tasks(world, APT);
    world_write(world, "oskar", NULL, "PLAN_CANCEL: apt");
    assert_string_equal(world_last_said(world),
                        "apt: cancelled; what runs goes on. To have it back:\n"
                        "SCHEDULE: weekly lun 03:00 | web1 | apt update && apt upgrade -y");
    assert_string_equal(((const Effect *)world->edits->pdata[0])->edit.members, "null");
    /* The file still has it: nobody wrote it yet. */
    world_restart(world);
    world_write(world, "vera", NULL, "!tasks");
    assert_contains(world_last_said(world), "\nnone");
    world->now_ms += 6 * DAY_MS + 12 * HOUR_MS;
    world_wait(world, 2 * HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void one_is_held(void **state)
{
    World *world = *state;

    begin(world);
    write_tasks(world, "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"hourly\"}");
    world_write(world, "oskar", NULL, "!pause a");
    assert_string_equal(world_last_said(world), "a: hourly · web1 · true · paused by oskar");
    world_write(world, "oskar", NULL, "!pause a");
    assert_string_equal(world_last_said(world), "a: it is paused already");
    world_wait(world, 3 * HOUR_MS);
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, 3 * HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    world_write(world, "oskar", NULL, "!resume a");
    assert_string_equal(world_last_said(world),
                        "a: hourly · web1 · true · next Mon 2026-09-21 21:00 UTC");
    world_wait(world, HOUR_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
}

/* It is the person's run: it answers there, and its times go on. */
static void one_is_fired(void **state)
{
    World *world = *state;

    begin(world);
    write_tasks(world, "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"hourly\"}");
    world_write(world, "oskar", NULL, "!fire a");
    assert_string_equal(world_last_said(world), "#1 web1: queued");
    world_write(world, "oskar", NULL, "!fire a");
    assert_string_equal(world_last_said(world),
                        "a: its last run, #1, has not ended: queued; !cancel 1 stops it");
    world_result(world, world_run_id(world, 1), 1, "failed", 1, "");
    assert_string_equal(world_last_said(world), "#1 web1: failed (exit 1, 0.4 s)");
    world_write(world, "oskar", NULL, "!fire a");
    world_write(world, "oskar", NULL, "!tasks");
    assert_contains(world_last_said(world),
                    "a: hourly · web1 · true · next Mon 2026-09-21 15:00 UTC · last #2");
    world_wait(world, HOUR_MS);
    assert_string_equal(row_text(world_run(world, 3), RUNS_SCHEDULE), "a");
    world_write(world, "vera", NULL, "!fire a");
    assert_contains(world_last_said(world), "!fire: refused (role)");
}

/* What was made for one time is taken out of the file when it has had it. */
static void what_was_for_once_ends(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "SCHEDULE: in 20m | web1 | true");
    assert_contains(world_last_said(world), "at 2026-09-21T14:33:20Z · web1 · true; zone UTC:\n"
                                            "1. Mon 2026-09-21 14:33:20 UTC\nShall it be so?");
    world_wait(world, 5 * MINUTE_MS);
    world_write(world, "oskar", NULL, "!yes");
    world_wait(world, 14 * MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    world_wait(world, 2 * MINUTE_MS);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
    assert_string_equal(((const Effect *)world->edits->pdata[world->edits->len - 1])->edit.members,
                        "null");
    world_write(world, "oskar", NULL, "!tasks");
    assert_contains(world_last_said(world), "\nnone");
}

/* What was shown is what happens, or nothing. */
static void a_yes_that_comes_too_late(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "SCHEDULE: tomorrow 08:00 | web1 | true");
    assert_contains(world_last_said(world), "at 2026-09-22T08:00 · web1");
    world_write(world, "oskar", NULL, "!no");
    world_write(world, "oskar", NULL, "SCHEDULE: in 20m | web1 | true");
    world_wait(world, 30 * MINUTE_MS);
    world_write(world, "oskar", NULL, "!yes");
    assert_contains(world_last_said(world), ": that is past");
    assert_int_equal(world->edits->len, 0);
}

/* Seconds are kept, and begin with the yes: before that they would be over. */
static void what_is_seconds_away(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "SCHEDULE: in 10s | web1 | true");
    assert_string_equal(world_last_said(world),
                        "in 10s · web1 · true; zone UTC:\n1. Mon 2026-09-21 14:13:30 UTC\n"
                        "It is counted from your !yes.\nShall it be so? !yes or !no");
    world_wait(world, MINUTE_MS);
    world_write(world, "oskar", NULL, "!yes");
    assert_contains(world_last_said(world), "at 2026-09-21T14:14:30Z · web1 · true");
    world_wait(world, 9000);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    world_wait(world, 1000);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
}

/* A day without a year that is over today or yesterday is hardly next year's. */
static void a_day_that_is_past_this_year(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "oskar", NULL, "SCHEDULE: 21 Sep 08:00 | web1 | true");
    assert_string_equal(world_last_said(world),
                        "when: 21 Sep 08:00: that was 6 h 13 min ago; if you mean the next one, in "
                        "365 days: at 2027-09-21T08:00");
    world_write(world, "oskar", NULL, "SCHEDULE: today at 8 | web1 | true");
    assert_string_equal(world_last_said(world),
                        "today at 8: that is past; if you mean the next one: "
                        "at tomorrow 08:00");
    world_write(world, "oskar", NULL, "SCHEDULE: on 20 Sep at 23:00 | web1 | true");
    assert_contains(world_last_said(world), "that was 15 h 13 min ago");
    world_write(world, "oskar", NULL, "SCHEDULE: 19 Sep 08:00 | web1 | true");
    assert_string_equal(
        world_last_said(world),
        "at 2027-09-19T08:00 · web1 · true; zone UTC:\n1. Sun 2027-09-19 08:00 UTC\n"
        "That is in 363 days, in 2027.\nShall it be so? !yes or !no");
}

static void one_with_settings_is_taken_back(void **state)
{
    World *world = *state;

    begin(world);
    write_tasks(world, "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"hourly\","
                       "\"overlap\":\"queue\",\"timeout\":\"2h\"}");
    world_write(world, "oskar", NULL, "PLAN_CANCEL: a");
    assert_contains(world_last_said(world),
                    "put this among the tasks of tasks_schedule.json:\n{\"id\":\"a\",");
    assert_contains(world_last_said(world), "\"overlap\":\"queue\",\"timeout\":\"2h\"");
}

/* Somebody's editor was open when agent1 wrote: what he saves has no such entry. */
static void a_save_that_drops_one(void **state)
{
    World *world = *state;
    Event *written;

    begin(world);
    world_write(world, "oskar", NULL, "SCHEDULE: daily 15:00 | web1 | uptime");
    world_write(world, "oskar", NULL, "!yes");
    written = event_new(EVENT_FILE_EDITED);
    written->edited.id = g_strdup(((const Effect *)world->edits->pdata[0])->edit.id);
    world_step(world, written);
    write_tasks(world, APT);
    assert_contains(world_last_said(world),
                    "tasks_schedule.json was saved without the schedule web1-uptime-");
    assert_contains(world_last_said(world),
                    "To have it back, type:\nSCHEDULE: daily 15:00 | web1 | uptime");
    world_forget(world);
    write_tasks(world, APT);
    assert_int_equal(world->said->len, 0);
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

static void of_many_the_first_are_shown(void **state)
{
    World *world = *state;
    g_autoptr(GString) tasks =
        g_string_new("{\"id\":\"off\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"hourly\","
                     "\"enabled\":false}");
    unsigned i;

    for (i = 0; i < 99; i++)
        g_string_append_printf(
            tasks, ",{\"id\":\"s%u\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"hourly\"}", i);
    begin(world);
    write_tasks(world, tasks->str);
    world_write(world, "vera", NULL, "!tasks");
    assert_contains(world_last_said(world), "\noff: hourly · web1 · true · off");

    g_string_append(tasks, "," APT);
    write_tasks(world, tasks->str);
    world_write(world, "vera", NULL, "!tasks");
    assert_contains(world_last_said(world), "\napt: ");
    assert_null(strstr(world_last_said(world), "\noff: "));
    assert_true(g_str_has_suffix(world_last_said(world), "\nand 1 more"));
}

static void another_core_takes_them_as_they_were_read(void **state)
{
    World *world = *state;
    CoreFiles files = { .config = world->config,
                        .registry = world->registry,
                        .zones = world->zones,
                        .host_zone = "UTC",
                        .tasks_of = world->core };
    g_autoptr(Core) other = core_new();
    GError *error = NULL;

    begin(world);
    write_tasks(world, APT);
    world_write(world, "oskar", NULL, "SCHEDULE: daily 15:00 | web1 | uptime");
    world_write(world, "oskar", NULL, "!yes");
    assert_int_equal(world->core->task_list->len, 2);

    /* What was decided since is in the rows, and not theirs. */
    assert_true(core_configure(other, &files, NULL, &error));
    assert_int_equal(other->task_list->len, 1);
    assert_ptr_equal(other->task_list->pdata[0], world->core->task_list->pdata[0]);
}

static void reset_forgets_ones_own_questions_here(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "!reset");
    assert_string_equal(
        world_last_said(world),
        "nothing to forget: nothing was said to a model here, and no question is open");
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
        WORLD_TEST(schedules_are_shown),
        WORLD_TEST(schedules_of_one_agent_are_shown),
        WORLD_TEST(a_schedule_is_made_by_chat),
        WORLD_TEST(a_day_without_a_year),
        WORLD_TEST(the_same_is_asked_once),
        WORLD_TEST(one_that_never_comes),
        WORLD_TEST(what_is_no_schedule),
        WORLD_TEST(several_agents_have_one_each),
        WORLD_TEST(one_is_taken_back),
        WORLD_TEST(one_is_held),
        WORLD_TEST(one_is_fired),
        WORLD_TEST(what_was_for_once_ends),
        WORLD_TEST(what_is_seconds_away),
        WORLD_TEST(a_day_that_is_past_this_year),
        WORLD_TEST(a_yes_that_comes_too_late),
        WORLD_TEST(one_with_settings_is_taken_back),
        WORLD_TEST(a_save_that_drops_one),
        WORLD_TEST(of_many_the_first_are_shown),
        WORLD_TEST(another_core_takes_them_as_they_were_read),
        WORLD_TEST(a_mistake_leaves_what_is_there),
        WORLD_TEST(reset_forgets_ones_own_questions_here),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
