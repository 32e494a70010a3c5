/* Days without a year that are a year away. */
#include "common/data/time_lapse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/timestamp.h"

#include "common/base/banned.h"

static const struct {
    const char *what;
    const char *text;
    const char *now; /* Paris is an hour ahead in winter */
    TimeLapse lapse;
    const char *next;
    int64_t ago_ms;
    unsigned days;
} rows[] = {
    { "it is to come", "28 Nov 14:02", "2026-11-28T13:01:59Z", TIME_LAPSE_NONE, NULL, 0, 0 },
    { "it is now", "28 Nov 14:02", "2026-11-28T13:02:00Z", TIME_LAPSE_JUST_OVER,
      "at 2027-11-28T14:02", 0, 365 },
    { "it was yesterday", "le 27/11 à 14:00", "2026-11-28T00:30:00Z", TIME_LAPSE_JUST_OVER,
      "at 2027-11-27T14:00", 11 * 3600000 + 1800000, 364 },
    { "by the clock of the zone that was two days ago", "26 Nov 23:59", "2026-11-27T23:30:00Z",
      TIME_LAPSE_OTHER_YEAR, "at 2027-11-26T23:59", 0, 363 },
    { "it is next year", "5 Jan 08:00", "2026-11-28T00:30:00Z", TIME_LAPSE_OTHER_YEAR,
      "at 2027-01-05T08:00", 0, 38 },
    { "it was in the old year", "28 Dec 08:00", "2027-01-03T08:00:00Z", TIME_LAPSE_OTHER_YEAR,
      "at 2027-12-28T08:00", 0, 359 },
    { "the next leap year", "29 Feb 08:00", "2026-11-28T00:30:00Z", TIME_LAPSE_OTHER_YEAR,
      "at 2028-02-29T08:00", 0, 458 },
    { "it has a year", "28/11/2025 08:00", "2026-11-28T00:30:00Z", TIME_LAPSE_NONE, NULL, 0, 0 },
    { "every year", "*-11-27 14:00", "2026-11-28T00:30:00Z", TIME_LAPSE_NONE, NULL, 0, 0 },
    { "every day", "daily 00:00", "2026-11-28T00:30:00Z", TIME_LAPSE_NONE, NULL, 0, 0 },
};

static void test_rows(void **state)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Paris");
    g_autoptr(WallClock) clock = wall_clock_new(zone);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        LapsedTime lapsed = { 0 };
        g_autofree char *printed = NULL;
        TimeSpec spec;
        int64_t now_ms;

        assert_true(time_spec_parse(rows[i].text, &spec, NULL));
        assert_true(timestamp_parse(rows[i].now, &now_ms, NULL));
        if (time_lapse_find(&spec, clock, now_ms, &lapsed) != rows[i].lapse)
            fail_msg("%s", rows[i].what);
        assert_int_equal(lapsed.ago_ms, rows[i].ago_ms);
        assert_int_equal(lapsed.days, rows[i].days);
        printed = rows[i].next ? time_spec_print(&lapsed.next) : NULL;
        if (g_strcmp0(printed, rows[i].next) != 0)
            fail_msg("%s: %s", rows[i].what, printed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
