/* A chart as text, and back: what is no chart is none. */
#include "agent1/port/day_chart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define NAMES "\"names\":[\"a\",\"b\",\"c\",\"d\"]"
#define WORDS "\"title\":\"t\",\"of_hours\":\"h\",\"of_runs\":\"r\"," NAMES

static void what_is_no_chart_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "[]",
        "{}",
        "{" WORDS "}",
        "{" WORDS ",\"hours\":[]}",
        "{" WORDS ",\"hours\":[[0,1,2,3]]}",
        "{" WORDS ",\"hours\":[[0,1,2,3,4,5]]}",
        "{" WORDS ",\"hours\":[[24,1,2,3,4]]}",
        "{" WORDS ",\"hours\":[[-1,1,2,3,4]]}",
        "{" WORDS ",\"hours\":[[0,1,2,3,-4]]}",
        "{" WORDS ",\"hours\":[[0,1,2,3,4000000000]]}",
        "{" WORDS ",\"hours\":[[0,1,2,3,\"4\"]]}",
        "{" WORDS ",\"hours\":[[0,1,2,3,0.5]]}",
        "{" WORDS ",\"hours\":[7]}",
        "{\"title\":7,\"of_hours\":\"h\",\"of_runs\":\"r\"," NAMES ",\"hours\":[[0,1,2,3,4]]}",
        "{\"title\":\"t\",\"of_hours\":\"h\",\"of_runs\":\"r\",\"names\":[\"a\",\"b\",\"c\"],"
        "\"hours\":[[0,1,2,3,4]]}",
        "{\"title\":\"t\",\"of_hours\":\"h\",\"of_runs\":\"r\",\"names\":[\"a\",\"b\",\"c\",1],"
        "\"hours\":[[0,1,2,3,4]]}",
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (day_chart_parse(cases[i]))
            fail_msg("%s", cases[i]);
    }
}

static void too_many_hours_are_refused(void **state)
{
    g_autoptr(GString) text = g_string_new("{" WORDS ",\"hours\":[[0,0,0,0,0]");

    (void)state;
    for (unsigned i = 0; i < DAY_CHART_HOURS_MAX; i++)
        g_string_append(text, ",[0,0,0,0,0]");
    g_string_append(text, "]}");
    assert_null(day_chart_parse(text->str));
}

static void it_is_read_back(void **state)
{
    g_autoptr(DayChart) chart = day_chart_new();
    g_autoptr(DayChart) back = NULL;
    g_autofree char *text = NULL;
    g_autofree char *again = NULL;

    (void)state;
    chart->title = g_strdup("Tâches du \"25\"");
    chart->of_hours = g_strdup("heure");
    chart->of_runs = g_strdup("");
    for (unsigned i = 0; i < CHART_GROUP_COUNT; i++)
        chart->names[i] = g_strdup("réussies");
    chart->hour_count = DAY_CHART_HOURS_MAX;
    for (unsigned i = 0; i < DAY_CHART_HOURS_MAX; i++) {
        chart->hours[i].clock = i % 24;
        chart->hours[i].counts[CHART_FAILED] = i * 1000000;
        chart->hours[i].counts[CHART_STOPPED] = 1;
    }
    text = day_chart_print(chart);
    back = day_chart_parse(text);
    assert_non_null(back);
    again = day_chart_print(back);
    assert_string_equal(again, text);
    assert_string_equal(back->title, chart->title);
    assert_int_equal(day_chart_sum(back, CHART_FAILED), 325 * 1000000);
    assert_int_equal(day_chart_sum(back, CHART_SUCCEEDED), 0);
    assert_int_equal(day_chart_height(&back->hours[2]), 2000001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_chart_is_refused),
        cmocka_unit_test(too_many_hours_are_refused),
        cmocka_unit_test(it_is_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
