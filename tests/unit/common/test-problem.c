/* The words of errors: what was found never harms who reads them. */
#include "common/base/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void test_expected(void **state)
{
    static const struct {
        const char *what;
        const char *found;
        const char *message;
    } rows[] = {
        { "plain", "5 minutes", "\"5 minutes\": expected x" },
        { "empty", "", "\"\": expected x" },
        { "an escape sequence", "\x1b[2J", "\"<U+001B>[2J\": expected x" },
        { "several lines", "a\nb", "\"a b\": expected x" },
        { "too long", "0123456789012345678901234567890123456789012345678901234567890",
          "\"01234567890123456789012345678901234567890123456789012345678…\": expected x" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        print_message("%s\n", rows[i].what);
        problem_set_expected(&error, PROBLEM_VALUE, rows[i].found, "x");
        assert_true(g_error_matches(error, PROBLEM, PROBLEM_VALUE));
        assert_string_equal(error->message, rows[i].message);
    }
    problem_set_expected(NULL, PROBLEM_VALUE, "nobody asks", "x");
}

static void test_domain(void **state)
{
    (void)state;
    assert_string_equal(g_quark_to_string(PROBLEM), "problem-quark");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expected),
        cmocka_unit_test(test_domain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
