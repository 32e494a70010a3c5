/* Windows: reading, the nights on which the clock is set, and the next change against a scan of
 * every minute. */
#include "common/data/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/problem.h"
#include "common/base/timestamp.h"

#include "common/base/banned.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS    (24 * 60 * MINUTE_MS)

static GTimeZone *zone_of(const char *name)
{
    GTimeZone *zone = g_time_zone_new_identifier(name);

    assert_non_null(zone);
    return zone;
}

static int64_t instant(const char *text)
{
    int64_t unix_ms = -1;

    assert_true(timestamp_parse(text, &unix_ms, NULL));
    return unix_ms;
}

static Window *parse(const char *text, GPtrArray *warnings, GError **error)
{
    g_autoptr(Json) object = json_parse(text, strlen(text), 1000, NULL);
    static const char *const also_known[] = { "timezone", NULL };

    assert_non_null(object);
    return window_parse(object, "[0]", also_known, warnings, error);
}

static const struct {
    const char *what;
    const char *json;
    const char *described;
    const char *printed;
} parse_rows[] = {
    { "as in the manual",
      "{\"start\":\"02:00\",\"end\":\"05:00\",\"label\":\"maintenance nuit\",\"enabled\":true}",
      "02:00-05:00 (maintenance nuit)",
      "{\"start\":\"02:00\",\"end\":\"05:00\",\"label\":\"maintenance "
      "nuit\",\"enabled\":true}" },
    { "over midnight, two days",
      "{\"start\":\"22:00\",\"end\":\"06:00\",\"days\":[\"Tue\",\"MON\"]}", "22:00-06:00 mon,tue",
      "{\"start\":\"22:00\",\"end\":\"06:00\",\"days\":[\"mon\",\"tue\"],\"enabled\":true}" },
    { "French days",
      "{\"start\":\"08:00\",\"end\":\"12:00\",\"days\":[\"Lundi\",\"mar\",\"DIM\",\"jeudi\"]}",
      "08:00-12:00 mon,tue,thu,sun",
      "{\"start\":\"08:00\",\"end\":\"12:00\",\"days\":[\"mon\",\"tue\",\"thu\",\"sun\"],"
      "\"enabled\":true}" },
    { "all seven days are no restriction",
      "{\"start\":\"07:00\",\"end\":\"23:00\",\"days\":[\"mon\",\"tue\",\"wed\",\"thu\","
      "\"fri\","
      "\"sat\",\"sun\"],\"timezone\":\"Europe/Paris\",\"_why\":1}",
      "07:00-23:00", "{\"start\":\"07:00\",\"end\":\"23:00\",\"enabled\":true}" },
    { "to the end of the day", "{\"start\":\"18:00\",\"end\":\"24:00\",\"enabled\":false}",
      "18:00-24:00", "{\"start\":\"18:00\",\"end\":\"24:00\",\"enabled\":false}" },
    { "midnight as an end is 24:00", "{\"start\":\"18:00\",\"end\":\"00:00\"}", "18:00-24:00",
      "{\"start\":\"18:00\",\"end\":\"24:00\",\"enabled\":true}" },
    { "the whole day", "{\"start\":\"00:00\",\"end\":\"24:00\",\"label\":null,\"days\":null}",
      "00:00-24:00", "{\"start\":\"00:00\",\"end\":\"24:00\",\"enabled\":true}" },
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(parse_rows); i++) {
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        g_autoptr(Window) window = parse(parse_rows[i].json, warnings, &error);
        g_autoptr(Window) copy = window_copy(window);
        g_autoptr(Window) again = NULL;
        g_autoptr(Json) json = NULL;
        g_autofree char *described = NULL;
        g_autofree char *printed = NULL;

        print_message("%s\n", parse_rows[i].what);
        assert_null(error);
        assert_int_equal(warnings->len, 0);
        described = window_describe(copy);
        assert_string_equal(described, parse_rows[i].described);
        json = window_print(copy);
        printed = json_print(json);
        assert_string_equal(printed, parse_rows[i].printed);
        again = parse(printed, NULL, &error);
        assert_int_equal(again->start_min, window->start_min);
        assert_int_equal(again->end_min, window->end_min);
        assert_int_equal(again->days, window->days);
        assert_int_equal(again->is_enabled, window->is_enabled);
        assert_int_equal(g_strcmp0(again->label, window->label), 0);
    }
    assert_null(window_copy(NULL));
}

static void test_refused(void **state)
{
    static const struct {
        const char *what;
        const char *json;
        const char *message;
    } rows[] = {
        { "hour 25", "{\"start\":\"25:00\",\"end\":\"05:00\"}",
          "[0].start: \"25:00\": expected a time from \"00:00\" to \"23:59\"" },
        { "24:00 as a start", "{\"start\":\"24:00\",\"end\":\"05:00\"}",
          "[0].start: \"24:00\": expected a time from \"00:00\" to \"23:59\"" },
        { "minute 60", "{\"start\":\"01:00\",\"end\":\"05:60\"}",
          "[0].end: \"05:60\": expected a time from \"00:00\" to \"24:00\", other than the start" },
        { "after 24:00", "{\"start\":\"01:00\",\"end\":\"24:01\"}",
          "[0].end: \"24:01\": expected a time from \"00:00\" to \"24:00\", other than the start" },
        { "start is end", "{\"start\":\"01:00\",\"end\":\"01:00\"}",
          "[0].end: \"01:00\": expected a time from \"00:00\" to \"24:00\", other than the start" },
        { "one digit", "{\"start\":\"1:00\",\"end\":\"02:00\"}",
          "[0].start: \"1:00\": expected a time from \"00:00\" to \"23:59\"" },
        { "a number", "{\"start\":700,\"end\":\"02:00\"}",
          "[0].start: 700: expected a time from \"00:00\" to \"23:59\"" },
        { "no end", "{\"start\":\"01:00\"}",
          "[0].end: missing: expected a time from \"00:00\" to \"24:00\", other than the start" },
        { "no day", "{\"start\":\"01:00\",\"end\":\"02:00\",\"days\":[]}",
          "[0].days: []: expected an array of at least one day: mon … sun, lun … dim, short or "
          "long" },
        { "not a day", "{\"start\":\"01:00\",\"end\":\"02:00\",\"days\":[\"mon\",\"mondi\"]}",
          "[0].days[1]: \"mondi\": expected an array of at least one day: mon … sun, lun … dim, "
          "short or long" },
        { "not an object", "[]", "[0]: []: expected an object" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        print_message("%s\n", rows[i].what);
        assert_null(parse(rows[i].json, NULL, &error));
        assert_string_equal(error->message, rows[i].message);
    }
}

static void test_unknown_key(void **state)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Window) window = NULL;

    (void)state;
    window = parse("{\"start\":\"01:00\",\"end\":\"02:00\",\"enabeld\":false}", warnings, NULL);
    assert_non_null(window);
    assert_int_equal(warnings->len, 1);
    assert_string_equal(g_ptr_array_index(warnings, 0),
                        "unknown key \"enabeld\" in [0] (did you mean \"enabled\"?)");
}

static void test_time_of_day(void **state)
{
    g_autoptr(GError) error = NULL;
    int minute = -1;

    (void)state;
    assert_true(time_of_day_parse("22:30", false, &minute, NULL));
    assert_int_equal(minute, 22 * 60 + 30);
    assert_true(time_of_day_parse("24:00", true, &minute, NULL));
    assert_int_equal(minute, 1440);
    assert_false(time_of_day_parse("24:00", false, &minute, &error));
    assert_int_equal(minute, 1440);
    assert_string_equal(error->message, "\"24:00\": expected a time from \"00:00\" to \"23:59\"");
}

#define PLAIN(start, end)      "{\"start\":\"" start "\",\"end\":\"" end "\"}"
#define DAYS(start, end, days) "{\"start\":\"" start "\",\"end\":\"" end "\",\"days\":[" days "]}"

static void test_contains(void **state)
{
    static const struct {
        const char *what;
        const char *json;
        const char *at; /* with the offset of Paris, to be read by people */
        bool is_inside;
    } rows[] = {
        { "before the start", PLAIN("02:00", "05:00"), "2026-11-21T01:59:59.999+01:00", false },
        { "at the start", PLAIN("02:00", "05:00"), "2026-11-21T02:00:00+01:00", true },
        { "before the end", PLAIN("02:00", "05:00"), "2026-11-21T04:59:59.999+01:00", true },
        { "the end is outside", PLAIN("02:00", "05:00"), "2026-11-21T05:00:00+01:00", false },
        { "over midnight, evening", DAYS("22:00", "06:00", "\"fri\""), "2026-11-20T23:00:00+01:00",
          true },
        { "over midnight, the morning is Friday's", DAYS("22:00", "06:00", "\"fri\""),
          "2026-11-21T05:59:00+01:00", true },
        { "over midnight, the morning of Friday itself", DAYS("22:00", "06:00", "\"fri\""),
          "2026-11-20T05:59:00+01:00", false },
        { "over midnight, the evening after", DAYS("22:00", "06:00", "\"fri\""),
          "2026-11-21T22:00:00+01:00", false },
        { "over midnight, Sunday's into Monday", DAYS("22:00", "06:00", "\"sun\""),
          "2026-11-23T01:00:00+01:00", true },
        { "up to 24:00", PLAIN("18:00", "24:00"), "2026-11-21T23:59:59.999+01:00", true },
        { "24:00 is the next day", PLAIN("18:00", "24:00"), "2026-11-22T00:00:00+01:00", false },
        { "the whole day", PLAIN("00:00", "24:00"), "2026-11-22T00:00:00+01:00", true },
        { "spring: before the gap", PLAIN("02:00", "03:00"), "2026-03-29T01:59:59+01:00", false },
        { "spring: the hour is nobody's", PLAIN("02:00", "03:00"), "2026-03-29T03:00:00+02:00",
          false },
        { "spring: a window that ends in the gap", PLAIN("01:00", "02:30"),
          "2026-03-29T03:00:00+02:00", false },
        { "spring: a window that begins in the gap", PLAIN("02:30", "03:30"),
          "2026-03-29T03:00:00+02:00", true },
        { "autumn: first pass", PLAIN("02:00", "03:00"), "2026-10-25T02:30:00+02:00", true },
        { "autumn: second pass", PLAIN("02:00", "03:00"), "2026-10-25T02:30:00+01:00", true },
        { "autumn: between the passes of half an hour", PLAIN("02:00", "02:30"),
          "2026-10-25T02:45:00+02:00", false },
        { "autumn: the second half an hour", PLAIN("02:00", "02:30"), "2026-10-25T02:15:00+01:00",
          true },
        { "autumn: after", PLAIN("02:00", "03:00"), "2026-10-25T03:00:00+01:00", false },
        { "disabled", "{\"start\":\"00:00\",\"end\":\"24:00\",\"enabled\":false}",
          "2026-10-25T03:00:00+01:00", false },
    };
    g_autoptr(GTimeZone) paris = zone_of("Europe/Paris");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Window) window = parse(rows[i].json, NULL, NULL);

        print_message("%s\n", rows[i].what);
        assert_int_equal(window_contains(window, paris, instant(rows[i].at)), rows[i].is_inside);
    }
}

static void test_next_change(void **state)
{
    static const struct {
        const char *what;
        const char *json;
        const char *at;
        const char *next; /* NULL: none */
    } rows[] = {
        { "opens", PLAIN("02:00", "05:00"), "2026-11-21T01:00:00.5+01:00",
          "2026-11-21T02:00:00+01:00" },
        { "a moment before", PLAIN("02:00", "05:00"), "2026-11-21T01:59:59.999+01:00",
          "2026-11-21T02:00:00+01:00" },
        { "after the instant itself", PLAIN("02:00", "05:00"), "2026-11-21T02:00:00+01:00",
          "2026-11-21T05:00:00+01:00" },
        { "next week", DAYS("08:00", "09:00", "\"lun\""), "2026-11-23T09:00:00+01:00",
          "2026-11-30T08:00:00+01:00" },
        { "spring: the gap has no window, the next night has", PLAIN("02:00", "03:00"),
          "2026-03-29T00:00:00+01:00", "2026-03-30T02:00:00+02:00" },
        { "spring: it opens when the clock jumps in", PLAIN("02:30", "03:30"),
          "2026-03-29T01:59:00+01:00", "2026-03-29T03:00:00+02:00" },
        { "spring: it closes when the clock jumps out", PLAIN("01:00", "02:30"),
          "2026-03-29T01:59:00+01:00", "2026-03-29T03:00:00+02:00" },
        { "spring: a Sunday's window in the gap waits two weeks", DAYS("02:10", "02:20", "\"sun\""),
          "2026-03-22T03:00:00+01:00", "2026-04-05T02:10:00+02:00" },
        { "autumn: both passes are one stay", PLAIN("02:00", "03:00"), "2026-10-25T02:00:00+02:00",
          "2026-10-25T03:00:00+01:00" },
        { "autumn: the clock is set back into it", PLAIN("02:00", "02:30"),
          "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00" },
        { "autumn: the clock is set back out of it", PLAIN("02:30", "04:00"),
          "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00" },
        { "whole week", PLAIN("00:00", "24:00"), "2026-10-20T02:30:00+02:00", NULL },
        { "disabled", "{\"start\":\"01:00\",\"end\":\"02:00\",\"enabled\":false}",
          "2026-10-25T03:00:00+01:00", NULL },
    };
    g_autoptr(GTimeZone) paris = zone_of("Europe/Paris");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Window) window = parse(rows[i].json, NULL, NULL);
        int64_t expected = rows[i].next ? instant(rows[i].next) : INT64_MAX;

        print_message("%s\n", rows[i].what);
        assert_int_equal(window_next_change(window, paris, instant(rows[i].at)), expected);
    }
}

static void test_against_a_scan(void **state)
{
    static const char *const zones[] = {
        "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia",
    };
    static const char *const windows[] = {
        PLAIN("02:00", "05:00"),
        PLAIN("22:00", "06:00"),
        PLAIN("02:15", "02:45"),
        PLAIN("01:30", "02:15"),
        PLAIN("00:00", "24:00"),
        PLAIN("23:59", "00:01"),
        DAYS("22:00", "02:30", "\"sam\",\"wed\""),
        DAYS("00:00", "24:00", "\"sun\",\"lun\""),
        DAYS("02:30", "02:10", "\"sun\""),
    };
    static const char *const starts[] = { "2026-03-01T00:00:00Z", "2026-03-22T00:00:00Z",
                                          "2026-10-12T00:00:00Z", "2026-10-28T00:00:00Z" };

    (void)state;
    for (size_t z = 0; z < G_N_ELEMENTS(zones); z++) {
        g_autoptr(GTimeZone) zone = zone_of(zones[z]);

        for (size_t w = 0; w < G_N_ELEMENTS(windows) * G_N_ELEMENTS(starts); w++) {
            g_autoptr(Window) window = parse(windows[w / G_N_ELEMENTS(starts)], NULL, NULL);
            int64_t from = instant(starts[w % G_N_ELEMENTS(starts)]);
            int64_t next = window_next_change(window, zone, from);
            bool was_inside = window_contains(window, zone, from);

            for (int64_t at = from + MINUTE_MS; at <= from + 21 * DAY_MS; at += MINUTE_MS) {
                bool is_inside = window_contains(window, zone, at);

                if (is_inside != was_inside) {
                    assert_int_equal(next, at);
                    next = window_next_change(window, zone, at);
                    was_inside = is_inside;
                } else if (at >= next) {
                    fail_msg("%s, window %zu: said to change at %" G_GINT64_FORMAT, zones[z], w,
                             next);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_unknown_key),    cmocka_unit_test(test_time_of_day),
        cmocka_unit_test(test_contains),       cmocka_unit_test(test_next_change),
        cmocka_unit_test(test_against_a_scan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
