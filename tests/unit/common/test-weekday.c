/* Days of the week: English and French, short and long, any case; and nothing else. */
#include "common/data/weekday.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void test_names(void **state)
{
    static const char *const names[DAYS_A_WEEK][4] = {
        { "mon", "Monday", "LUN", "lundi" },       { "tue", "tuesday", "mar", "Mardi" },
        { "Wed", "wednesday", "mer", "MERCREDI" }, { "thu", "thursday", "jeu", "jeudi" },
        { "fri", "friday", "ven", "vendredi" },    { "sat", "saturday", "sam", "samedi" },
        { "sun", "sunday", "dim", "dimanche" },
    };
    static const char *const others[] = {
        "", "mo", "mond", "lund", "day", "mon ", " mon", "lundis"
    };
    unsigned day;

    (void)state;
    for (unsigned expected = 0; expected < DAYS_A_WEEK; expected++) {
        for (size_t i = 0; i < G_N_ELEMENTS(names[expected]); i++) {
            assert_true(weekday_parse(names[expected][i], &day));
            assert_int_equal(day, expected);
        }
        assert_true(weekday_parse(weekday_name(expected), &day));
        assert_int_equal(day, expected);
    }
    day = 42;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_false(weekday_parse(others[i], &day));
    assert_int_equal(day, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
