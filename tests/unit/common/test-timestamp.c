/* Instants: RFC 3339 there and back, and local time for people. */
#include "common/base/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

static void test_there_and_back(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        { 0, "1970-01-01T00:00:00.000Z" },
        { 1, "1970-01-01T00:00:00.001Z" },
        { INT64_C(951782399999), "2000-02-28T23:59:59.999Z" },
        { INT64_C(951782400000), "2000-02-29T00:00:00.000Z" },
        { INT64_C(1795227245123), "2026-11-21T02:14:05.123Z" },
        { INT64_C(253402300799999), "9999-12-31T23:59:59.999Z" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = timestamp_format(rows[i].ms);
        int64_t ms = -1;

        assert_string_equal(text, rows[i].text);
        assert_true(timestamp_parse(text, &ms, NULL));
        assert_int_equal(ms, rows[i].ms);
    }
}

static void test_clamped(void **state)
{
    g_autofree char *before = timestamp_format(-1);
    g_autofree char *after = timestamp_format(INT64_MAX);

    (void)state;
    assert_string_equal(before, "1970-01-01T00:00:00.000Z");
    assert_string_equal(after, "9999-12-31T23:59:59.999Z");
}

static const struct {
    const char *text;
    const char *same; /* NULL: refused */
} parse_rows[] = {
    { "2026-11-21T02:14:05Z", "2026-11-21T02:14:05.000Z" },
    { "2026-11-21t02:14:05z", "2026-11-21T02:14:05.000Z" },
    { "2026-11-21T02:14:05.1Z", "2026-11-21T02:14:05.100Z" },
    { "2026-11-21T02:14:05.12Z", "2026-11-21T02:14:05.120Z" },
    { "2026-11-21T02:14:05.1239999Z", "2026-11-21T02:14:05.123Z" },
    { "2026-11-21T02:14:05+00:00", "2026-11-21T02:14:05.000Z" },
    { "2026-11-21T02:14:05-00:00", "2026-11-21T02:14:05.000Z" },
    { "2026-11-21T02:14:05.5+01:30", "2026-11-21T00:44:05.500Z" },
    { "2026-11-21T22:14:05-05:00", "2026-11-22T03:14:05.000Z" },
    { "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z" },
    { "2026-02-29T00:00:00Z", NULL },
    { "2026-13-01T00:00:00Z", NULL },
    { "2026-00-01T00:00:00Z", NULL },
    { "2026-04-31T00:00:00Z", NULL },
    { "2026-11-21T24:00:00Z", NULL },
    { "2026-11-21T02:60:00Z", NULL },
    { "2026-11-21T02:14:60Z", NULL },
    { "2026-11-21T02:14:05", NULL },
    { "2026-11-21T02:14:05.Z", NULL },
    { "2026-11-21T02:14:05,5Z", NULL },
    { "2026-11-21 02:14:05Z", NULL },
    { "2026-11-21T02:14Z", NULL },
    { "2026-11-21", NULL },
    { "26-11-21T02:14:05Z", NULL },
    { "2026-11-21T02:14:05+0100", NULL },
    { "2026-11-21T02:14:05+24:00", NULL },
    { "2026-11-21T02:14:05+01:60", NULL },
    { "2026-11-21T02:14:05ZZ", NULL },
    { "2026-11-21T02:14:05Z ", NULL },
    { " 2026-11-21T02:14:05Z", NULL },
    { "1969-12-31T23:59:59.999Z", NULL },
    { "1970-01-01T00:00:00+00:01", NULL },
    { "9999-12-31T23:59:59-00:01", NULL },
    { "0000-01-01T00:00:00Z", NULL },
    { "", NULL },
    { "now", NULL },
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(parse_rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *printed = NULL;
        int64_t ms = 7;

        print_message("%s\n", parse_rows[i].text);
        assert_int_equal(timestamp_parse(parse_rows[i].text, &ms, &error),
                         parse_rows[i].same != NULL);
        if (parse_rows[i].same) {
            printed = timestamp_format(ms);
            assert_string_equal(printed, parse_rows[i].same);
        } else {
            assert_int_equal(ms, 7);
            assert_true(g_error_matches(error, PROBLEM, PROBLEM_SYNTAX));
        }
    }
}

/* Frees what was made. */
static void check(char *made, const char *expected)
{
    g_autofree char *owned = made;

    assert_string_equal(owned, expected);
}

static void test_local(void **state)
{
    static const struct {
        const char *what;
        const char *at;
        const char *now;
        const char *expected;
        const char *french;
        const char *zone;
    } rows[] = {
        { "the same day", "2026-11-21T13:02:00Z", "2026-11-21T02:00:00Z", "14:02", "14:02", "CET" },
        { "a day in UTC, but two in Paris", "2026-11-21T23:30:00Z", "2026-11-21T22:30:00Z",
          "2026-11-22 00:30", "le 22/11 à 00:30", "CET" },
        { "two days in UTC, but one in Paris", "2026-11-21T23:30:00Z", "2026-11-22T22:30:00Z",
          "00:30", "00:30", "CET" },
        { "the first days of a year", "2026-01-02T07:05:00Z", "2026-11-21T22:30:00Z",
          "2026-01-02 08:05", "le 02/01 à 08:05", "CET" },
        { "the same day of another year", "2025-11-21T13:02:00Z", "2026-11-21T13:02:00Z",
          "2025-11-21 14:02", "le 21/11/2025 à 14:02", "CET" },
        { "summer", "2026-07-01T12:00:00Z", "2026-07-01T12:00:00Z", "14:00", "14:00", "CEST" },
        { "the first pass in autumn", "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z", "02:30",
          "02:30", "CEST" },
        { "the second pass in autumn", "2026-10-25T01:30:00Z", "2026-10-25T00:00:00Z", "02:30",
          "02:30", "CET" },
    };
    g_autoptr(GTimeZone) paris = g_time_zone_new_identifier("Europe/Paris");

    (void)state;
    assert_non_null(paris);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *with_zone = g_strdup_printf("%s %s", rows[i].expected, rows[i].zone);
        g_autofree char *french_with_zone = g_strdup_printf("%s %s", rows[i].french, rows[i].zone);
        int64_t at;
        int64_t now;

        print_message("%s\n", rows[i].what);
        assert_true(timestamp_parse(rows[i].at, &at, NULL));
        assert_true(timestamp_parse(rows[i].now, &now, NULL));
        check(timestamp_local(at, now, paris), rows[i].expected);
        check(timestamp_local_with_zone(at, now, paris), with_zone);
        check(timestamp_local_fr(at, now, paris), rows[i].french);
        check(timestamp_local_fr_with_zone(at, now, paris), french_with_zone);
    }
}

static void test_local_at_the_end_of_time(void **state)
{
    g_autoptr(GTimeZone) paris = g_time_zone_new_identifier("Europe/Paris");
    g_autofree char *local = timestamp_local(INT64_MAX, 0, paris);
    g_autofree char *french = timestamp_local_fr(INT64_MAX, 0, paris);

    (void)state;
    assert_true(g_str_has_prefix(local, "9999-12-31 "));
    assert_true(g_str_has_prefix(french, "le 31/12/9999 à "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_clamped),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_local),
        cmocka_unit_test(test_local_at_the_end_of_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
