/* The host moves to another zone while agent1 runs or is down: each time on the wall happens once,
 * or has a row that says why not. The world begins on Monday 2026-09-21 at 14:13:20 UTC: 10:13 in
 * New York, 16:13 in Paris, 23:13 in Tokyo. */
#include "core-world.h"
#include "core-xmpp.h"

#include "common/base/banned.h"

#define PARIS    "Europe/Paris"
#define NEW_YORK "America/New_York"
#define TOKYO    "Asia/Tokyo"

#define ENTRY(id, when, more)                                                                      \
    "{\"id\":\"" id "\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"" when "\"" more "}"

static void reconfigure(World *world)
{
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

static void add_zone(World *world, const char *name)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(name);

    assert_non_null(zone);
    zones_add(world->zones, name, zone);
}

/* The host is there from now on, and config.json names no zone. */
static void move(World *world, const char *name)
{
    add_zone(world, name);
    world->host_zone = name;
    json_remove(world->config, "timezone");
    reconfigure(world);
}

static void write_tasks(World *world, const char *entries)
{
    g_autofree char *text = g_strdup_printf("{\"tasks\":[%s]}", entries);

    json_free(world->tasks);
    world->tasks = world_json(text);
    reconfigure(world);
}

static void begin(World *world, const char *zone, const char *entries)
{
    move(world, zone);
    write_tasks(world, entries);
    world_forget(world);
}

/* Waits until a time of today, UTC; what was begun meanwhile ends. */
static void wait_until(World *world, int hour, int minute)
{
    int64_t today_ms = WORLD_START_MS - WORLD_START_MS % DAY_MS;

    world_wait(world, today_ms + hour * HOUR_MS + minute * MINUTE_MS - world->now_ms);
}

static void assert_runs(World *world, unsigned count)
{
    assert_int_equal(world_count_rows(world, TABLE_RUNS), count);
}

static void assert_state(World *world, int64_t number, const char *state, int64_t turn)
{
    const Row *row = world_run(world, number);

    assert_non_null(row);
    assert_string_equal(row_text(row, RUNS_STATE), state);
    assert_int_equal(row_int(row, RUNS_TURN), turn);
}

#define AT_ONCE ",\"overlap\":\"allow\""

static void west_over_a_time_that_was_had(void **state)
{
    World *world = *state;

    begin(world, PARIS, ENTRY("a", "daily 17:00", AT_ONCE));
    wait_until(world, 15, 5);
    assert_runs(world, 1);
    move(world, NEW_YORK); /* 11:05 */
    wait_until(world, 23, 0);
    assert_runs(world, 1);
    wait_until(world, 24 + 20, 59);
    assert_runs(world, 1);
    wait_until(world, 24 + 21, 1);
    assert_runs(world, 2);
}

static void west_before_its_time(void **state)
{
    World *world = *state;

    begin(world, PARIS, ENTRY("a", "daily 17:00", AT_ONCE));
    move(world, NEW_YORK);
    wait_until(world, 20, 59);
    assert_runs(world, 0);
    wait_until(world, 21, 1);
    assert_runs(world, 1);
    assert_state(world, 1, "queued", 0);
}

/* 12:00 was to come in New York, and has passed in Paris: that it did is a row. */
static void east_over_a_time(void **state)
{
    World *world = *state;

    begin(world, NEW_YORK,
          ENTRY("a", "daily 12:00", AT_ONCE) "," ENTRY("b", "daily 12:00",
                                                       AT_ONCE ",\"max_lateness\":\"6h\""));
    move(world, PARIS);
    assert_runs(world, 2);
    assert_state(world, 1, "missed", 1);
    assert_contains(row_text(world_run(world, 1), RUNS_REASON), "its clock or zone was set");
    assert_state(world, 2, "queued", 1);
    wait_until(world, 24 + 9, 59);
    assert_runs(world, 2);
    wait_until(world, 24 + 10, 1);
    assert_runs(world, 4);
}

/* 03:00 in New York and 09:00 in Paris are one instant: two times, and two rows. */
static void one_instant_has_two_times(void **state)
{
    World *world = *state;

    begin(world, NEW_YORK, ENTRY("a", "0 3,9 * * *", AT_ONCE));
    wait_until(world, 24 + 7, 5);
    assert_runs(world, 1);
    move(world, PARIS); /* 09:05 */
    assert_runs(world, 2);
    assert_state(world, 2, "queued", 1);
    assert_int_equal(row_int(world_run(world, 1), RUNS_NOMINAL),
                     row_int(world_run(world, 2), RUNS_NOMINAL));
    wait_until(world, 48, 0);
    assert_runs(world, 2);
}

static void there_and_back(void **state)
{
    World *world = *state;

    begin(world, PARIS, ENTRY("a", "daily 17:00", AT_ONCE));
    wait_until(world, 15, 5);
    move(world, NEW_YORK);
    move(world, TOKYO); /* 00:05 of the next day */
    move(world, PARIS);
    wait_until(world, 24 + 14, 59);
    assert_runs(world, 1);
    wait_until(world, 24 + 15, 1);
    assert_runs(world, 2);
}

static void once_is_once(void **state)
{
    World *world = *state;

    begin(world, PARIS,
          ENTRY("a", "at 2026-09-21T17:00", AT_ONCE) "," ENTRY("b", "at 17:00", AT_ONCE));
    wait_until(world, 15, 5);
    assert_runs(world, 2);
    move(world, NEW_YORK);
    wait_until(world, 72, 0);
    assert_runs(world, 2);
}

/* What every zone shows goes on, however far the wall has moved. */
static void any_hour_goes_on(void **state)
{
    World *world = *state;

    begin(world, PARIS,
          ENTRY("a", "hourly", AT_ONCE) "," ENTRY("b", "every 1h", AT_ONCE) "," ENTRY(
              "c", "daily 17:00", AT_ONCE ",\"timezone\":\"UTC\""));
    wait_until(world, 15, 5);
    assert_runs(world, 1);
    move(world, NEW_YORK);
    wait_until(world, 16, 5);
    assert_runs(world, 3);
    move(world, TOKYO);
    wait_until(world, 17, 5);
    assert_runs(world, 6);
}

/* The same where agent1 was down meanwhile. */
static void over_a_restart(void **state)
{
    World *world = *state;

    begin(world, PARIS, ENTRY("a", "daily 17:00", AT_ONCE));
    wait_until(world, 15, 5);
    world->host_zone = NEW_YORK;
    add_zone(world, NEW_YORK);
    world_forget(world);
    world_restart(world);
    assert_contains(world_said_to(world, "ana@example.org"),
                    "The time zone is now America/New_York, that of the host (before: "
                    "Europe/Paris).");
    wait_until(world, 23, 0);
    assert_runs(world, 1);
    wait_until(world, 24 + 21, 1);
    assert_runs(world, 2);
}

/* Closed from 16:00 to 18:00: now in Paris, not in New York. */
static void over_the_edge_of_a_window(void **state)
{
    World *world = *state;
    const Json *policy;

    world->blackouts = world_json("[{\"start\":\"16:00\",\"end\":\"18:00\"}]");
    begin(world, PARIS, ENTRY("a", "daily 16:30", ""));
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "web1: refused (blackout)");
    wait_until(world, 14, 31);
    assert_state(world, 1, "deferred", 0);
    world_forget(world);
    move(world, NEW_YORK);
    policy = world_last_control(world, CONTROL_POLICY)->control.policy;
    assert_string_equal(json_string(json_member(policy, "timezone")), NEW_YORK);
    world_wait(world, 2 * SECOND_MS);
    assert_state(world, 1, "queued", 0);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_state(world, 2, "queued", 0);
    /* And into it: 23:31 in Tokyo. */
    json_free(world->blackouts);
    world->blackouts = world_json("[{\"start\":\"23:00\",\"end\":\"01:00\"}]");
    reconfigure(world);
    world_write(world, "oskar", NULL, "@web1 id");
    assert_state(world, 3, "queued", 0);
    move(world, TOKYO);
    world_write(world, "oskar", NULL, "@web1 id");
    assert_contains(world_last_said(world), "web1: refused (blackout)");
}

/* ---- the daily report ---- */

/* The text of each that was said to ana, in their order. */
static GPtrArray *list_daily(const World *world)
{
    GPtrArray *texts = g_ptr_array_new();

    for (unsigned i = 0; i < world->said->len; i++) {
        const EffectSay *say = &((const Effect *)world->said->pdata[i])->say;

        if (strcmp(say->jid, "ana@example.org") == 0 &&
            g_str_has_prefix(say->text, "Daily report "))
            g_ptr_array_add(texts, say->text);
    }
    return texts;
}

static void assert_daily(const World *world, const char *const *wanted, unsigned count)
{
    g_autoptr(GPtrArray) texts = list_daily(world);

    for (unsigned i = 0; i < count; i++) {
        if (i >= texts->len || !g_str_has_prefix(texts->pdata[i], wanted[i]))
            fail_msg("expected \"%s…\", got \"%s\"", wanted[i],
                     i < texts->len ? (const char *)texts->pdata[i] : "nothing");
    }
    assert_int_equal(texts->len, count);
}

static void report_at(World *world, const char *time)
{
    g_autofree char *text =
        g_strdup_printf("{\"daily_report_time\":\"%s\",\"daily_report_enabled\":true}", time);

    world->reports = world_json(text);
}

/* Once for each local day, and no hour in none. */
static void west_over_midnight(void **state)
{
    static const char *const wanted[] = {
        "Daily report 2026-09-22: what ended since 2026-09-21 00:30 JST",
        "Daily report 2026-09-23: what ended since 2026-09-21 11:30 EDT",
    };
    World *world = *state;

    report_at(world, "00:30");
    begin(world, TOKYO, "");
    wait_until(world, 15, 31); /* 00:31 of the 22nd */
    move(world, NEW_YORK);     /* 11:31 of the 21st */
    wait_until(world, 72, 0);
    assert_daily(world, wanted, G_N_ELEMENTS(wanted));
}

/* The 22nd is over at once; its report comes late, and goes on where the last one ended. */
static void east_over_midnight(void **state)
{
    static const char *const wanted[] = {
        "Daily report 2026-09-21: what ended since 2026-09-20 20:00 EDT",
        "Daily report 2026-09-22: what ended since 2026-09-22 09:00 JST (late: due 2026-09-22 "
        "20:00 JST)",
        "Daily report 2026-09-23: what ended since 2026-09-22 20:00 JST",
    };
    World *world = *state;

    report_at(world, "20:00");
    begin(world, NEW_YORK, "");
    wait_until(world, 24 + 0, 5); /* 20:05 of the 21st */
    wait_until(world, 24 + 15, 10);
    move(world, TOKYO); /* 00:10 of the 23rd */
    wait_until(world, 48 + 12, 0);
    assert_daily(world, wanted, G_N_ELEMENTS(wanted));
}

/* ---- what people hear ---- */

static void admins_hear_what_it_changes(void **state)
{
    World *world = *state;

    report_at(world, "22:30");
    add_zone(world, TOKYO);
    begin(world, PARIS,
          ENTRY("backup", "daily 03:00", "") "," ENTRY("clean", "hourly", "") "," ENTRY(
              "own", "daily 04:00", ",\"timezone\":\"Asia/Tokyo\""));
    world_forget(world);
    move(world, NEW_YORK);
    assert_string_equal(world_said_to(world, "ana@example.org"),
                        "The time zone is now America/New_York, that of the host (before: "
                        "Europe/Paris). Closed hours, reports and schedules without a zone of "
                        "their own follow it.\n"
                        "backup: next Tue 2026-09-22 03:00 EDT instead of Tue 2026-09-22 03:00 "
                        "CEST\n"
                        "The daily report: next Mon 2026-09-21 22:30 EDT");
    assert_string_equal(world_said_to(world, "oskar@example.org"), "");
    assert_string_equal(world_last_audit(world, "zone")->text,
                        "America/New_York; before: Europe/Paris");
    world_forget(world);
    reconfigure(world);
    assert_string_equal(world_said_to(world, "ana@example.org"), "");
    world_restart(world);
    assert_null(world_last_audit(world, "zone"));
}

/* Also where a person's word changed it, and each in his language. */
static void by_the_configuration_and_in_french(void **state)
{
    World *world = *state;

    add_zone(world, NEW_YORK);
    begin(world, PARIS, ENTRY("backup", "daily 03:00", ""));
    json_set_string(world->config, "language", "fr");
    json_set_string(world->config, "timezone", NEW_YORK);
    world_forget(world);
    reconfigure(world);
    assert_contains(world_said_to(world, "ana@example.org"),
                    "Le fuseau est maintenant America/New_York, d'après config.json (avant : "
                    "Europe/Paris). Les heures interdites, les rapports et les tâches planifiées "
                    "sans fuseau à elles le suivent.\n"
                    "backup : prochaine fois mar. 22/09/2026 03:00 EDT au lieu de mar. 22/09/2026 "
                    "03:00 CEST");
}

static void another_name_is_no_change(void **state)
{
    World *world = *state;

    begin(world, PARIS, ENTRY("a", "daily 17:00", AT_ONCE));
    move(world, "Europe/Monaco");
    assert_string_equal(world_said_to(world, "ana@example.org"), "");
    assert_string_equal(world_last_audit(world, "zone")->text, "Europe/Monaco; before: "
                                                               "Europe/Paris");
    wait_until(world, 15, 1);
    assert_runs(world, 1);
}

static void a_host_that_does_not_tell(void **state)
{
    World *world = *state;

    begin(world, PARIS, "");
    world->host_zone_problem = "/etc/localtime: there is no such file";
    reconfigure(world);
    assert_contains(world_said_to(world, "ana@example.org"),
                    "I cannot tell the time zone of the host, and keep to Europe/Paris: "
                    "/etc/localtime: there is no such file. ");
    world_forget(world);
    reconfigure(world);
    world->host_zone_problem = NULL;
    reconfigure(world);
    assert_string_equal(world_said_to(world, "ana@example.org"), "");
    world->host_zone_problem = "/etc/localtime: is no time zone";
    json_set_string(world->config, "timezone", PARIS);
    reconfigure(world);
    assert_string_equal(world_said_to(world, "ana@example.org"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(west_over_a_time_that_was_had),
        WORLD_TEST(west_before_its_time),
        WORLD_TEST(east_over_a_time),
        WORLD_TEST(one_instant_has_two_times),
        WORLD_TEST(there_and_back),
        WORLD_TEST(once_is_once),
        WORLD_TEST(any_hour_goes_on),
        WORLD_TEST(over_a_restart),
        WORLD_TEST(over_the_edge_of_a_window),
        WORLD_TEST(west_over_midnight),
        WORLD_TEST(east_over_midnight),
        WORLD_TEST(admins_hear_what_it_changes),
        WORLD_TEST(by_the_configuration_and_in_french),
        WORLD_TEST(another_name_is_no_change),
        WORLD_TEST(a_host_that_does_not_tell),
    };

    return cmocka_run_group_tests_name("core-zone_change", tests, NULL, NULL);
}
