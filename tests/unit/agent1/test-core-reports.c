/* REPORT: and REPORT_ERRORS:, typed by people: what they list, and what they say of slips. */
#include "core-world.h"

#include "common/base/banned.h"

/* web1 ran four tasks: #1 succeeded, #2 failed, #3 was cancelled before it left, #4 is queued. */
static void run_some(World *world)
{
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "fine");
    world_write(world, "oskar", NULL, "@web1 apt update");
    world_result(world, world_run_id(world, 2), 1, "failed", 100, "\n  E: no \x1b[31mlock\nmore\n");
    world_status(world, JOURNAL_1, 1, 9, AGENT_OFFLINE);
    world_write(world, "oskar", NULL, "@web1 sleep 9");
    world_write(world, "oskar", NULL, "!cancel 3");
    world_write(world, "oskar", NULL, "@web1 sleep 8");
}

static const struct {
    const char *what;
    const char *text;
    const char *answer;
} rows[] = {
    { "no agent's name", "REPORT: Web/1",
      "expected REPORT: [agent] [| <time>], as in REPORT: web1, or REPORT: web1 | yesterday" },
    { "two words", "REPORT_ERRORS: web1 web2", "expected REPORT_ERRORS: [agent]" },
    { "hidden characters", "REPORT: web\u200b1", "expected REPORT: [agent]" },
    { "an agent that is none", "REPORT: wep2", "wep2: no agent of that name; nearest: web2" },
    { "failures of nothing like it", "REPORT_ERRORS: frobnicator",
      "frobnicator: no agent of that name; !agents lists them" },
    { "a bar without a time", "REPORT: web1 |", "expected REPORT: [agent] [| <time>], as in" },
    { "a time without a bar", "REPORT: Yesterday",
      "Yesterday: a time stands behind a bar: REPORT: | Yesterday" },
    { "days without a bar", "REPORT_ERRORS: 2026-09-20..2026-09-21",
      "a time stands behind a bar: REPORT_ERRORS: | 2026-09-20..2026-09-21" },
    { "a time that is none", "REPORT: web1 | last week",
      "last week: expected a time such as today, yesterday, 24h, 2026-11-25 or "
      "2026-11-01..2026-11-07" },
    { "an agent that is no name, and a time", "REPORT: a b | today", "expected REPORT: [agent]" },
    { "hidden characters in it",
      "REPORT_ERRORS: | to\x1b"
      "day",
      "to<U+001B>day: expected a time" },
    { "backwards", "REPORT: | 2026-09-20..2026-09-19",
      "2026-09-20..2026-09-19: it ends before it begins; the earlier day comes first" },
    { "more than a year", "REPORT: | 400d", "400d: a time has at most 366 days, as in 7d" },
    { "tomorrow", "REPORT_ERRORS: | 2026-09-22", "2026-09-22: nothing can have ended then" },
    { "a time of an agent that is none", "REPORT: wep2 | today",
      "wep2: no agent of that name; nearest: web2" },
    { "nothing ended then", "REPORT: web1 | yesterday",
      "web1: what ended on 2026-09-20, UTC\n0 runs" },
    { "what waits has not ended", "REPORT: | today",
      "all agents: what ended on 2026-09-21, UTC\n"
      "3 runs, 1 succeeded, 1 failed, 1 cancelled; median 0.4 s, 95 % within 0.4 s\n"
      "#3 web1: cancelled · 14:13 · sleep 9\n#2 web1: failed" },
    { "the last hours", "report: Web1 | 24H",
      "web1: what ended since 2026-09-20 14:13 UTC\n3 runs, 1 succeeded" },
    { "days", "REPORT: web2 | 2026-09-20..2026-09-21",
      "web2: what ended from 2026-09-20 to 2026-09-21, UTC\n0 runs" },
    { "failures of a time", "REPORT_ERRORS: web1 | today",
      "3 runs, 1 succeeded, 1 failed, 1 cancelled; median 0.4 s, 95 % within 0.4 s\n"
      "#2 web1: failed (exit 100, 0.4 s) · 14:13 · apt update · E: no <U+001B>[31mlock" },
    { "nothing ran there", "REPORT: web2", "web2: no runs yet" },
    { "nothing can have failed there", "REPORT_ERRORS: web2", "web2: no runs yet" },
    { "all runs", "REPORT:",
      "#4 web1: queued · 14:13 · sleep 8\n"
      "#3 web1: cancelled · 14:13 · sleep 9\n"
      "#2 web1: failed (exit 100, 0.4 s) · 14:13 · apt update\n"
      "#1 web1: succeeded (exit 0, 0.4 s) · 14:13 · true" },
    { "of one, as a phone writes it", "Report: Web1", "#4 web1: queued" },
    { "what failed, and what it said", "REPORT_ERRORS: web1",
      "#2 web1: failed (exit 100, 0.4 s) · 14:13 · apt update · E: no <U+001B>[31mlock" },
    { "the same of all", "report_errors:", "#2 web1: failed" },
    { "help says what a failure is", "!help report_errors",
      "is no failure; with a time as in REPORT:\nYou may do this" },
};

static void what_reports_answer(void **state)
{
    World *world = *state;
    unsigned i;

    run_some(world);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_forget(world);
        world_write(world, "vera", NULL, rows[i].text);
        if (!strstr(world_last_said(world), rows[i].answer))
            fail_msg("%s: \"%s\" is answered \"%s\"", rows[i].what, rows[i].text,
                     world_last_said(world));
    }
}

static void no_failures_is_said(void **state)
{
    World *world = *state;

    world_write(world, "vera", NULL, "REPORT_ERRORS:");
    assert_string_equal(world_last_said(world), "no runs yet; @<agent> <task> makes one");
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_write(world, "vera", NULL, "REPORT_ERRORS:");
    assert_string_equal(world_last_said(world), "no failed runs");
    world_write(world, "vera", NULL, "REPORT_ERRORS: web1");
    assert_string_equal(world_last_said(world), "web1: no failed runs");
}

static void an_unknown_run_tells_its_reason(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_register(world, JOURNAL_2, 1);
    world_write(world, "vera", NULL, "REPORT_ERRORS:");
    assert_contains(world_last_said(world), "#1 web1: unknown (");
    assert_contains(world_last_said(world), "journal");
}

/* Days are the installation's: this one ends at 22:00 UTC. */
static void a_day_of_the_zone_and_more_than_fit(void **state)
{
    World *world = *state;
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Paris");

    zones_add(world->zones, "Europe/Paris", zone);
    json_set_string(world->config, "timezone", "Europe/Paris");
    json_set_string(world->config, "language", "fr");
    world_configure(world);
    world_register(world, JOURNAL_1, 1);
    for (int i = 1; i <= 23; i++) {
        world_write(world, "oskar", NULL, "@web1 true");
        world_result(world, world_run_id(world, i), 1, "succeeded", 0, "fine");
    }
    world->now_ms += 8 * HOUR_MS;
    world_write(world, "vera", NULL, "REPORT: | aujourd\u2019hui");
    assert_contains(world_last_said(world), "tous les agents: ce qui a fini le "
                                            "2026-09-22, Europe/Paris\n0 tâche");
    world_write(world, "vera", NULL, "REPORT: web1 | Hier");
    assert_contains(world_last_said(world), "web1: ce qui a fini le 2026-09-21");
    assert_contains(world_last_said(world), "\n#4 web1: succeeded");
    assert_null(strstr(world_last_said(world), "\n#3 web1"));
    assert_contains(world_last_said(world), "\net 3 de plus");
    world_write(world, "vera", NULL, "REPORT_ERRORS: web1 | hier");
    assert_contains(world_last_said(world), "\npas d'échecs");
    world_write(world, "vera", NULL, "REPORT: web1 | semaine");
    assert_contains(world_last_said(world), "semaine: attendu : une période telle que aujourd'hui");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_reports_answer),
        WORLD_TEST(a_day_of_the_zone_and_more_than_fit),
        WORLD_TEST(no_failures_is_said),
        WORLD_TEST(an_unknown_run_tells_its_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
