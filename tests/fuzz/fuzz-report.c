/*
 * What reports read: the ranges of time that people type, and charts of a day or month as text. A
 * range is never empty, has whole days of its zone or ends now, and a day that is printed is read
 * back; a chart reads back as the same text, and every one can be shown and drawn.
 */
#include "agent1/edge/chart_day.h"
#include "agent1/edge/chart_month.h"
#include "agent1/flow/daily/chart_text.h"
#include "agent1/model/report_range.h"
#include "agent1/port/day_chart.h"
#include "agent1/port/month_chart.h"
#include "common/data/local_day.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

#define NOW_MAX_MS INT64_C(4000000000000)

static void check_range(FuzzInput *input)
{
    GTimeZone *in = fuzz_zone(input);
    int64_t now_ms = ABS(fuzz_number(input) % NOW_MAX_MS);
    g_autofree char *text = fuzz_text(input);
    g_autofree char *first = NULL;
    g_autofree char *last = NULL;
    g_autofree char *printed = NULL;
    ReportRange range;
    ReportRange again;

    if (report_range_parse(text, now_ms, in, &range) != REPORT_RANGE_OK)
        return;
    g_assert_cmpint(range.from_ms, <, range.until_ms);
    g_assert_cmpint(range.from_ms, <=, now_ms);
    if (!range.has_days) {
        g_assert_cmpint(range.until_ms, ==, now_ms + 1);
        return;
    }
    first = local_day_print(range.first_day);
    last = local_day_print(range.last_day);
    printed = g_strdup_printf("%s..%s", first, last);
    g_assert_cmpint(report_range_parse(printed, now_ms, in, &again), ==, REPORT_RANGE_OK);
    g_assert_cmpint(again.from_ms, ==, range.from_ms);
    g_assert_cmpint(again.until_ms, ==, range.until_ms);
}

static void check_lines(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    unsigned i;

    for (i = 0; lines[i]; i++)
        g_assert_cmpint(g_utf8_strlen(lines[i], -1), >, 0);
    g_assert_cmpuint(i, <=, CHART_GROUP_COUNT + 1);
}

static void check_chart(FuzzInput *input)
{
    g_autofree char *text = fuzz_text(input);
    g_autoptr(DayChart) chart = day_chart_parse(text);
    g_autoptr(DayChart) again = NULL;
    g_autoptr(Canvas) canvas = NULL;
    g_autofree char *printed = NULL;
    g_autofree char *reprinted = NULL;
    g_autofree char *shown = NULL;

    if (!chart)
        return;
    printed = day_chart_print(chart);
    again = day_chart_parse(printed);
    g_assert(again);
    reprinted = day_chart_print(again);
    g_assert_cmpstr(reprinted, ==, printed);
    canvas = chart_day_draw(chart);
    /* The core's own names are lines. */
    if (!strstr(printed, "\\n")) {
        shown = chart_text(chart);
        check_lines(shown);
    }
}

static void check_month(FuzzInput *input)
{
    g_autofree char *text = fuzz_text(input);
    g_autoptr(MonthChart) chart = month_chart_parse(text);
    g_autoptr(MonthChart) again = NULL;
    g_autoptr(Canvas) canvas = NULL;
    g_autofree char *printed = NULL;
    g_autofree char *reprinted = NULL;

    if (!chart)
        return;
    g_assert(!day_chart_parse(text));
    printed = month_chart_print(chart);
    again = month_chart_parse(printed);
    g_assert(again);
    reprinted = month_chart_print(again);
    g_assert_cmpstr(reprinted, ==, printed);
    canvas = chart_month_draw(chart);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static void (*const checks[])(FuzzInput * input) = { check_range, check_chart, check_month };
    FuzzInput input = fuzz_input(data, size);

    checks[fuzz_below(&input, G_N_ELEMENTS(checks))](&input);
}
