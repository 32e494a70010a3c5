/* Charts in block characters: columns under their hours, a scale for all, few runs that are seen.
 */
#include "agent1/flow/daily/chart_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

static DayChart *make(unsigned first_clock, unsigned hours)
{
    static const char *const names[] = { "succeeded", "failed", "not started", "arrêtées" };
    DayChart *chart = day_chart_new();

    chart->hour_count = hours;
    for (unsigned i = 0; i < hours; i++)
        chart->hours[i].clock = (first_clock + i) % 24;
    for (unsigned i = 0; i < CHART_GROUP_COUNT; i++)
        chart->names[i] = g_strdup(names[i]);
    return chart;
}

static void expect(DayChart *chart, const char *wanted)
{
    g_autofree char *text = chart_text(chart);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (unsigned i = 0; lines[i]; i++)
        assert_in_range(g_utf8_strlen(lines[i], -1), 1, CHART_TEXT_COLUMNS);
    assert_string_equal(text, wanted);
    day_chart_free(chart);
}

static void a_day(void **state)
{
    DayChart *chart = make(0, 24);

    (void)state;
    chart->hours[0].counts[CHART_SUCCEEDED] = 4;
    chart->hours[6].counts[CHART_SUCCEEDED] = 8;
    chart->hours[23].counts[CHART_SUCCEEDED] = 1;
    chart->hours[6].counts[CHART_STOPPED] = 2;
    expect(chart, "succeeded   ▄     █                ▁     13\n"
                  "arrêtées          ▂                       2\n"
                  "            0     6     12    18        █=8");
}

static void one_among_thousands_is_seen(void **state)
{
    DayChart *chart = make(0, 24);

    (void)state;
    chart->hours[1].counts[CHART_SUCCEEDED] = 99999;
    chart->hours[2].counts[CHART_NOT_STARTED] = 1;
    expect(chart, "succeeded    █                        99999\n"
                  "not started   ▁                           1\n"
                  "            0     6     12    18    █=99999");
}

/* From 22:30 to 22:30; a day of 25 hours shows two o'clock twice, one of 23 leaves it out. */
static void odd_days(void **state)
{
    DayChart *late = make(22, 25);
    DayChart *autumn = make(0, 25);
    DayChart *spring = make(0, 23);

    (void)state;
    late->hours[24].counts[CHART_FAILED] = 1;
    expect(late, "failed                              █      1\n"
                 "              0     6     12    18       █=1");
    for (unsigned i = 3; i < 25; i++)
        autumn->hours[i].clock = i - 1;
    autumn->hours[24].counts[CHART_FAILED] = 3;
    expect(autumn, "failed                              █      3\n"
                   "            0      6     12    18        █=3");
    for (unsigned i = 2; i < 23; i++)
        spring->hours[i].clock = i + 1;
    spring->hours[0].counts[CHART_FAILED] = 3;
    expect(spring, "failed      █                            3\n"
                   "            0    6     12    18        █=3");
}

/* A clock that is put back at midnight shows it twice; the widest names are cut. */
static void what_does_not_fit(void **state)
{
    DayChart *chart = make(0, DAY_CHART_HOURS_MAX);

    (void)state;
    g_free(chart->names[CHART_FAILED]);
    chart->names[CHART_FAILED] = g_strdup("échoué très souvent");
    for (unsigned i = 1; i < DAY_CHART_HOURS_MAX; i++)
        chart->hours[i].clock = (i - 1) % 24;
    chart->hours[25].counts[CHART_FAILED] = 200000;
    expect(chart, "échoué très                          █ 200000\n"
                  "            0      6     12    18    0 █=200000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day),
        cmocka_unit_test(one_among_thousands_is_seen),
        cmocka_unit_test(odd_days),
        cmocka_unit_test(what_does_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
