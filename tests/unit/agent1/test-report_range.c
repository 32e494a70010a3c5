/* Ranges of time as people type them. */
#include "agent1/model/report_range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/data/local_day.h"
#include "common/base/banned.h"

#define HOUR_MS INT64_C(3600000)
#define NOW_MS  INT64_C(1792924200000) /* 2026-10-25 11:30 in Paris: 25 hours */

static void what_is_no_range_is_refused(void **state)
{
    static const struct {
        const char *text;
        ReportRangeFault fault;
    } cases[] = {
        { "", REPORT_RANGE_NO_FORM },
        { " ", REPORT_RANGE_NO_FORM },
        { "tomorrow", REPORT_RANGE_NO_FORM },
        { "last week", REPORT_RANGE_NO_FORM },
        { "24", REPORT_RANGE_NO_FORM },
        { "j", REPORT_RANGE_NO_FORM },
        { "0h", REPORT_RANGE_NO_FORM },
        { "-24h", REPORT_RANGE_NO_FORM },
        { "2026-10-1", REPORT_RANGE_NO_FORM },
        { "2026-02-30", REPORT_RANGE_NO_FORM },
        { "25/10/2026", REPORT_RANGE_NO_FORM },
        { "2026-10-01..", REPORT_RANGE_NO_FORM },
        { "..2026-10-01", REPORT_RANGE_NO_FORM },
        { "2026-10-01...2026-10-02", REPORT_RANGE_NO_FORM },
        { "2026-10-01..2026-10-02..2026-10-03", REPORT_RANGE_NO_FORM },
        { "24h..today", REPORT_RANGE_NO_FORM },
        { "99999999999999999999d", REPORT_RANGE_NO_FORM },
        { "2026-10-02..2026-10-01", REPORT_RANGE_BACKWARDS },
        { "today..yesterday", REPORT_RANGE_BACKWARDS },
        { "367d", REPORT_RANGE_TOO_LONG },
        { "2025-10-01..2026-10-02", REPORT_RANGE_TOO_LONG },
        { "0001-01-01..9999-12-31", REPORT_RANGE_TOO_LONG },
        { "2026-10-26", REPORT_RANGE_IN_FUTURE },
        { "9999-12-31", REPORT_RANGE_IN_FUTURE },
        { "2026-10-26..2026-10-27", REPORT_RANGE_IN_FUTURE },
    };
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Paris");

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ReportRange range = { .from_ms = 7 };

        if (report_range_parse(cases[i].text, NOW_MS, zone, &range) != cases[i].fault)
            fail_msg("\"%s\"", cases[i].text);
        assert_int_equal(range.from_ms, 7);
    }
}

/* Of days: the first, the last, and how many hours they have. */
static void days_are_those_of_the_zone(void **state)
{
    static const struct {
        const char *text;
        const char *first;
        const char *last;
        int64_t hours;
    } cases[] = {
        { "today", "2026-10-25", "2026-10-25", 25 },
        { " ToDay ", "2026-10-25", "2026-10-25", 25 },
        { "aujourd'hui", "2026-10-25", "2026-10-25", 25 },
        { "Aujourd\u2019hui", "2026-10-25", "2026-10-25", 25 },
        { "yesterday", "2026-10-24", "2026-10-24", 24 },
        { "HIER", "2026-10-24", "2026-10-24", 24 },
        { "2026-03-29", "2026-03-29", "2026-03-29", 23 },
        { "2026-03-28..2026-03-30", "2026-03-28", "2026-03-30", 71 },
        { "2026-10-19 .. 2026-10-31", "2026-10-19", "2026-10-31", 13 * 24 + 1 },
        { "2026-10-20..today", "2026-10-20", "2026-10-25", 6 * 24 + 1 },
        { "2025-10-26..2026-10-26", "2025-10-26", "2026-10-26", 366 * 24 + 1 },
        { "1999-12-31", "1999-12-31", "1999-12-31", 24 },
    };
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Paris");

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ReportRange range;
        g_autofree char *first = NULL;
        g_autofree char *last = NULL;

        print_message("%s\n", cases[i].text);
        assert_int_equal(report_range_parse(cases[i].text, NOW_MS, zone, &range), REPORT_RANGE_OK);
        first = local_day_print(range.first_day);
        last = local_day_print(range.last_day);
        assert_true(range.has_days);
        assert_string_equal(first, cases[i].first);
        assert_string_equal(last, cases[i].last);
        assert_int_equal(local_day_of(range.from_ms, zone), range.first_day);
        assert_int_equal(local_day_of(range.from_ms - 1, zone), range.first_day - 1);
        assert_int_equal(local_day_of(range.until_ms, zone), range.last_day + 1);
        assert_int_equal(range.until_ms - range.from_ms, cases[i].hours * HOUR_MS);
    }
}

static void durations_end_now(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = { { "24h", 24 * HOUR_MS },      { "7d", 168 * HOUR_MS },
                  { "7j", 168 * HOUR_MS },      { " 7J ", 168 * HOUR_MS },
                  { "1h30m", HOUR_MS * 3 / 2 }, { "366d", 366 * 24 * HOUR_MS },
                  { "24 h", 24 * HOUR_MS },     { "Two days", 48 * HOUR_MS },
                  { "une heure", HOUR_MS },     { "half an hour", HOUR_MS / 2 } };
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Paris");

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ReportRange range;

        print_message("%s\n", cases[i].text);
        assert_int_equal(report_range_parse(cases[i].text, NOW_MS, zone, &range), REPORT_RANGE_OK);
        assert_false(range.has_days);
        assert_int_equal(range.from_ms, NOW_MS - cases[i].ms);
        assert_int_equal(range.until_ms, NOW_MS + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_range_is_refused),
        cmocka_unit_test(days_are_those_of_the_zone),
        cmocka_unit_test(durations_end_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
