/* Blackouts and work hours together: the answer of every quarter of an hour against a search that
 * looks at one minute after the other, over the nights on which the clocks are set. */
#include "agent1/model/hours.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/problem.h"
#include "common/base/timestamp.h"
#include "common/base/banned.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

static int64_t instant(const char *text)
{
    int64_t unix_ms = -1;

    assert_true(timestamp_parse(text, &unix_ms, NULL));
    return unix_ms;
}

static Json *read_json(const char *text)
{
    Json *json = json_parse(text, strlen(text), 10000, NULL);

    assert_non_null(json);
    return json;
}

typedef struct World {
    GPtrArray *blackouts;
    Window *work_hours;
    GTimeZone *zone;
    GTimeZone *work_zone;
    Hours hours;
} World;

static void world_init(World *world, const char *blackouts, const char *work_hours,
                       const char *zone, const char *work_zone)
{
    g_autoptr(Json) array = read_json(blackouts);
    GError *error = NULL;

    world->blackouts = hours_parse_blackouts(array, NULL, &error);
    assert_null(error);
    world->work_hours = NULL;
    if (work_hours) {
        g_autoptr(Json) object = read_json(work_hours);

        world->work_hours = window_parse(object, "", NULL, NULL, &error);
        assert_null(error);
    }
    world->zone = g_time_zone_new_identifier(zone);
    world->work_zone = g_time_zone_new_identifier(work_zone);
    assert_non_null(world->zone);
    assert_non_null(world->work_zone);
    world->hours = (Hours){ world->blackouts, world->zone, world->work_hours, world->work_zone };
}

static void world_clear(World *world)
{
    g_ptr_array_unref(world->blackouts);
    window_free(world->work_hours);
    g_time_zone_unref(world->zone);
    g_time_zone_unref(world->work_zone);
}

/* ---- one answer ---- */

static const struct {
    const char *what;
    const char *blackouts;
    const char *work_hours;
    const char *zone;
    const char *work_zone;
    const char *at;
    bool is_blackout;
    bool is_outside_work;
    const char *opens;  /* NULL: not within two weeks */
    const char *closes; /* NULL: not within two weeks, or closed */
} single_rows[] = {
    { "nothing is forbidden", "[]", NULL, "UTC", "UTC", "2026-09-21T12:00:00Z", false, false,
      "2026-09-21T12:00:00Z", NULL },
    { "a blackout now", "[{\"start\":\"11:00\",\"end\":\"13:00\"}]", NULL, "UTC", "UTC",
      "2026-09-21T12:00:00Z", true, false, "2026-09-21T13:00:00Z", NULL },
    { "its end is outside", "[{\"start\":\"11:00\",\"end\":\"13:00\"}]", NULL, "UTC", "UTC",
      "2026-09-21T13:00:00Z", false, false, "2026-09-21T13:00:00Z", "2026-09-22T11:00:00Z" },
    { "over midnight, before", "[{\"start\":\"22:00\",\"end\":\"06:00\"}]", NULL, "UTC", "UTC",
      "2026-09-21T23:00:00Z", true, false, "2026-09-22T06:00:00Z", NULL },
    { "over midnight, after", "[{\"start\":\"22:00\",\"end\":\"06:00\"}]", NULL, "UTC", "UTC",
      "2026-09-21T05:59:59.999Z", true, false, "2026-09-21T06:00:00Z", NULL },
    { "one blackout ends where the next begins",
      "[{\"start\":\"11:00\",\"end\":\"13:00\"},{\"start\":\"13:00\",\"end\":\"14:00\"}]", NULL,
      "UTC", "UTC", "2026-09-21T12:00:00Z", true, false, "2026-09-21T14:00:00Z", NULL },
    { "one that is switched off", "[{\"start\":\"11:00\",\"end\":\"13:00\",\"enabled\":false}]",
      NULL, "UTC", "UTC", "2026-09-21T12:00:00Z", false, false, "2026-09-21T12:00:00Z", NULL },
    { "work hours in their own zone", "[]", "{\"start\":\"08:00\",\"end\":\"18:00\"}", "UTC",
      "Europe/Paris", "2026-09-21T16:30:00Z", false, true, "2026-09-22T06:00:00Z", NULL },
    { "inside work hours", "[]", "{\"start\":\"08:00\",\"end\":\"18:00\"}", "UTC", "Europe/Paris",
      "2026-09-21T15:30:00Z", false, false, "2026-09-21T15:30:00Z", "2026-09-21T16:00:00Z" },
    { "work hours on Mondays only", "[]",
      "{\"start\":\"08:00\",\"end\":\"18:00\",\"days\":[\"mon\"]}", "UTC", "UTC",
      "2026-09-21T18:00:00Z", false, true, "2026-09-28T08:00:00Z", NULL },
    { "work hours that are switched off", "[]",
      "{\"start\":\"08:00\",\"end\":\"09:00\",\"enabled\":false}", "UTC", "UTC",
      "2026-09-21T18:00:00Z", false, false, "2026-09-21T18:00:00Z", NULL },
    { "both at once: the later one counts", "[{\"start\":\"07:00\",\"end\":\"09:30\"}]",
      "{\"start\":\"08:00\",\"end\":\"18:00\"}", "UTC", "UTC", "2026-09-21T07:30:00Z", true, true,
      "2026-09-21T09:30:00Z", NULL },
    { "no hour is left",
      "[{\"start\":\"00:00\",\"end\":\"12:00\"},"
      "{\"start\":\"12:00\",\"end\":\"24:00\"}]",
      NULL, "UTC", "UTC", "2026-09-21T07:30:00Z", true, false, NULL, NULL },
    { "work lies in the blackout", "[{\"start\":\"08:00\",\"end\":\"18:00\"}]",
      "{\"start\":\"09:00\",\"end\":\"17:00\"}", "UTC", "UTC", "2026-09-21T12:00:00Z", true, false,
      NULL, NULL },
    { "spring: the hour that does not exist", "[{\"start\":\"01:30\",\"end\":\"03:30\"}]", NULL,
      "Europe/Paris", "UTC", "2026-03-29T00:45:00Z", true, false, "2026-03-29T01:30:00Z", NULL },
    { "autumn: both passes of the hour", "[{\"start\":\"02:00\",\"end\":\"03:00\"}]", NULL,
      "Europe/Paris", "UTC", "2026-10-25T00:10:00Z", true, false, "2026-10-25T02:00:00Z", NULL },
};

static void single_answers(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(single_rows); i++) {
        World world;
        HoursView view;

        print_message("%s\n", single_rows[i].what);
        world_init(&world, single_rows[i].blackouts, single_rows[i].work_hours, single_rows[i].zone,
                   single_rows[i].work_zone);
        hours_look(&world.hours, instant(single_rows[i].at), &view);
        assert_int_equal(view.blackout != NULL, single_rows[i].is_blackout);
        assert_int_equal(view.is_outside_work, single_rows[i].is_outside_work);
        assert_int_equal(view.opens_ms,
                         single_rows[i].opens ? instant(single_rows[i].opens) : INT64_MAX);
        assert_int_equal(view.closes_ms,
                         single_rows[i].closes ? instant(single_rows[i].closes) : INT64_MAX);
        world_clear(&world);
    }
}

/* Of blackouts that overlap the one is named that still holds when the others are over. */
static void the_longest_of_overlapping_ones(void **state)
{
    static const struct {
        const char *what;
        const char *blackouts;
        const char *at;
        const char *label; /* of the one that is named */
    } rows[] = {
        { "the second ends last",
          "[{\"start\":\"02:00\",\"end\":\"05:00\",\"label\":\"a\"},"
          "{\"start\":\"03:00\",\"end\":\"07:00\",\"label\":\"b\"}]",
          "2026-09-21T04:00:00Z", "b" },
        { "the first ends last",
          "[{\"start\":\"02:00\",\"end\":\"08:00\",\"label\":\"a\"},"
          "{\"start\":\"03:00\",\"end\":\"07:00\",\"label\":\"b\"}]",
          "2026-09-21T04:00:00Z", "a" },
        { "the second has not begun",
          "[{\"start\":\"02:00\",\"end\":\"05:00\",\"label\":\"a\"},"
          "{\"start\":\"04:30\",\"end\":\"07:00\",\"label\":\"b\"}]",
          "2026-09-21T04:00:00Z", "a" },
        { "over midnight",
          "[{\"start\":\"21:00\",\"end\":\"23:30\",\"label\":\"a\"},"
          "{\"start\":\"22:00\",\"end\":\"01:00\",\"label\":\"b\"}]",
          "2026-09-21T23:00:00Z", "b" },
        { "both end together",
          "[{\"start\":\"02:00\",\"end\":\"05:00\",\"label\":\"a\"},"
          "{\"start\":\"03:00\",\"end\":\"05:00\",\"label\":\"b\"}]",
          "2026-09-21T04:00:00Z", "a" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World world;
        HoursView view;

        print_message("%s\n", rows[i].what);
        world_init(&world, rows[i].blackouts, NULL, "UTC", "UTC");
        hours_look(&world.hours, instant(rows[i].at), &view);
        assert_non_null(view.blackout);
        assert_string_equal(view.blackout->label, rows[i].label);
        world_clear(&world);
    }
}

/* ---- against a search by the minute ---- */

/* The local minute of the day and the day of the week, as GLib sees the wall clock. */
static bool is_inside(const Window *window, GTimeZone *zone, int64_t at_ms)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_ms / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
    int minute = g_date_time_get_hour(local) * 60 + g_date_time_get_minute(local);
    int today = g_date_time_get_day_of_week(local) - 1;
    int yesterday = (today + 6) % 7;
    bool is_today = (window->days >> today) & 1;
    bool is_yesterday = (window->days >> yesterday) & 1;

    if (!window->is_enabled)
        return false;
    if (window->start_min < window->end_min)
        return is_today && minute >= window->start_min && minute < window->end_min;
    return (is_today && minute >= window->start_min) || (is_yesterday && minute < window->end_min);
}

static bool is_open(const World *world, int64_t at_ms)
{
    unsigned i;

    for (i = 0; i < world->blackouts->len; i++) {
        if (is_inside(world->blackouts->pdata[i], world->zone, at_ms))
            return false;
    }
    return !world->work_hours || !world->work_hours->is_enabled ||
           is_inside(world->work_hours, world->work_zone, at_ms);
}

/* For each minute from from_ms on, open or not; looked up many times. */
static GByteArray *look_at_every_minute(const World *world, int64_t from_ms, int64_t length_ms)
{
    GByteArray *minutes = g_byte_array_new();
    int64_t at_ms;

    for (at_ms = from_ms; at_ms < from_ms + length_ms; at_ms += MINUTE_MS) {
        guint8 value = is_open(world, at_ms);

        g_byte_array_append(minutes, &value, 1);
    }
    return minutes;
}

/* The first minute from `from` on that is (not) open, or -1. */
static int64_t search(const GByteArray *minutes, unsigned from, bool wanted)
{
    unsigned i;

    for (i = from; i < minutes->len; i++) {
        if (minutes->data[i] == wanted)
            return i;
    }
    return -1;
}

static void compare(const World *world, const char *what, int64_t from_ms)
{
    g_autoptr(GByteArray) minutes = look_at_every_minute(world, from_ms, 9 * DAY_MS);
    unsigned minute;

    for (minute = 0; minute < 2 * 24 * 60; minute += 15) {
        int64_t at_ms = from_ms + minute * MINUTE_MS;
        int64_t opens = search(minutes, minute, true);
        int64_t closes = search(minutes, minute, false);
        HoursView view;

        hours_look(&world->hours, at_ms, &view);
        if ((view.blackout || view.is_outside_work) == (bool)minutes->data[minute] ||
            view.opens_ms != from_ms + opens * MINUTE_MS ||
            (minutes->data[minute] && view.closes_ms != from_ms + closes * MINUTE_MS)) {
            g_autofree char *at = timestamp_format(at_ms);

            fail_msg("%s, %s: opens %" G_GINT64_FORMAT " closes %" G_GINT64_FORMAT
                     "; expected %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                     what, at, (view.opens_ms - from_ms) / MINUTE_MS,
                     (view.closes_ms - from_ms) / MINUTE_MS, opens, closes);
        }
    }
}

static void as_a_search_by_the_minute(void **state)
{
    static const struct {
        const char *what;
        const char *blackouts;
        const char *work_hours;
    } rows[] = {
        { "in the lost hour", "[{\"start\":\"02:15\",\"end\":\"02:45\"}]", NULL },
        { "around the lost hour", "[{\"start\":\"01:30\",\"end\":\"03:30\"}]", NULL },
        { "ends in it", "[{\"start\":\"00:30\",\"end\":\"02:30\"}]", NULL },
        { "begins in it", "[{\"start\":\"02:30\",\"end\":\"04:00\"}]", NULL },
        { "over midnight, into it", "[{\"start\":\"22:00\",\"end\":\"02:30\"}]", NULL },
        { "Saturday night only", "[{\"start\":\"23:00\",\"end\":\"03:00\",\"days\":[\"sat\"]}]",
          NULL },
        { "work over midnight", "[]", "{\"start\":\"20:00\",\"end\":\"04:00\"}" },
        { "work that begins in it", "[]", "{\"start\":\"02:30\",\"end\":\"18:00\"}" },
        { "both",
          "[{\"start\":\"02:00\",\"end\":\"05:00\"},{\"start\":\"12:00\",\"end\":\"12:10\"}]",
          "{\"start\":\"01:45\",\"end\":\"23:15\"}" },
        { "weekdays, but for lunch", "[{\"start\":\"12:00\",\"end\":\"13:00\"}]",
          "{\"start\":\"08:00\",\"end\":\"18:00\",\"days\":[\"mon\",\"tue\",\"wed\",\"thu\","
          "\"fri\"]}" },
    };
    static const char *const nights[] = { "2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z" };
    unsigned i;
    unsigned night;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].what);
        for (night = 0; night < G_N_ELEMENTS(nights); night++) {
            World world;

            world_init(&world, rows[i].blackouts, rows[i].work_hours, "Europe/Paris",
                       "Europe/Paris");
            compare(&world, rows[i].what, instant(nights[night]));
            world_clear(&world);
            /* And where one of the two lives in another zone. */
            world_init(&world, rows[i].blackouts, rows[i].work_hours, "Europe/Paris",
                       "America/New_York");
            compare(&world, rows[i].what, instant(nights[night]));
            world_clear(&world);
        }
    }
}

/* ---- reading ---- */

static void blackouts_read(void **state)
{
    static const struct {
        const char *what;
        const char *json;
        const char *error; /* NULL: read */
        unsigned count;
    } rows[] = {
        { "none", "[]", NULL, 0 },
        { "two", "[{\"start\":\"01:00\",\"end\":\"02:00\"},{\"start\":\"03:00\",\"end\":\"4:00\"}]",
          "[1].end", 0 },
        { "two, well written",
          "[{\"start\":\"01:00\",\"end\":\"02:00\"},{\"start\":\"03:00\",\"end\":\"04:00\"}]", NULL,
          2 },
        { "an object", "{}", "an object: expected an array of windows", 0 },
        { "a text in it", "[\"02:00-05:00\"]", "[0]", 0 },
        { "hour 25", "[{\"start\":\"25:00\",\"end\":\"02:00\"}]", "[0].start: \"25:00\"", 0 },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) json = read_json(rows[i].json);
        g_autoptr(GError) error = NULL;
        GPtrArray *blackouts = hours_parse_blackouts(json, NULL, &error);

        print_message("%s: %s\n", rows[i].what, error ? error->message : "read");
        assert_int_equal(blackouts == NULL, rows[i].error != NULL);
        if (rows[i].error) {
            assert_non_null(strstr(error->message, rows[i].error));
            continue;
        }
        assert_int_equal(blackouts->len, rows[i].count);
        g_ptr_array_unref(blackouts);
    }
}

static void no_file_means_no_blackouts(void **state)
{
    g_autoptr(GPtrArray) blackouts = hours_parse_blackouts(NULL, NULL, NULL);

    (void)state;
    assert_int_equal(blackouts->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_answers),
        cmocka_unit_test(the_longest_of_overlapping_ones),
        cmocka_unit_test(as_a_search_by_the_minute),
        cmocka_unit_test(blackouts_read),
        cmocka_unit_test(no_file_means_no_blackouts),
    };

    return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
