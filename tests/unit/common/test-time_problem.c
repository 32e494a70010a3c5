/* What is said of a time that is none. */
#include "common/data/time_problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/data/time_spec.h"

#include "common/base/banned.h"

static void frames(void **state)
{
    static const struct {
        TimeProblem problem;
        const char *text;
    } rows[] = {
        { { .expected = TIME_EXPECT_NOTHING, .character = 3, .found = (char *)"%s" },
          "character 3: found \"%s\", expected nothing more" },
        { { .expected = TIME_EXPECT_NOTHING, .character = 3 },
          "character 3: found the end, expected nothing more" },
        { { .expected = TIME_EXPECT_UTF8 }, "expected a text in UTF-8" },
        { { .expected = TIME_EXPECT_LENGTH, .found = (char *)"900", .part = (char *)"\"x\"" },
          "a text of 900 characters: expected at most 256 characters, as in \"x\"" },
        { { .expected = TIME_EXPECT_IN_OR_EVERY,
            .character = 1,
            .found = (char *)"20m",
            .part = (char *)"20m" },
          "character 1: found \"20m\", expected \"in 20m\", or \"every 20m\" to have it again and "
          "again" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = time_problem_print(&rows[i].problem);

        assert_string_equal(text, rows[i].text);
    }
}

static void each_kind_has_words(void **state)
{
    (void)state;
    for (int kind = 0; kind < TIME_EXPECT_COUNT; kind++)
        assert_non_null(time_problem_format((TimeExpect)kind));
}

static void examples_are_times(void **state)
{
    g_auto(GStrv) pieces = g_strsplit(time_problem_examples(), "\"", -1);

    (void)state;
    for (size_t i = 1; pieces[i]; i += 2) {
        TimeSpec spec;

        if (!time_spec_parse(pieces[i], &spec, NULL))
            fail_msg("%s", pieces[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),
        cmocka_unit_test(each_kind_has_words),
        cmocka_unit_test(examples_are_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
