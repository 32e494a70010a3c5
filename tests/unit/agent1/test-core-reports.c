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
    { "no agent's name", "REPORT: Web/1", "expected REPORT: [agent], as in REPORT: web1" },
    { "two words", "REPORT_ERRORS: web1 web2", "expected REPORT_ERRORS: [agent]" },
    { "hidden characters", "REPORT: web\u200b1", "expected REPORT: [agent]" },
    { "an agent that is none", "REPORT: wep2", "wep2: no agent of that name; nearest: web2" },
    { "failures of nothing like it", "REPORT_ERRORS: frobnicator",
      "frobnicator: no agent of that name; !agents lists them" },
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
      "what a person cancelled or denied is no failure\nYou may do this" },
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_reports_answer),
        WORLD_TEST(no_failures_is_said),
        WORLD_TEST(an_unknown_run_tells_its_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
