/* tasks_schedule.json: what it may say, and where a mistake stands. */
#include "agent1/model/task_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static GPtrArray *parse(const char *text, GPtrArray *warnings, GError **error)
{
    g_autoptr(Json) json = json_parse(text, strlen(text), 10000, NULL);
    g_autoptr(Zones) zones = zones_new();
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

    assert_non_null(json);
    zones_add(zones, "UTC", utc);
    return task_list_parse(json, zones, warnings, error);
}

#define GOOD "\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"daily 03:00\""

static void test_mistakes(void **state)
{
    static const struct {
        const char *text;
        const char *complaint;
    } cases[] = {
        { "[]", "an array: expected an object" },
        { "{\"tasks\":{}}", "tasks: an object: expected an array" },
        { "{\"tasks\":[1]}", "tasks[0]" },
        { "{\"tasks\":[{" GOOD "},{\"task\":\"true\",\"cron\":\"daily 03:00\"}]}",
          "tasks[1].agent" },
        { "{\"tasks\":[{\"agent\":\"Web 1\",\"task\":\"x\",\"cron\":\"hourly\"}]}",
          "tasks[0].agent: \"Web 1\": expected the name of an agent" },
        { "{\"tasks\":[{\"agent\":\"web1\",\"task\":\"\",\"cron\":\"hourly\"}]}", "tasks[0].task" },
        { "{\"tasks\":[{\"agent\":\"web1\",\"task\":\"a\\u202eb\",\"cron\":\"hourly\"}]}",
          "tasks[0].task: \"a<U+202E>b\": expected a task without hidden characters" },
        { "{\"tasks\":[{" GOOD ",\"user\":\"a\\u202eb\"}]}", "tasks[0].user: \"a<U+202E>b\"" },
        { "{\"tasks\":[{" GOOD ",\"user\":\"ana\\nweb1: off\"}]}", "tasks[0].user" },
        { "{\"tasks\":[{\"agent\":\"web1\",\"task\":\"x\"}]}", "tasks[0].cron" },
        { "{\"tasks\":[{\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"weekly lundo 03:00\"}]}",
          "tasks[0].cron: character 8: found \"lundo\"" },
        { "{\"tasks\":[{\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"every 9s\"}]}",
          "tasks[0].cron: \"every 9s\": expected at least 10 s between two times" },
        { "{\"tasks\":[{" GOOD ",\"enabled\":\"yes\"}]}", "tasks[0].enabled" },
        { "{\"tasks\":[{" GOOD ",\"id\":\"a b\"}]}", "tasks[0].id: \"a b\": expected 1 to 64" },
        { "{\"tasks\":[{" GOOD ",\"id\":\"a\"},{" GOOD ",\"id\":\"a\"}]}",
          "tasks[1].id: \"a\": expected an id that no other one has" },
        { "{\"tasks\":[{" GOOD ",\"timezone\":\"Mars/Base\"}]}",
          "tasks[0].timezone: \"Mars/Base\": expected a time zone of this system" },
        { "{\"tasks\":[{" GOOD ",\"catchup\":\"twice\"}]}", "tasks[0].catchup" },
        { "{\"tasks\":[{" GOOD ",\"overlap\":\"maybe\"}]}", "tasks[0].overlap" },
        { "{\"tasks\":[{" GOOD ",\"on_blocked\":\"wait\"}]}", "tasks[0].on_blocked" },
        { "{\"tasks\":[{" GOOD ",\"max_lateness\":15}]}", "tasks[0].max_lateness" },
        { "{\"tasks\":[{" GOOD ",\"user\":\"a\\u202eb\"}]}",
          "tasks[0].user: \"a<U+202E>b\": expected the name of a user" },
        { "{\"tasks\":[{" GOOD ",\"jitter\":\"2d\"}]}", "tasks[0].jitter" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) entries = parse(cases[i].text, NULL, &error);

        assert_null(entries);
        if (!strstr(error->message, cases[i].complaint))
            fail_msg("%s: %s", cases[i].text, error->message);
    }
}

static void test_entries(void **state)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) entries =
        parse("{\"_\":\"x\",\"tasks\":[{" GOOD ",\"cro\":1},{\"id\":\"apt-weekly\"," GOOD
              ",\"enabled\":false,\"timezone\":\"UTC\",\"catchup\":\"all\",\"max_lateness\":\"1h\","
              "\"overlap\":\"allow\",\"on_blocked\":\"skip\",\"jitter\":\"5m\",\"timeout\":\"2h\","
              "\"idempotent\":true,\"user\":\"ana\"}]}",
              warnings, NULL);
    g_autoptr(GPtrArray) none = task_list_parse(NULL, NULL, NULL, NULL);
    const TaskEntry *first;
    const TaskEntry *second;

    (void)state;
    assert_int_equal(none->len, 0);
    assert_int_equal(entries->len, 2);
    assert_int_equal(warnings->len, 1);
    assert_non_null(strstr(warnings->pdata[0], "nearest: cron") || strstr(warnings->pdata[0], "cro")
                        ? entries
                        : NULL);
    first = entries->pdata[0];
    assert_string_equal(first->id, "web1-true-e6fb");
    assert_true(first->is_id_made);
    assert_int_equal(first->spec.kind, TIME_SPEC_CALENDAR);
    assert_true(first->is_enabled);
    assert_int_equal(first->catchup, CATCHUP_ONCE);
    assert_int_equal(first->max_lateness_ms, 15 * 60 * 1000);
    assert_int_equal(first->overlap, OVERLAP_FORBID);
    assert_int_equal(first->on_blocked, ON_BLOCKED_DEFER);
    second = entries->pdata[1];
    assert_string_equal(second->id, "apt-weekly");
    assert_false(second->is_enabled);
    assert_int_equal(second->catchup, CATCHUP_ALL);
    assert_int_equal(second->overlap, OVERLAP_ALLOW);
    assert_int_equal(second->on_blocked, ON_BLOCKED_SKIP);
    assert_int_equal(second->jitter_ms, 5 * 60 * 1000);
    assert_true(second->is_idempotent);
    assert_string_equal(second->user, "ana");
}

/* What chat asks about is in a file what systemd reads: it was good before. */
static void test_times_that_may_be_two(void **state)
{
    static const struct {
        const char *cron;
        const char *read;
    } rows[] = {
        { "05-06 08:00", "*-05-06 08:00" },
        { "05-06T8:00", "*-05-06 08:00" },
        { "5-6 8:00", "*-05-06 08:00" },
        { "01-02 *:00", "*-01-02 *:00" },
        { "mon 05-06 8:00", "mon *-05-06 08:00" },
        { "mon 9-17", "mon *-09-17 00:00" },
        { "mon-fri 9-17", "mon..fri *-09-17 00:00" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"tasks\":[{" GOOD "},{\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"%s\"}]}",
            rows[i].cron);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) entries = parse(text, NULL, &error);
        TimeSpec spec;
        TimeSpec asked;

        if (!entries)
            fail_msg("%s: %s", rows[i].cron, error->message);
        assert_true(time_spec_parse(rows[i].read, &spec, NULL));
        if (!time_spec_equal(&((const TaskEntry *)entries->pdata[1])->spec, &spec))
            fail_msg("%s", rows[i].cron);
        assert_false(time_spec_parse(rows[i].cron, &asked, NULL));
    }
}

/* The same entry twice is two schedules; a name that a person gave is never taken. */
static void test_ids(void **state)
{
    g_autoptr(GPtrArray) entries =
        parse("{\"tasks\":[{" GOOD "},{" GOOD "},{\"id\":\"web1-true-e6fb-2\"," GOOD "},"
              "{\"agent\":\"web2\",\"task\":\"/usr/bin/apt-get  update\",\"cron\":\"hourly\"},"
              "{\"agent\":\"web2\",\"task\":\"(cd /; ls)\",\"cron\":\"hourly\"}]}",
              NULL, NULL);
    static const char *const ids[] = { "web1-true-e6fb", "web1-true-e6fb-3", "web1-true-e6fb-2",
                                       "web2-apt-get-", "web2-" };

    (void)state;
    assert_int_equal(entries->len, G_N_ELEMENTS(ids));
    for (unsigned i = 0; i < entries->len; i++) {
        const TaskEntry *entry = entries->pdata[i];

        if (!g_str_has_prefix(entry->id, ids[i]))
            fail_msg("%u: %s", i, entry->id);
    }
}

/* What it prints is read back as the same. */
static void test_members(void **state)
{
    g_autoptr(Json) json = json_parse(
        "{\"id\":\"x\"," GOOD ",\"enabled\":false,\"jitter\":\"5m\"}",
        strlen("{\"id\":\"x\"," GOOD ",\"enabled\":false,\"jitter\":\"5m\"}"), 1000, NULL);
    g_autoptr(TaskEntry) entry = task_entry_parse(json, NULL, NULL);
    g_autoptr(Json) members = task_entry_members(entry);
    g_autofree char *text = json_print(members);
    g_autoptr(GPtrArray) list = task_list_parse(NULL, NULL, NULL, NULL);

    (void)state;
    assert_string_equal(text, "{\"id\":\"x\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"daily "
                              "03:00\",\"jitter\":\"5m\",\"enabled\":false}");
    task_list_set(list, entry);
    task_list_set(list, entry);
    assert_int_equal(list->len, 1);
    assert_ptr_equal(task_list_find(list, "x"), entry);
    task_list_remove(list, "x");
    task_list_remove(list, "x");
    assert_int_equal(list->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_times_that_may_be_two),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
