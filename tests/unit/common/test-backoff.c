/* Back-off: the longest wait of each attempt, and the whole range below it. */
#include "common/data/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>

#include "common/base/banned.h"

static void test_range(void **state)
{
    static const struct {
        const char *what;
        unsigned attempt;
        int64_t base_ms;
        int64_t cap_ms;
        int64_t longest_ms;
    } rows[] = {
        { "first", 0, 100, 30000, 100 },
        { "doubled", 1, 100, 30000, 200 },
        { "again", 3, 100, 30000, 800 },
        { "below the cap", 8, 100, 30000, 25600 },
        { "the cap", 9, 100, 30000, 30000 },
        { "long after", UINT32_MAX, 100, 30000, 30000 },
        { "a base above the cap", 0, 500, 100, 100 },
        { "the smallest", 5, 1, 1, 1 },
        { "no overflow", 200, INT64_MAX / 2 + 1, INT64_MAX, INT64_MAX },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint64_t longest = (uint64_t)rows[i].longest_ms;

        print_message("%s\n", rows[i].what);
        assert_true(backoff_wait_ms(rows[i].attempt, rows[i].base_ms, rows[i].cap_ms, 0) == 1);
        assert_true(backoff_wait_ms(rows[i].attempt, rows[i].base_ms, rows[i].cap_ms,
                                    longest - 1) == rows[i].longest_ms);
        assert_true(backoff_wait_ms(rows[i].attempt, rows[i].base_ms, rows[i].cap_ms, longest) ==
                    1);
        assert_in_range(
            backoff_wait_ms(rows[i].attempt, rows[i].base_ms, rows[i].cap_ms, UINT64_MAX), 1,
            longest);
    }
}

static void test_after(void **state)
{
    static const struct {
        const char *what;
        unsigned attempt;
        int64_t stood_ms;
        unsigned next;
    } rows[] = {
        { "nothing had failed", 0, 0, 0 },
        { "broke at once", 1, 0, 1 },
        { "broke a moment too early", 1, 99, 1 },
        { "stood for the first wait", 1, 100, 0 },
        { "too short for the third", 3, 399, 3 },
        { "long enough for the third", 3, 400, 0 },
        { "the last below the longest of what flaps", 4, 0, 4 },
        { "no longer than that", 5, 0, 4 },
        { "too short for the cap", UINT32_MAX, 29999, 4 },
        { "long enough for the cap", UINT32_MAX, 30000, 0 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].what);
        assert_int_equal(backoff_after(rows[i].attempt, 100, 30000, rows[i].stood_ms),
                         rows[i].next);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_range),
                                        cmocka_unit_test(test_after) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
