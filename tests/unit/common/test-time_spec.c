/* The times of time specs: on the days on which clocks are set, against a walk through every
 * minute, there and back, and at the ends of the range. */
#include "common/data/time_spec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/timestamp.h"
#include "tests/unit/common/calendar_fits.h"
#include "tests/unit/common/time_forms.h"

#include "common/base/banned.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS    (1440 * MINUTE_MS)

static GTimeZone *zone_of(const char *name)
{
    GTimeZone *zone = g_time_zone_new_identifier(name);

    assert_non_null(zone);
    return zone;
}

static WallClock *clock_of(const char *name)
{
    g_autoptr(GTimeZone) zone = zone_of(name);

    return wall_clock_new(zone);
}

static int64_t instant(const char *text)
{
    int64_t unix_ms = -1;

    assert_true(timestamp_parse(text, &unix_ms, NULL));
    return unix_ms;
}

/* Times. */

#define TIMES_MAX 4

static const struct {
    const char *what;
    const char *text;
    const char *zone;
    const char *after; /* and anchor */
    const char *times[TIMES_MAX];
    const char *why; /* of the first */
} times[] = {
    { "a day like others",
      "daily 03:00",
      "Europe/Paris",
      "2026-11-26T02:00:00Z",
      { "2026-11-27T02:00:00.000Z", "2026-11-28T02:00:00.000Z" },
      NULL },
    { "strictly later by a millisecond",
      "daily 03:00",
      "UTC",
      "2026-11-26T02:59:59.999Z",
      { "2026-11-26T03:00:00.000Z" },
      NULL },
    { "in the gap",
      "daily 02:30",
      "Europe/Paris",
      "2026-03-28T12:00:00Z",
      { "2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z" },
      "02:30 does not exist that day: clocks go forward; runs at 03:00" },
    { "several in the gap",
      "*/15 2 * * *",
      "Europe/Paris",
      "2026-03-28T12:00:00Z",
      { "2026-03-29T01:00:00.000Z", "2026-03-30T00:00:00.000Z" },
      "02:00 does not exist that day: clocks go forward; runs at 03:00" },
    { "in the gap and at its end",
      "0 2,3 * * *",
      "Europe/Paris",
      "2026-03-28T12:00:00Z",
      { "2026-03-29T01:00:00.000Z", "2026-03-30T00:00:00.000Z", "2026-03-30T01:00:00.000Z" },
      "02:00 does not exist that day: clocks go forward; runs at 03:00" },
    { "at the end of the gap",
      "daily 03:00",
      "Europe/Paris",
      "2026-03-28T12:00:00Z",
      { "2026-03-29T01:00:00.000Z", "2026-03-30T01:00:00.000Z" },
      NULL },
    { "twice",
      "daily 02:30",
      "Europe/Paris",
      "2026-10-24T12:00:00Z",
      { "2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z" },
      "02:30 comes twice that day: clocks go back; runs at the first" },
    { "between the two",
      "daily 02:30",
      "Europe/Paris",
      "2026-10-25T00:45:00Z",
      { "2026-10-26T01:30:00.000Z" },
      NULL },
    { "after the second pass",
      "daily 03:00",
      "Europe/Paris",
      "2026-10-25T00:45:00Z",
      { "2026-10-25T02:00:00.000Z" },
      NULL },
    { "hours that come twice",
      "hourly",
      "Europe/Paris",
      "2026-10-24T23:30:00Z",
      { "2026-10-25T00:00:00.000Z", "2026-10-25T02:00:00.000Z" },
      "02:00 comes twice that day: clocks go back; runs at the first" },
    { "half an hour twice",
      "daily 01:45",
      "Australia/Lord_Howe",
      "2026-04-04T00:00:00Z",
      { "2026-04-04T14:45:00.000Z", "2026-04-05T15:15:00.000Z" },
      "01:45 comes twice that day: clocks go back; runs at the first" },
    { "two hours of gap",
      "daily 01:15",
      "Antarctica/Troll",
      "2026-03-28T12:00:00Z",
      { "2026-03-29T01:00:00.000Z" },
      "01:15 does not exist that day: clocks go forward; runs at 03:00" },
    { "a gap at midnight",
      "daily 00:00",
      "America/Santiago",
      "2026-09-05T12:00:00Z",
      { "2026-09-06T04:00:00.000Z" },
      "00:00 does not exist that day: clocks go forward; runs at 01:00" },
    { "a day that was left out",
      "daily 03:00",
      "Pacific/Apia",
      "2011-12-29T14:00:00Z",
      { "2011-12-30T10:00:00.000Z", "2011-12-30T13:00:00.000Z" },
      "03:00 does not exist that day: clocks go forward; runs at 00:00 of the next day" },
    { "leap years", "*-02-29 08:00", "UTC", "2096-03-01T00:00:00Z", { NULL }, NULL },
    { "a leap year's Monday",
      "mon *-02-29 08:00",
      "UTC",
      "2026-01-01T00:00:00Z",
      { "2044-02-29T08:00:00.000Z", "2072-02-29T08:00:00.000Z" },
      NULL },
    { "either day",
      "0 0 13 * fri",
      "UTC",
      "2026-11-11T00:00:00Z",
      { "2026-11-13T00:00:00.000Z", "2026-11-20T00:00:00.000Z", "2026-11-27T00:00:00.000Z",
        "2026-12-04T00:00:00.000Z" },
      NULL },
    { "both days",
      "fri *-*-13 00:00",
      "UTC",
      "2026-01-01T00:00:00Z",
      { "2026-02-13T00:00:00.000Z", "2026-03-13T00:00:00.000Z", "2026-11-13T00:00:00.000Z",
        "2027-08-13T00:00:00.000Z" },
      NULL },
    { "never", "0 0 30 2 *", "UTC", "2026-01-01T00:00:00Z", { NULL }, NULL },
    { "the last minute",
      "* * * * *",
      "UTC",
      "2100-12-31T23:58:30Z",
      { "2100-12-31T23:59:00.000Z", NULL },
      NULL },
    { "elapsed time over a change",
      "every 6h",
      "Europe/Paris",
      "2026-03-28T22:00:00.250Z",
      { "2026-03-29T04:00:00.250Z", "2026-03-29T10:00:00.250Z" },
      NULL },
    { "in",
      "in 20m",
      "UTC",
      "2026-11-26T23:50:00.001Z",
      { "2026-11-27T00:10:00.001Z", NULL },
      NULL },
    { "once",
      "at 2026-12-01T08:00",
      "Europe/Paris",
      "2026-11-26T00:00:00Z",
      { "2026-12-01T07:00:00.000Z", NULL },
      NULL },
    { "once, in the gap",
      "at 2026-03-29T02:10",
      "Europe/Paris",
      "2025-11-26T00:00:00Z",
      { "2026-03-29T01:00:00.000Z", NULL },
      "02:10 does not exist that day: clocks go forward; runs at 03:00" },
    { "too late", "at 2026-12-01T08:00", "Europe/Paris", "2026-12-01T07:00:00Z", { NULL }, NULL },
    { "an instant",
      "at 2026-12-01T08:00Z",
      "Europe/Paris",
      "2026-11-26T00:00:00Z",
      { "2026-12-01T08:00:00.000Z", NULL },
      NULL },
    { "today or tomorrow: today",
      "at 08:00",
      "Europe/Paris",
      "2026-11-26T06:59:00Z",
      { "2026-11-26T07:00:00.000Z", NULL },
      NULL },
    { "today or tomorrow: tomorrow",
      "at 08:00",
      "Europe/Paris",
      "2026-11-26T07:00:00Z",
      { "2026-11-27T07:00:00.000Z", NULL },
      NULL },
    { "tomorrow is the zone's",
      "demain 08:00",
      "Asia/Tokyo",
      "2026-11-26T16:00:00Z",
      { "2026-11-27T23:00:00.000Z", NULL },
      NULL },
    { "next monday, said on a saturday",
      "next monday 9:00",
      "Europe/Paris",
      "2026-11-28T12:00:00Z",
      { "2026-11-30T08:00:00.000Z", NULL },
      NULL },
    { "next monday, said on a monday, is not today",
      "lundi prochain à 23h",
      "Europe/Paris",
      "2026-11-30T12:00:00Z",
      { "2026-12-07T22:00:00.000Z", NULL },
      NULL },
    { "of which day it is the zone tells",
      "next monday 9:00",
      "Asia/Tokyo",
      "2026-11-29T16:00:00Z",
      { "2026-12-07T00:00:00.000Z", NULL },
      NULL },
    { "next sunday skips an hour",
      "next sunday 02:30",
      "Europe/Paris",
      "2026-03-23T12:00:00Z",
      { "2026-03-29T01:00:00.000Z", NULL },
      "02:30 does not exist that day: clocks go forward; runs at 03:00" },
    { "two days on",
      "après-demain 8h",
      "Europe/Paris",
      "2026-11-30T12:00:00Z",
      { "2026-12-02T07:00:00.000Z", NULL },
      NULL },
    { "midnight is the one to come",
      "minuit",
      "Europe/Paris",
      "2026-11-30T12:00:00Z",
      { "2026-11-30T23:00:00.000Z", NULL },
      NULL },
    { "to the second",
      "at 2026-12-01T08:00:30",
      "Europe/Paris",
      "2026-11-30T12:00:00Z",
      { "2026-12-01T07:00:30.000Z", NULL },
      NULL },
    { "a day of this year",
      "28 Nov 14:02",
      "Europe/Paris",
      "2026-11-28T13:01:59Z",
      { "2026-11-28T13:02:00.000Z", NULL },
      NULL },
    { "a day that is past comes next year",
      "le 28/11 à 14:02",
      "Europe/Paris",
      "2026-11-28T13:02:00Z",
      { "2027-11-28T13:02:00.000Z", NULL },
      NULL },
    { "the year is the zone's",
      "1 Jan 00:30",
      "Asia/Tokyo",
      "2026-12-31T16:00:00Z",
      { "2027-12-31T15:30:00.000Z", NULL },
      NULL },
    { "the next leap day",
      "le 29/02 à 8h",
      "UTC",
      "2096-02-29T07:59:00Z",
      { "2096-02-29T08:00:00.000Z", NULL },
      NULL },
    { "the next leap day, years ahead",
      "29 Feb 08:00",
      "UTC",
      "2026-01-01T00:00:00Z",
      { "2028-02-29T08:00:00.000Z", NULL },
      NULL },
    { "no leap day any more", "29 Feb 08:00", "UTC", "2096-02-29T08:00:00Z", { NULL }, NULL },
    { "a day without a year, in the gap",
      "29 Mar 02:10",
      "Europe/Paris",
      "2025-11-26T00:00:00Z",
      { "2026-03-29T01:00:00.000Z", NULL },
      "02:10 does not exist that day: clocks go forward; runs at 03:00" },
    { "today, over", "today 08:00", "UTC", "2026-11-26T16:00:00Z", { NULL }, NULL },
    { "the beginning of time, west",
      "daily 20:00",
      "America/New_York",
      "1970-01-01T00:00:00Z",
      { "1970-01-02T01:00:00.000Z" },
      NULL },
};

static void test_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autoptr(WallClock) clock = clock_of(times[i].zone);
        TimeSpec spec = time_form_parse(times[i].text);
        int64_t anchor_ms = instant(times[i].after);
        int64_t after_ms = anchor_ms;

        print_message("  %s\n", times[i].what);
        for (unsigned n = 0; n < TIMES_MAX && (n == 0 || times[i].times[n]); n++) {
            g_autofree char *at = NULL;
            g_autofree char *why = NULL;
            TimeOccurrence found = { .at_ms = -1 };

            if (!time_spec_next(&spec, clock, anchor_ms, after_ms, &found)) {
                assert_null(times[i].times[n]);
                assert_int_equal(found.at_ms, -1);
                break;
            }
            at = timestamp_format(found.at_ms);
            why = time_occurrence_explain(&found, clock);
            assert_non_null(times[i].times[n]);
            assert_string_equal(at, times[i].times[n]);
            if (n == 0)
                assert_int_equal(g_strcmp0(why, times[i].why), 0);
            after_ms = found.at_ms;
        }
    }
}

/* What is before 1970 for Unix is no occurrence, and so not on the way back either. */
static void test_first(void **state)
{
    g_autoptr(WallClock) clock = clock_of("Europe/Paris");
    TimeSpec daily = time_form_parse("daily 00:00");
    TimeSpec once = time_form_parse("at 1970-01-01T00:30");
    TimeOccurrence found;

    (void)state;
    assert_true(time_spec_next(&daily, clock, 0, INT64_MIN, &found));
    assert_int_equal(found.at_ms, 23 * 3600000);
    assert_false(time_spec_previous(&daily, clock, 0, found.at_ms, &found));
    assert_false(time_spec_next(&once, clock, 0, INT64_MIN, &found));
    assert_false(time_spec_previous(&once, clock, 0, INT64_MAX, &found));
}

static void test_extremes(void **state)
{
    static const int64_t instants[] = { INT64_MIN, -1, 0, 1, INT64_MAX - 1, INT64_MAX };
    g_autoptr(WallClock) clock = clock_of("Pacific/Kiritimati");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(time_forms); i++) {
        TimeSpec spec = time_form_parse(time_forms[i].text);

        for (size_t a = 0; a < G_N_ELEMENTS(instants); a++) {
            for (size_t b = 0; b < G_N_ELEMENTS(instants); b++) {
                TimeOccurrence found;

                if (time_spec_next(&spec, clock, instants[a], instants[b], &found))
                    assert_true(found.at_ms > instants[b] && found.at_ms >= 0);
                if (time_spec_previous(&spec, clock, instants[a], instants[b], &found))
                    assert_true(found.at_ms < instants[b] && found.at_ms >= 0);
            }
        }
    }
}

/* Properties. */

static const char *const changing_zones[] = {
    "Europe/Paris",      "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll",
    "Africa/Casablanca", "America/Santiago", "Asia/Kathmandu",      "UTC",
};

/* As the definition says: walks through every minute, and looks which times the wall shows or skips
 * in it for the first time. */
static void walk(const TimeSpec *spec, GTimeZone *zone, const WallClock *clock, int64_t from_s,
                 int64_t until_s)
{
    int64_t shown_s = INT64_MIN;
    int64_t after_ms = from_s * 1000 + 86400000 - 1;

    for (int64_t at_s = from_s; at_s < until_s; at_s += 60) {
        int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at_s);
        int64_t local_s = at_s + g_time_zone_get_offset(zone, interval);
        bool is_time = false;
        TimeOccurrence found;

        for (int64_t new_s = MAX(shown_s + 60, local_s - 86400); new_s <= local_s; new_s += 60)
            is_time |= calendar_fits(&spec->calendar, new_s);
        shown_s = MAX(shown_s, local_s);
        if (at_s * 1000 <= after_ms || !is_time) /* the first day finds out what was shown */
            continue;
        assert_true(time_spec_next(spec, clock, 0, after_ms, &found));
        assert_int_equal(found.at_ms, at_s * 1000);
        after_ms = found.at_ms;
    }
}

static void test_every_minute(void **state)
{
    static const char *const texts[] = { "daily 02:30",         "*/15 * * * *",
                                         "0 2,3 * * *",         "mon..fri 00:00",
                                         "0 0 1,29 * sun",      "sun *-*-22..31 01:45",
                                         "*/20 0-3 * * sat,sun" };

    (void)state;
    for (size_t z = 0; z < G_N_ELEMENTS(changing_zones); z++) {
        g_autoptr(GTimeZone) zone = zone_of(changing_zones[z]);
        g_autoptr(WallClock) clock = wall_clock_new(zone);
        int64_t from_s = instant("2026-03-04T00:00:00Z") / 1000;

        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
            TimeSpec spec = time_form_parse(texts[i]);

            walk(&spec, zone, clock, from_s, from_s + 35 * 86400);
            walk(&spec, zone, clock, from_s + 210 * 86400, from_s + 245 * 86400);
        }
    }
}

static void assert_same(const TimeOccurrence *a, const TimeOccurrence *b)
{
    assert_int_equal(a->at_ms, b->at_ms);
    assert_int_equal(a->local_s, b->local_s);
    assert_int_equal(a->shift, b->shift);
}

/* From instants all over the years: later is later, earlier is earlier, nothing lies between, and
 * the way back is the way. */
static void check_there_and_back(const TimeSpec *spec, const WallClock *clock, int64_t at_ms)
{
    int64_t anchor_ms = instant("2020-02-29T12:34:56.789Z");
    TimeOccurrence next;
    TimeOccurrence back;
    TimeOccurrence again;

    if (!time_spec_next(spec, clock, anchor_ms, at_ms, &next))
        return;
    assert_true(next.at_ms > at_ms);
    assert_true(time_spec_previous(spec, clock, anchor_ms, next.at_ms + 1, &again));
    assert_same(&again, &next);
    assert_true(time_spec_next(spec, clock, anchor_ms, next.at_ms - 1, &again));
    assert_same(&again, &next);
    if (time_spec_previous(spec, clock, anchor_ms, next.at_ms, &back)) {
        assert_true(back.at_ms <= at_ms);
        assert_true(time_spec_next(spec, clock, anchor_ms, back.at_ms, &again));
        assert_same(&again, &next);
    }
}

static void test_there_and_back(void **state)
{
    (void)state;
    for (size_t z = 0; z < G_N_ELEMENTS(changing_zones); z++) {
        g_autoptr(WallClock) clock = clock_of(changing_zones[z]);

        for (size_t i = 0; i < G_N_ELEMENTS(time_forms); i++) {
            TimeSpec spec = time_form_parse(time_forms[i].text);

            for (int64_t at_ms = 1000; at_ms < WALL_CLOCK_END_S * 1000; at_ms += 497 * DAY_MS / 7)
                check_there_and_back(&spec, clock, at_ms);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),          cmocka_unit_test(test_first),
        cmocka_unit_test(test_extremes),       cmocka_unit_test(test_every_minute),
        cmocka_unit_test(test_there_and_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
