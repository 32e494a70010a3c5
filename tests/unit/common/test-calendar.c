/* Sets of minutes: next and previous against a look at every minute, and the ends of the range. */
#include "common/data/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/unit/common/calendar_fits.h"

#include "common/base/banned.h"

#define START_S INT64_C(1709164800) /* 2024-02-29T00:00 */
#define END_S   INT64_C(4133980800) /* 2101-01-01T00:00 */

static const Calendar calendars[] = {
    { 1, 1, DAYS_ALL, MONTHS_ALL, 0x7f, false },
    { MINUTES_ALL, HOURS_ALL, DAYS_ALL, MONTHS_ALL, 0x7f, false },
    { 1U << 30, 1U << 23, 1U << 31, MONTHS_ALL, 0x7f, false },
    { UINT64_C(1) << 59, 1U << 23, DAYS_ALL, MONTHS_ALL, 1U << 6, false },
    { 3, 5, 1U << 13, MONTHS_ALL, 1U << 4, true },
    { 1, 1U << 12, 0xff0, 1U << 2 | 1U << 3, 0x1f, false },
    { 1, 1, 1U << 29, 1U << 2 | 1U << 4, 0x7f, false },
};

static void test_every_minute(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(calendars); i++) {
        int64_t last_s = -1;

        for (int64_t at_s = START_S; at_s < START_S + 100 * 86400; at_s += 60) {
            int64_t found_s = -1;

            if (!calendar_fits(&calendars[i], at_s))
                continue;
            assert_true(calendar_next(&calendars[i], at_s - 1, &found_s));
            assert_int_equal(found_s, at_s);
            assert_true(calendar_next(&calendars[i], at_s - 60, &found_s));
            assert_int_equal(found_s, at_s);
            assert_true(calendar_previous(&calendars[i], at_s + 1, &found_s));
            assert_int_equal(found_s, at_s);
            if (last_s >= 0) {
                assert_true(calendar_next(&calendars[i], last_s, &found_s));
                assert_int_equal(found_s, at_s);
                assert_true(calendar_previous(&calendars[i], at_s, &found_s));
                assert_int_equal(found_s, last_s);
            }
            last_s = at_s;
        }
        assert_true(last_s >= 0);
    }
}

static void test_ends(void **state)
{
    static const Calendar never = { 1, 1, 1U << 30, 1U << 2, 0x7f, false };
    int64_t found_s = 7;

    (void)state;
    assert_true(calendar_next(&calendars[1], INT64_MIN, &found_s));
    assert_int_equal(found_s, 0);
    assert_true(calendar_previous(&calendars[1], INT64_MAX, &found_s));
    assert_int_equal(found_s, END_S - 60);
    assert_true(calendar_next(&calendars[1], END_S - 61, &found_s));
    assert_int_equal(found_s, END_S - 60);

    found_s = 7;
    assert_false(calendar_next(&calendars[1], END_S - 60, &found_s));
    assert_false(calendar_next(&calendars[0], INT64_MAX, &found_s));
    assert_false(calendar_previous(&calendars[0], 0, &found_s));
    assert_false(calendar_previous(&calendars[0], INT64_MIN, &found_s));
    assert_false(calendar_previous(&calendars[2], 86400, &found_s));
    assert_false(calendar_next(&never, 0, &found_s));
    assert_false(calendar_previous(&never, END_S, &found_s));
    assert_int_equal(found_s, 7);
}

static void test_midnight(void **state)
{
    int64_t at_s = 7;

    (void)state;
    assert_true(calendar_midnight(1970, 1, 1, &at_s));
    assert_int_equal(at_s, 0);
    assert_true(calendar_midnight(2024, 2, 29, &at_s));
    assert_int_equal(at_s, START_S);
    assert_true(calendar_midnight(2100, 12, 31, &at_s));
    assert_int_equal(at_s, END_S - 86400);
    assert_false(calendar_midnight(1969, 12, 31, &at_s) || calendar_midnight(2101, 1, 1, &at_s));
    assert_false(calendar_midnight(2100, 2, 29, &at_s) || calendar_midnight(2026, 0, 1, &at_s));
    assert_false(calendar_midnight(2026, 13, 1, &at_s) || calendar_midnight(2026, 1, 0, &at_s));
    assert_false(calendar_midnight(2026, 1, 9999, &at_s) || calendar_midnight(2026, 257, 1, &at_s));
    assert_int_equal(at_s, END_S - 86400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_minute),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_midnight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
