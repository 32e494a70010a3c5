#include "agent2/model/worker_windows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define NOON    INT64_C(1795003200000) /* Wednesday 2026-11-18 12:00 UTC */
#define HOUR_MS INT64_C(3600000)

static WorkerWindows *windows_with(const char *policy, const char *own)
{
    WorkerWindows *windows = worker_windows_new();
    g_autoptr(Zones) zones = zones_new();
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GTimeZone) paris = g_time_zone_new_identifier("Europe/Paris");
    g_autoptr(GError) error = NULL;

    zones_add(zones, "UTC", utc);
    zones_add(zones, "Europe/Paris", paris);
    if (policy) {
        g_autoptr(Json) json = json_parse(policy, strlen(policy), 10000, NULL);

        if (!worker_windows_set_policy(windows, json, zones, &error))
            fail_msg("%s", error->message);
    }
    if (own) {
        g_autoptr(Json) json = json_parse(own, strlen(own), 10000, NULL);
        g_autoptr(Window) hours = window_parse(json, "work_hours", NULL, NULL, NULL);

        assert_non_null(hours);
        worker_windows_set_own(windows, hours, utc);
    }
    return windows;
}

static const struct {
    const char *what;
    const char *policy;
    const char *own;
    Rule rule;
    const char *reason;
    int64_t closing_hours; /* from now on; -1: never */
} judge_rows[] = {
    { "nothing known", NULL, NULL, RULE_NONE, NULL, -1 },
    { "an empty policy", "{\"timezone\":\"UTC\"}", NULL, RULE_NONE, NULL, -1 },
    { "a blackout to come",
      "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"14:00\",\"end\":\"15:00\"}]}", NULL,
      RULE_NONE, NULL, 2 },
    { "a blackout that is switched off",
      "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"11:00\",\"end\":\"15:00\","
      "\"enabled\":false}]}",
      NULL, RULE_NONE, NULL, -1 },
    { "inside a blackout",
      "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"11:00\",\"end\":\"15:00\","
      "\"label\":\"x\"}]}",
      NULL, RULE_BLACKOUT, "blackout 11:00-15:00 (x); opens 15:00 UTC", 0 },
    { "blackouts one after the other",
      "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"11:00\",\"end\":\"13:00\"},"
      "{\"start\":\"13:00\",\"end\":\"14:00\"}]}",
      NULL, RULE_BLACKOUT, "opens 14:00 UTC", 0 },
    { "another zone", /* 13:00 there */
      "{\"timezone\":\"Europe/Paris\",\"blackouts\":[{\"start\":\"13:00\",\"end\":\"14:00\"}]}",
      NULL, RULE_BLACKOUT, "opens 14:00 CET", 0 },
    { "within work hours",
      "{\"timezone\":\"UTC\",\"work_hours\":{\"start\":\"07:00\",\"end\":\"23:00\"}}", NULL,
      RULE_NONE, NULL, 11 },
    { "outside work hours",
      "{\"timezone\":\"UTC\",\"work_hours\":{\"start\":\"13:00\",\"end\":\"23:00\"}}", NULL,
      RULE_WORK_HOURS, "work hours 13:00-23:00; opens 13:00 UTC", 0 },
    { "work hours in a zone of their own",
      "{\"timezone\":\"UTC\",\"work_hours_timezone\":\"Europe/Paris\","
      "\"work_hours\":{\"start\":\"08:00\",\"end\":\"13:00\"}}",
      NULL, RULE_WORK_HOURS, "08:00", 0 },
    { "work hours that are switched off",
      "{\"timezone\":\"UTC\",\"work_hours\":{\"start\":\"13:00\",\"end\":\"14:00\","
      "\"enabled\":false}}",
      NULL, RULE_NONE, NULL, -1 },
    { "outside its own work hours", NULL, "{\"start\":\"13:00\",\"end\":\"14:00\"}",
      RULE_WORK_HOURS, "this agent's own work hours 13:00-14:00", 0 },
    { "both: the first to close",
      "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"16:00\",\"end\":\"17:00\"}]}",
      "{\"start\":\"07:00\",\"end\":\"15:00\"}", RULE_NONE, NULL, 3 },
    { "never open",
      "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"00:00\",\"end\":\"24:00\"}]}", NULL,
      RULE_BLACKOUT, "blackout", 0 },
};

static void test_judge(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(judge_rows); i++) {
        g_autoptr(WorkerWindows) windows = windows_with(judge_rows[i].policy, judge_rows[i].own);
        g_autofree char *reason = NULL;
        int64_t closing_ms = worker_windows_next_closing(windows, NOON);

        if (worker_windows_judge(windows, NOON, &reason) != judge_rows[i].rule)
            fail_msg("%s: %s", judge_rows[i].what, reason);
        if (judge_rows[i].reason && !strstr(reason, judge_rows[i].reason))
            fail_msg("%s: %s", judge_rows[i].what, reason);
        if (judge_rows[i].rule != RULE_NONE)
            continue;
        if (closing_ms != (judge_rows[i].closing_hours < 0
                               ? INT64_MAX
                               : NOON + judge_rows[i].closing_hours * HOUR_MS))
            fail_msg("%s: closes in %" G_GINT64_FORMAT " ms", judge_rows[i].what,
                     closing_ms - NOON);
    }
}

static void test_a_bad_policy_leaves_the_old_one(void **state)
{
    static const char *const policies[] = {
        "[]",
        "{}",
        "{\"timezone\":\"Mars\"}",
        "{\"timezone\":5}",
        "{\"timezone\":\"UTC\",\"work_hours_timezone\":\"Mars\"}",
        "{\"timezone\":\"UTC\",\"blackouts\":{}}",
        "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"09:00\",\"end\":\"09:00\"}]}",
        "{\"timezone\":\"UTC\",\"work_hours\":\"all day\"}",
    };
    g_autoptr(WorkerWindows) windows = windows_with(
        "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"11:00\",\"end\":\"15:00\"}]}", NULL);
    g_autoptr(Zones) zones = zones_new();
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

    (void)state;
    zones_add(zones, "UTC", utc);
    for (size_t i = 0; i < G_N_ELEMENTS(policies); i++) {
        g_autoptr(Json) json = json_parse(policies[i], strlen(policies[i]), 10000, NULL);
        g_autoptr(GError) error = NULL;

        if (worker_windows_set_policy(windows, json, zones, &error))
            fail_msg("accepted: %s", policies[i]);
        assert_true(g_str_has_prefix(error->message, "policy"));
        assert_int_equal(worker_windows_judge(windows, NOON, NULL), RULE_BLACKOUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge),
        cmocka_unit_test(test_a_bad_policy_leaves_the_old_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
