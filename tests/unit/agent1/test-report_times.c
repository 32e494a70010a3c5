/* reports_schedule.json: what it may say, and where a mistake stands. */
#include "agent1/model/report_times.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static ReportTimes *parse(const char *text, GPtrArray *warnings, GError **error)
{
    g_autoptr(Json) json = json_parse(text, strlen(text), 10000, NULL);

    assert_non_null(json);
    return report_times_parse(json, warnings, error);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *text;
        const char *complaint;
    } cases[] = {
        { "[]", "an array: expected an object" },
        { "{\"daily_report_time\":\"24:00\"}", "daily_report_time: \"24:00\": expected a time" },
        { "{\"daily_report_time\":2230}", "daily_report_time: " },
        { "{\"daily_report_enabled\":\"yes\"}", "daily_report_enabled: " },
        { "{\"agents\":[]}", "agents: an array: expected an object" },
        { "{\"agents\":{\"web1\":\"22:00\"}}", "agents.web1" },
        { "{\"agents\":{\"Web 1\":{}}}", "agents.Web 1: expected the name of an agent" },
        { "{\"agents\":{\"web1\":{\"report_time\":\"7:00\"}}}",
          "agents.web1.report_time: \"7:00\"" },
        { "{\"agents\":{\"web1\":{\"enabled\":1}}}", "agents.web1.enabled: " },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ReportTimes) times = parse(cases[i].text, NULL, &error);

        assert_null(times);
        if (!strstr(error->message, cases[i].complaint))
            fail_msg("%s: %s", cases[i].text, error->message);
    }
}

static void test_warnings(void **state)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ReportTimes) times = parse("{\"_\":1,\"daily_report_tim\":\"x\",\"agents\":{"
                                         "\"web1\":{\"report_tme\":\"22:00\"}}}",
                                         warnings, NULL);

    (void)state;
    assert_non_null(times);
    assert_int_equal(warnings->len, 2);
    assert_non_null(strstr(warnings->pdata[0], "daily_report_tim"));
    assert_non_null(strstr(warnings->pdata[1], "report_tme"));
}

static void test_times(void **state)
{
    g_autoptr(ReportTimes) times = report_times_parse(NULL, NULL, NULL);
    int minutes[] = { 0, 22 * 60 + 30, 1439, -1 };
    int minute = 7;

    (void)state;
    assert_false(report_times_daily(times)->is_enabled);
    assert_null(report_times_of(times, "web1"));
    for (unsigned i = 0; i < G_N_ELEMENTS(minutes); i++) {
        for (int is_daily = 0; is_daily < 2; is_daily++) {
            g_autoptr(Json) members = report_times_members(is_daily, minutes[i]);

            assert_true(report_times_read_members(members, &minute));
            assert_int_equal(minute, minutes[i]);
        }
        report_times_set(times, "web1", minutes[i]);
        assert_int_equal(report_times_of(times, "web1")->is_enabled, minutes[i] >= 0);
    }
    assert_int_equal(report_times_of(times, "web1")->minute, 1439); /* kept while it is off */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
