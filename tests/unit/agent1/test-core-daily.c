/* The day: agents are asked at their time, the compiled report goes out once per local day, over
 * restarts, clocks and changes of the schedule. The world begins at 14:13 UTC on 2026-09-21. */
#include "core-world.h"

#include "common/base/banned.h"

#define SCHEDULE                                                                                   \
    "{\"agents\":{\"web1\":{\"report_time\":\"22:00\",\"enabled\":true},"                          \
    "\"web2\":{\"report_time\":\"22:10\",\"enabled\":true}},"                                      \
    "\"daily_report_time\":\"22:30\",\"daily_report_enabled\":true}"

static void configure(World *world, const char *reports)
{
    Event *event = event_new(EVENT_CONFIGURED);

    json_free(world->reports);
    world->reports = world_json(reports);
    world_configure(world);
    world_step(world, event);
}

static void set_zone(World *world, const char *name)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(name);

    zones_add(world->zones, name, zone);
    json_set_string(world->config, "timezone", name);
}

static void wait_until(World *world, int64_t at_ms)
{
    /* What an agent does not answer is repeated all the time: that is skipped. */
    world->now_ms = MAX(world->now_ms, at_ms - MINUTE_MS);
    world_wait(world, at_ms - world->now_ms);
}

/* Today at this time, UTC. */
static int64_t today_at(const World *world, int hour, int minute)
{
    return world->now_ms - world->now_ms % DAY_MS + hour * HOUR_MS + minute * MINUTE_MS;
}

static void report(World *world, const char *day, const char *errors)
{
    Message *message = message_new(MESSAGE_REPORT, WORLD_MESSAGE_ID, "web1", world->now_ms);

    message->report.day = g_strdup(day);
    message->report.uptime_s = 2 * 24 * 3600;
    message->report.load = world_json("{\"1min_percent\":56}");
    message->report.disk = world_json("{\"path\":\"/\",\"total_bytes\":2048,\"free_bytes\":1024}");
    message->report.errors = world_json(errors);
    world_report_as(world, 1, TOPIC_KIND_DAILY_REPORT, "web1", JOURNAL_1, message);
}

/* How many compiled reports were said, repeats after a restart apart; the last one's text in
 * *out_text. */
static unsigned count_daily(const World *world, const char *jid, const char **out_text)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned i = 0; i < world->said->len; i++) {
        const EffectSay *say = &((const Effect *)world->said->pdata[i])->say;

        if (strcmp(say->jid, jid) != 0 || !g_str_has_prefix(say->text, "Daily report "))
            continue;
        g_hash_table_add(ids, say->id);
        if (out_text)
            *out_text = say->text;
    }
    return g_hash_table_size(ids);
}

static void agents_are_asked_until_they_report(void **state)
{
    World *world = *state;

    configure(world, SCHEDULE);
    world_register(world, JOURNAL_1, 1);
    wait_until(world, today_at(world, 21, 59));
    assert_int_equal(world_count_controls(world, CONTROL_REPORT), 0);
    wait_until(world, today_at(world, 22, 0));
    assert_int_equal(world_count_controls(world, CONTROL_REPORT), 1);
    world_wait(world, 5 * MINUTE_MS);
    assert_in_range(world_count_controls(world, CONTROL_REPORT), 3, 5);
    report(world, "2026-09-21", "[]");
    world_forget(world);
    world_wait(world, HOUR_MS);
    assert_int_equal(world_count_controls(world, CONTROL_REPORT), 0);
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, HOUR_MS);
    assert_int_equal(world_count_controls(world, CONTROL_REPORT), 0);
    wait_until(world, today_at(world, 22, 0) + DAY_MS);
    assert_int_equal(world_count_controls(world, CONTROL_REPORT), 1);
}

static void one_that_was_away_is_asked_when_it_returns(void **state)
{
    World *world = *state;

    configure(world, SCHEDULE);
    wait_until(world, today_at(world, 22, 5));
    assert_int_equal(world_count_controls(world, CONTROL_REPORT), 0);
    world_register(world, JOURNAL_1, 1);
    world_wait(world, MINUTE_MS);
    assert_in_range(world_count_controls(world, CONTROL_REPORT), 1, 2);
}

static void reports_of_other_days_are_refused(void **state)
{
    static const char *const days[] = { "2026-09-19", "2026-09-23", "2027-09-21", "today", "" };
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(days); i++)
        report(world, days[i], "[]");
    assert_int_equal(world_count_rows(world, TABLE_REPORTS), 0);
    report(world, "2026-09-20", "[]");
    report(world, "2026-09-21", "[]");
    report(world, "2026-09-21", "[{\"text\":\"later\"}]");
    assert_int_equal(world_count_rows(world, TABLE_REPORTS), 2);
    wait_until(world, world->now_ms + 2 * DAY_MS);
    report(world, "2026-09-23", "[]");
    assert_int_equal(world_count_rows(world, TABLE_REPORTS), 1);
}

static void a_report_without_bounds_is_cut(void **state)
{
    World *world = *state;
    g_autofree char *text = g_strnfill(100000, 'e');
    g_autofree char *errors = g_strdup_printf("[{\"text\":\"%s\"}]", text);

    world_register(world, JOURNAL_1, 1);
    report(world, "2026-09-21", errors);
    world_write(world, "vera", NULL, "DAILY_REPORT: web1");
    assert_contains(world_last_said(world),
                    "web1: 0 runs; version 0.1.0; up 2 d, load 0.56, disk 1 KiB free");
    assert_null(strstr(world_last_said(world), "eeee"));
}

static void the_compiled_report_goes_out_once(void **state)
{
    World *world = *state;
    const char *text = "";

    configure(world, SCHEDULE);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "fine");
    world_write(world, "oskar", NULL, "@web1 false");
    world_result(world, world_run_id(world, 2), 1, "failed", 1, "no");
    world_write(world, "oskar", NULL, "@web1 sleep 9");
    wait_until(world, today_at(world, 22, 1));
    world_register(world, JOURNAL_1, 2);
    report(world, "2026-09-21", "[{\"text\":\"disk \\u001b[2J full\"}]");
    world_forget(world);
    wait_until(world, today_at(world, 22, 29));
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 0);
    wait_until(world, today_at(world, 22, 30));
    assert_int_equal(count_daily(world, "ana@example.org", &text), 1);
    assert_int_equal(count_daily(world, "oskar@example.org", NULL), 1);
    assert_int_equal(count_daily(world, "vera@example.org", NULL), 0);
    assert_contains(text, "Daily report 2026-09-21: what ended since 2026-09-20 22:30 UTC\nweb1: ");
    assert_contains(text, "1 succeeded, 1 failed");
    assert_contains(text, "within 0.4 s; version 0.1.0; up 2 d, load 0.56");
    assert_contains(text, "1 errors, the last: disk <U+001B>[2J full");
    assert_contains(text, "\nDid not report: web2\nAll: ");
    assert_contains(text, "; 1 pending; median 0.4 s, 95 % within 0.4 s\n"
                          "Failures, the last first:\n"
                          "#2 web1: failed (exit 1, 0.4 s) · 14:13 · false · no\nAudit: ");
    assert_null(strstr(text, "late"));
    world_restart(world);
    world_wait(world, HOUR_MS);
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 1);
    wait_until(world, today_at(world, 22, 30) + DAY_MS);
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 2);
}

static void after_a_night_down_it_is_late_or_given_up(void **state)
{
    World *world = *state;
    const char *text = "";

    configure(world, SCHEDULE);
    world->now_ms = today_at(world, 23, 50) + 2 * HOUR_MS; /* down from 14:13 on */
    world_restart(world);
    assert_int_equal(count_daily(world, "ana@example.org", &text), 1);
    assert_contains(text, "Daily report 2026-09-21");
    assert_contains(text, "(late: due 2026-09-21 22:30 UTC)");
    world_restart(world);
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 1);
    world->now_ms = today_at(world, 12, 0) + DAY_MS; /* 13 hours and a half late */
    world_restart(world);
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 1);
    wait_until(world, today_at(world, 22, 30));
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 2);
}

/* Its row comes with the words: what was not stored is done again. */
static void a_crash_before_the_answer_loses_nothing(void **state)
{
    World *world = *state;

    configure(world, SCHEDULE);
    world->is_store_slow = true;
    wait_until(world, today_at(world, 22, 31));
    assert_int_equal(world->asked->len, 1);
    g_ptr_array_set_size(world->asked, 0);
    world->is_store_slow = false;
    world_restart(world);
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 1);
}

static void a_new_time_begins_with_its_next_occurrence(void **state)
{
    World *world = *state;

    configure(world, "{\"daily_report_time\":\"13:00\"}");
    world_wait(world, MINUTE_MS);
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 0);
    configure(world, SCHEDULE);
    wait_until(world, today_at(world, 22, 40));
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 1);
    configure(world, "{\"daily_report_time\":\"23:00\"}");
    wait_until(world, today_at(world, 23, 30));
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 1);
    configure(world, "{\"daily_report_time\":\"23:00\",\"daily_report_enabled\":false}");
    world_wait(world, 2 * DAY_MS);
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 1);
    configure(world, "{\"daily_report_time\":\"23:00\"}");
    world_wait(world, MINUTE_MS);
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 1);
}

/* 02:30 is not there on one day, and twice on another. */
static void once_per_local_day_over_changes_of_the_clock(void **state)
{
    static const struct {
        const char *what;
        int64_t from_ms;
    } cases[] = {
        { "spring", INT64_C(1774652400000) }, /* 2026-03-28 00:00 in Paris */
        { "autumn", INT64_C(1792792800000) }, /* 2026-10-24 00:00 */
    };
    World *world = *state;

    set_zone(world, "Europe/Paris");
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        configure(world, "{\"daily_report_enabled\":false}");
        world->now_ms = cases[i].from_ms;
        configure(world, "{\"daily_report_time\":\"02:30\"}");
        world_forget(world);
        for (unsigned hour = 0; hour < 3 * 24; hour++) {
            world_wait(world, HOUR_MS);
            if (hour % 5 == 0)
                world_restart(world);
        }
        print_message("%s\n", cases[i].what);
        /* Those of spring are said again after each restart. */
        assert_int_equal(count_daily(world, "ana@example.org", NULL), 3 * (i + 1));
    }
}

/* Years ahead, by mistake, in which a report was given up or sent. */
static void a_clock_that_was_far_ahead_stops_nothing(void **state)
{
    World *world = *state;
    int64_t start_ms = world->now_ms;

    configure(world, SCHEDULE);
    wait_until(world, today_at(world, 22, 31));
    world->now_ms += 1000 * DAY_MS + 7 * HOUR_MS;
    world_step(world, event_new(EVENT_TICK));
    wait_until(world, today_at(world, 22, 31));
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 2);
    world->now_ms = start_ms + DAY_MS;
    world_step(world, event_new(EVENT_TICK));
    wait_until(world, today_at(world, 22, 31));
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 3);
}

static void a_clock_that_is_put_back_repeats_nothing(void **state)
{
    World *world = *state;

    configure(world, SCHEDULE);
    wait_until(world, today_at(world, 22, 31));
    world->now_ms -= 2 * HOUR_MS;
    world_step(world, event_new(EVENT_TICK));
    world_wait(world, 3 * HOUR_MS);
    assert_int_equal(count_daily(world, "ana@example.org", NULL), 1);
}

static void asleep_it_comes_with_the_digest(void **state)
{
    World *world = *state;

    configure(world, SCHEDULE);
    world_write(world, "ana", NULL, "!agentOFF agent1");
    world_forget(world);
    wait_until(world, today_at(world, 23, 0));
    assert_int_equal(world->said->len, 0);
    world_write(world, "ana", NULL, "!agentON agent1");
    assert_non_null(strstr(((const Effect *)world->said->pdata[0])->say.text, "Daily report"));
}

static void a_typed_one_is_of_today(void **state)
{
    World *world = *state;

    world_write(world, "vera", NULL, "DAILY_REPORT: wep1");
    assert_string_equal(world_last_said(world), "wep1: no agent of that name; nearest: web1");
    world_write(world, "vera", NULL, "DAILY_REPORT: web1 now");
    assert_contains(world_last_said(world), "expected DAILY_REPORT: [agent]");
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "fine");
    world->store.audit_rows = 7;
    world_write(world, "vera", NULL, "daily_report:");
    assert_string_equal(world_last_said(world),
                        "2026-09-21: what ended since midnight, UTC\n"
                        "web1: 1 run, 1 succeeded; median 0.4 s, 95 % within 0.4 s; version 0.1.0\n"
                        "web2: 0 runs\n"
                        "All: 1 run, 1 succeeded; median 0.4 s, 95 % within 0.4 s\n"
                        "Audit: 7 rows, head 0000000000000000\n"
                        "```\n"
                        "succeeded                 █               1\n"
                        "            0     6     12    18        █=1\n"
                        "```");
    wait_until(world, world->now_ms + DAY_MS);
    world_write(world, "vera", NULL, "DAILY_REPORT: web1");
    assert_string_equal(world_last_said(world),
                        "2026-09-22: what ended since midnight, UTC\nweb1: 0 runs; version 0.1.0");
}

/* Runs in every state: ten of them are ends. */
static void the_parts_are_the_whole(void **state)
{
    World *world = *state;

    for (int i = 0; i <= RUN_UNKNOWN; i++) {
        g_autofree char *id = g_strdup_printf("run-%d", i);
        Row *row = row_new(TABLE_RUNS);

        row_set_text(row, RUNS_ID, id);
        row_set_text(row, RUNS_AGENT, i % 2 ? "web1" : "web2");
        row_set_text(row, RUNS_TASK, "true");
        row_set_text(row, RUNS_STATE, run_state_name((RunState)i));
        row_set_int(row, RUNS_CHANGED, world->now_ms);
        row_store_put(&world->store, row);
    }
    world_write(world, "vera", NULL, "DAILY_REPORT:");
    assert_contains(world_last_said(world), "\nweb1: 5 runs, 1 succeeded, 1 timed_out, 1 refused, "
                                            "1 denied, 1 skipped\n");
    assert_contains(world_last_said(world), "\nweb2: 5 runs, 1 failed, 1 unknown, 1 expired, "
                                            "1 missed, 1 cancelled\n");
    assert_contains(world_last_said(world),
                    "\nAll: 10 runs, 1 succeeded, 1 failed, 1 timed_out, 1 unknown, 1 expired, "
                    "1 missed, 1 refused, 1 cancelled, 1 denied, 1 skipped");
    world_write(world, "oskar", NULL, "@web1 true");
    world_write(world, "vera", NULL, "DAILY_REPORT: web1");
    assert_contains(world_last_said(world), "1 skipped; 1 pending");
}

/* As many as fit on a screen, in the language of whoever asks; the others are counted. */
static void failures_are_shown_and_counted(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    for (int i = 1; i <= 12; i++) {
        g_autofree char *output = g_strdup_printf("\n  E: no lock %d\nmore", i);

        world->now_ms += MINUTE_MS;
        world_write(world, "oskar", NULL, "@web1 false");
        world_result(world, world_run_id(world, i), 1, "failed", 2, output);
    }
    world_write(world, "vera", NULL, "DAILY_REPORT:");
    assert_contains(world_last_said(world),
                    "\nFailures, the last first:\n"
                    "#12 web1: failed (exit 2, 0.4 s) · 14:25 · false · E: no lock 12\n#11 web1: ");
    assert_contains(world_last_said(world), "E: no lock 3\nand 2 more\nAudit: ");
    world_write(world, "vera", NULL, "DAILY_REPORT: web2");
    assert_null(strstr(world_last_said(world), "Failures"));
    world_write(world, "vera", NULL, "DAILY_REPORT: web1");
    assert_contains(world_last_said(world), "\nand 2 more");
    assert_null(strstr(world_last_said(world), "Audit"));
    json_set_string(world->config, "language", "fr");
    world_configure(world);
    world_write(world, "vera", NULL, "DAILY_REPORT:");
    assert_contains(world_last_said(world), "\n\u00c9checs, le dernier d'abord :\n#12 web1: ");
    assert_contains(world_last_said(world), "\net 2 de plus\nAudit : ");
}

/* What it said is there later, in the reader's language; a day without one is compiled anew. */
static void what_was_said_is_kept(void **state)
{
    World *world = *state;
    Json *users = json_member_mutable(world->config, "users");

    json_set_string((Json *)(guintptr)json_first(users), "language", "fr");
    configure(world, SCHEDULE);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "fine");
    wait_until(world, today_at(world, 22, 31));
    assert_int_equal(world_count_rows(world, TABLE_DAILIES), 2);
    wait_until(world, today_at(world, 12, 0) + DAY_MS);
    world_restart(world);
    world_write(world, "vera", NULL, "DAILY_REPORT: | yesterday");
    assert_contains(world_last_said(world), "Daily report 2026-09-21: what ended since 2026-09-20 "
                                            "22:30 UTC\nweb1: 1 run, 1 succeeded");
    assert_contains(world_last_said(world), "\nDid not report: web1, web2\n");
    world_write(world, "ana", NULL, "DAILY_REPORT: | hier");
    assert_contains(world_last_said(world), "Rapport du jour 2026-09-21");
    world_write(world, "vera", NULL, "DAILY_REPORT: web1 | 2026-09-21");
    assert_contains(world_last_said(world), "2026-09-21: what ended that day, UTC\nweb1: 1 run, 1 "
                                            "succeeded; median 0.4 s, 95 % within 0.4 s\n```\n");
    world_write(world, "vera", NULL, "DAILY_REPORT: | 2026-09-19");
    assert_string_equal(world_last_said(world), "2026-09-19: what ended that day, UTC\n"
                                                "web1: 0 runs\nweb2: 0 runs\nAll: 0 runs");
    world_write(world, "vera", NULL, "DAILY_REPORT: | today");
    assert_contains(world_last_said(world), "2026-09-22: what ended since midnight");
    world_write(world, "vera", NULL, "DAILY_REPORT: | 24h");
    assert_contains(world_last_said(world), "a report is of one day: expected today");
    world_write(world, "vera", NULL, "DAILY_REPORT: | 2026-09-20..2026-09-21");
    assert_contains(world_last_said(world), "a report is of one day: expected today");
    world_write(world, "vera", NULL, "DAILY_REPORT: | soon");
    assert_contains(world_last_said(world), "soon: expected a time such as today");
}

/* The second two o'clock of the last Sunday of October is a column of its own. */
static void a_day_of_25_hours_has_25_columns(void **state)
{
    World *world = *state;
    int64_t midnight_ms = INT64_C(1792879200000); /* 2026-10-25 00:00 in Paris */
    const char *line;

    set_zone(world, "Europe/Paris");
    world->now_ms = midnight_ms;
    world_configure(world);
    for (int i = 0; i < 25; i++) {
        g_autofree char *id = g_strdup_printf("run-%02d", i);
        Row *row = row_new(TABLE_RUNS);

        row_set_text(row, RUNS_ID, id);
        row_set_text(row, RUNS_AGENT, "web1");
        row_set_text(row, RUNS_TASK, "true");
        row_set_text(row, RUNS_STATE, "cancelled");
        row_set_int(row, RUNS_CHANGED, midnight_ms + i * HOUR_MS + 59 * MINUTE_MS);
        row_store_put(&world->store, row);
    }
    world->now_ms = midnight_ms + 25 * HOUR_MS - 1;
    world_write(world, "vera", NULL, "DAILY_REPORT:");
    line = strstr(world_last_said(world), "stopped ");
    assert_non_null(line);
    assert_true(g_str_has_prefix(line, "stopped     █████████████████████████     25\n"
                                       "            0      6     12    18        █=1\n```"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(agents_are_asked_until_they_report),
        WORLD_TEST(one_that_was_away_is_asked_when_it_returns),
        WORLD_TEST(reports_of_other_days_are_refused),
        WORLD_TEST(a_report_without_bounds_is_cut),
        WORLD_TEST(the_compiled_report_goes_out_once),
        WORLD_TEST(after_a_night_down_it_is_late_or_given_up),
        WORLD_TEST(a_crash_before_the_answer_loses_nothing),
        WORLD_TEST(a_new_time_begins_with_its_next_occurrence),
        WORLD_TEST(once_per_local_day_over_changes_of_the_clock),
        WORLD_TEST(a_clock_that_was_far_ahead_stops_nothing),
        WORLD_TEST(a_clock_that_is_put_back_repeats_nothing),
        WORLD_TEST(asleep_it_comes_with_the_digest),
        WORLD_TEST(a_typed_one_is_of_today),
        WORLD_TEST(the_parts_are_the_whole),
        WORLD_TEST(failures_are_shown_and_counted),
        WORLD_TEST(what_was_said_is_kept),
        WORLD_TEST(a_day_of_25_hours_has_25_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
