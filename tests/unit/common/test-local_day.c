/* Days and their times: over every change of the clocks of a few zones, each time of each day is
 * one instant, in order. */
#include "common/data/local_day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/timestamp.h"
#include "common/base/banned.h"

static void test_times(void **state)
{
    static const struct {
        const char *what;
        const char *zone;
        const char *day;
        int minute;
        const char *at;
    } cases[] = {
        { "winter", "Europe/Paris", "2026-11-26", 22 * 60 + 30, "2026-11-26T21:30:00.000Z" },
        { "summer", "Europe/Paris", "2026-07-01", 22 * 60 + 30, "2026-07-01T20:30:00.000Z" },
        { "in the gap: just after it", "Europe/Paris", "2026-03-29", 150,
          "2026-03-29T01:00:00.000Z" },
        { "twice: the first", "Europe/Paris", "2026-10-25", 150, "2026-10-25T00:30:00.000Z" },
        { "after it", "Europe/Paris", "2026-10-25", 180, "2026-10-25T02:00:00.000Z" },
        { "midnight that is not", "America/Santiago", "2026-09-06", 0, "2026-09-06T04:00:00.000Z" },
        { "the end of a day", "UTC", "2026-12-31", 1440, "2027-01-01T00:00:00.000Z" },
        { "half an hour of summer", "Australia/Lord_Howe", "2026-04-05", 105,
          "2026-04-04T14:45:00.000Z" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(cases[i].zone);
        g_autofree char *at = NULL;
        int64_t day = 0;

        assert_non_null(zone);
        assert_true(local_day_parse(cases[i].day, &day));
        at = timestamp_format(local_day_at(day, cases[i].minute, zone));
        print_message("%s: %s\n", cases[i].what, at);
        assert_string_equal(at, cases[i].at);
    }
}

static void test_each_day_has_its_times_in_order(void **state)
{
    static const char *const zones[] = { "Europe/Paris",      "America/Santiago",
                                         "Asia/Kathmandu",    "Australia/Lord_Howe",
                                         "Africa/Casablanca", "UTC" };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(zones); i++) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zones[i]);
        int64_t last_ms = 0;

        /* 2024 to 2037. */
        for (int64_t day = 19723; day < 24837; day++) {
            for (int minute = 0; minute < 1440; minute += 30) {
                int64_t at_ms = local_day_at(day, minute, zone);

                assert_true(at_ms >= last_ms);
                assert_int_equal(local_day_of(at_ms, zone), day);
                last_ms = at_ms;
            }
        }
    }
}

static void test_words(void **state)
{
    static const char *const bad[] = { "",           "2026-11-2",   "2026-13-01", "2026-02-30",
                                       "2026/11/26", "2026-11-26 ", "20a6-11-26", "-026-11-26" };
    g_autofree char *text = local_day_print(20783);
    g_autofree char *early = NULL;
    int64_t day = -7;

    (void)state;
    assert_string_equal(text, "2026-11-26");
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(local_day_parse(bad[i], &day));
    assert_int_equal(day, -7);
    /* A slip of the finger is a year, too. */
    assert_true(local_day_parse("0026-09-20", &day));
    early = local_day_print(day);
    assert_string_equal(early, "0026-09-20");
    assert_true(local_day_parse("1970-01-01", &day));
    assert_int_equal(day, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_each_day_has_its_times_in_order),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
