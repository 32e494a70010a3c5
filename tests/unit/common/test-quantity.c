/* Durations and sizes: read, printed exactly, shown. */
#include "common/base/quantity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

#define DURATION_EXPECTED "expected a duration such as 500ms, 8s, 10m, 2h, 7d or 1h30m"
#define SIZE_EXPECTED     "expected a size such as 512, 64KiB, 16MiB, 2GiB or 100MB"

typedef struct Row {
    const char *text;
    int64_t value;
    const char *printed;
} Row;

static const Row durations[] = {
    { "500ms", 500, "500ms" },
    { "8s", 8000, "8s" },
    { "0s", 0, "0s" },
    { "0d", 0, "0s" },
    { "10m", 600000, "10m" },
    { "10min", 600000, "10m" },
    { "2h", 7200000, "2h" },
    { "7d", 604800000, "7d" },
    { "1h30m", 5400000, "90m" },
    { "1d2h3m4s5ms", 93784005, "93784005ms" },
    { "90s", 90000, "90s" },
    { "120s", 120000, "2m" },
    { "106751991167d", INT64_C(9223372036828800000), "106751991167d" },
};

static const Row sizes[] = {
    { "0", 0, "0" },
    { "512", 512, "512" },
    { "1000", 1000, "1000" },
    { "64KiB", 65536, "64KiB" },
    { "65536", 65536, "64KiB" },
    { "16MiB", 16777216, "16MiB" },
    { "2GiB", INT64_C(2147483648), "2GiB" },
    { "1kB", 1000, "1000" },
    { "100MB", 100000000, "100000000" },
    { "3GB", INT64_C(3000000000), "3000000000" },
    { "8589934591GiB", INT64_C(9223372035781033984), "8589934591GiB" },
};

static void test_durations(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(durations); i++) {
        g_autofree char *printed = NULL;
        int64_t ms = -1;

        print_message("%s\n", durations[i].text);
        assert_true(duration_parse(durations[i].text, &ms, NULL));
        assert_int_equal(ms, durations[i].value);
        printed = duration_print(ms);
        assert_string_equal(printed, durations[i].printed);
        assert_true(duration_parse(printed, &ms, NULL));
        assert_int_equal(ms, durations[i].value);
    }
}

static void test_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *printed = NULL;
        int64_t bytes = -1;

        print_message("%s\n", sizes[i].text);
        assert_true(size_parse(sizes[i].text, &bytes, NULL));
        assert_int_equal(bytes, sizes[i].value);
        printed = size_print(bytes);
        assert_string_equal(printed, sizes[i].printed);
        assert_true(size_parse(printed, &bytes, NULL));
        assert_int_equal(bytes, sizes[i].value);
    }
}

static void test_refused(void **state)
{
    static const char *const bad_durations[] = {
        "",
        "10",
        "s",
        "-8s",
        "+8s",
        "8 s",
        " 8s",
        "8s ",
        "0.5s",
        "8S",
        "8sec",
        "1h30",
        "30m1h",
        "1m1min",
        "1s1s",
        "1hh",
        "8s\n",
        "106751991168d",
        "9223372036854775808ms",
        "99999999999999999999s",
    };
    static const char *const bad_sizes[] = {
        "",   "KiB",   "-1",    "1 KiB", "1.5KiB", "1kib",          "1KB",
        "1K", "1KiBx", "1KiB1", "1B",    "0x10",   "8589934592GiB", "9223372036854775808",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad_durations); i++) {
        g_autoptr(GError) error = NULL;
        int64_t ms = 7;

        print_message("%s\n", bad_durations[i]);
        assert_false(duration_parse(bad_durations[i], &ms, &error));
        assert_int_equal(ms, 7);
        assert_true(g_error_matches(error, PROBLEM, PROBLEM_SYNTAX));
        assert_true(g_str_has_suffix(error->message, DURATION_EXPECTED));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad_sizes); i++) {
        g_autoptr(GError) error = NULL;
        int64_t bytes = 7;

        print_message("%s\n", bad_sizes[i]);
        assert_false(size_parse(bad_sizes[i], &bytes, &error));
        assert_int_equal(bytes, 7);
        assert_true(g_str_has_suffix(error->message, SIZE_EXPECTED));
    }
}

static void test_error_shows_the_value(void **state)
{
    g_autoptr(GError) error = NULL;
    int64_t ms;

    (void)state;
    assert_false(duration_parse("10\x1b", &ms, &error));
    assert_string_equal(error->message, "\"10<U+001B>\": " DURATION_EXPECTED);
}

static void test_shown(void **state)
{
    static const struct {
        char *(*format)(int64_t amount);
        int64_t amount;
        const char *expected;
    } rows[] = {
        { duration_format, -5, "0.0 s" },
        { duration_format, 0, "0.0 s" },
        { duration_format, 99, "0.0 s" },
        { duration_format, 400, "0.4 s" },
        { duration_format, 9999, "9.9 s" },
        { duration_format, 10000, "10 s" },
        { duration_format, 59999, "59 s" },
        { duration_format, 60000, "1 min" },
        { duration_format, 185000, "3 min 5 s" },
        { duration_format, 3599999, "59 min 59 s" },
        { duration_format, 7800000, "2 h 10 min" },
        { duration_format, 7200000, "2 h" },
        { duration_format, 273600000, "3 d 4 h" },
        { duration_format, INT64_MAX, "106751991167 d 7 h" },
        { size_format, -1, "0 B" },
        { size_format, 0, "0 B" },
        { size_format, 512, "512 B" },
        { size_format, 1023, "1023 B" },
        { size_format, 1024, "1 KiB" },
        { size_format, 65535, "63.9 KiB" },
        { size_format, 16777216, "16 MiB" },
        { size_format, 1610612736, "1.5 GiB" },
        { size_format, INT64_MAX, "8191.9 PiB" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *shown = rows[i].format(rows[i].amount);

        assert_string_equal(shown, rows[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations), cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_error_shows_the_value),
        cmocka_unit_test(test_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
