/* A chart of the month as text, and back: what is none is none, that of a day among it. */
#include "agent1/port/month_chart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent1/port/day_chart.h"
#include "common/base/banned.h"

#define HOURS "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0"

/* A chart whose first day ends with this, between other days. The caller owns it. */
static char *text_with(const char *head, const char *first_day, unsigned more_days)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, "{%s\"days\":[%s", head, first_day);
    for (unsigned i = 0; i < more_days; i++)
        g_string_append(text, ",[\"d\",6," HOURS ",241]");
    g_string_append(text, "]}");
    return g_string_free(text, FALSE);
}

#define HEAD "\"title\":\"t\",\"of_hours\":\"h\",\"names\":[\"a\",\"b\",\"c\"],"

static void what_is_no_chart_is_refused(void **state)
{
    static const struct {
        const char *head;
        const char *first_day;
        unsigned more_days;
        bool is_one;
    } rows[] = {
        { HEAD, "[\"d\",0," HOURS ",0]", 30, true },
        { HEAD, "[\"d\",0," HOURS ",0]", 29, false },
        { HEAD, "[\"d\",0," HOURS ",0]", 31, false },
        { HEAD, "[\"d\",7," HOURS ",0]", 30, false },
        { HEAD, "[\"d\",0," HOURS "]", 30, false },
        { HEAD, "[\"d\",0," HOURS ",242]", 30, false },
        { HEAD, "[\"d\",0," HOURS ",-1]", 30, false },
        { HEAD, "[1,0," HOURS ",0]", 30, false },
        { HEAD, "7", 30, false },
        { "\"title\":\"t\",", "[\"d\",0," HOURS ",0]", 30, false },
        { "\"title\":\"t\",\"of_hours\":\"h\",\"names\":[\"a\",\"b\"],", "[\"d\",0," HOURS ",0]",
          30, false },
        { "\"title\":\"t\",\"of_hours\":\"h\",\"names\":[\"a\",\"b\",1],", "[\"d\",0," HOURS ",0]",
          30, false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = text_with(rows[i].head, rows[i].first_day, rows[i].more_days);
        g_autoptr(MonthChart) chart = month_chart_parse(text);

        if (!chart == rows[i].is_one)
            fail_msg("%s", text);
    }
    assert_null(month_chart_parse(""));
    assert_null(month_chart_parse("[]"));
}

static MonthChart *make(void)
{
    MonthChart *chart = month_chart_new();

    chart->title = g_strdup("web1, le mois qui vient");
    chart->of_hours = g_strdup("heure, Europe/Paris");
    for (unsigned i = 0; i < MONTH_CHART_MARK_COUNT; i++)
        chart->names[i] = g_strdup("sautées");
    for (unsigned i = 0; i < MONTH_DAYS; i++) {
        chart->days[i].name = g_strdup_printf("lun %u", i);
        chart->days[i].weekday = i % 7;
        for (unsigned hour = 0; hour < MONTH_HOURS; hour++)
            chart->days[i].cells[hour] =
                (MonthCell){ .is_closed = hour % 2 == 1,
                             .begins = (uint8_t)(i % (MONTH_CELL_MAX + 1)),
                             .skipped = (uint8_t)(hour % (MONTH_CELL_MAX + 1)) };
    }
    return chart;
}

static void it_is_read_back(void **state)
{
    g_autoptr(MonthChart) chart = make();
    g_autofree char *text = month_chart_print(chart);
    g_autoptr(MonthChart) back = month_chart_parse(text);

    (void)state;
    assert_non_null(back);
    assert_string_equal(back->title, chart->title);
    assert_string_equal(back->of_hours, chart->of_hours);
    for (unsigned i = 0; i < MONTH_DAYS; i++) {
        assert_string_equal(back->days[i].name, chart->days[i].name);
        assert_int_equal(back->days[i].weekday, chart->days[i].weekday);
        assert_memory_equal(back->days[i].cells, chart->days[i].cells,
                            sizeof(chart->days[i].cells));
    }
}

static void a_day_is_no_month_and_a_month_no_day(void **state)
{
    g_autoptr(MonthChart) month = make();
    g_autofree char *month_text = month_chart_print(month);
    const char *day_text = "{\"title\":\"t\",\"of_hours\":\"h\",\"of_runs\":\"r\",\"names\":"
                           "[\"a\",\"b\",\"c\",\"d\"],\"hours\":[[0,1,2,3,4]]}";
    g_autoptr(DayChart) day = day_chart_parse(day_text);

    (void)state;
    assert_non_null(day);
    assert_null(month_chart_parse(day_text));
    assert_null(day_chart_parse(month_text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_chart_is_refused),
        cmocka_unit_test(it_is_read_back),
        cmocka_unit_test(a_day_is_no_month_and_a_month_no_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
