/* The clock on the wall: the same as GLib's at every hour, and which instant a time is, where
 * clocks go forward and back. */
#include "common/data/wall_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/timestamp.h"

#include "common/base/banned.h"

static WallClock *clock_of(const char *name, GTimeZone **out_zone)
{
    *out_zone = g_time_zone_new_identifier(name);
    assert_non_null(*out_zone);
    return wall_clock_new(*out_zone);
}

static int64_t seconds(const char *text)
{
    int64_t unix_ms = -1;

    assert_true(timestamp_parse(text, &unix_ms, NULL));
    return unix_ms / 1000;
}

static void test_as_glib(void **state)
{
    static const char *const names[] = { "Europe/Paris", "Asia/Kathmandu", "Pacific/Apia",
                                         "America/New_York", "UTC" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GTimeZone) zone = NULL;
        g_autoptr(WallClock) clock = clock_of(names[i], &zone);
        int64_t shown_s = INT64_MIN;

        for (int64_t at_s = 0; at_s < seconds("2060-01-01T00:00:00Z"); at_s += 3600) {
            int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at_s);
            int64_t local_s = at_s + g_time_zone_get_offset(zone, interval);

            assert_int_equal(wall_clock_shows(clock, at_s), local_s);
            shown_s = MAX(shown_s, local_s);
            assert_true(wall_clock_has_shown(clock, at_s) >= shown_s);
            assert_true(wall_clock_has_shown(clock, at_s) < shown_s + 3600);
            assert_true(wall_clock_first(clock, local_s) <= at_s);
            assert_true(wall_clock_first(clock, wall_clock_has_shown(clock, at_s) + 1) > at_s);
        }
    }
}

static void test_changes(void **state)
{
    static const struct {
        const char *what;
        const char *local; /* as if it were UTC */
        const char *at;
        bool repeats;
    } rows[] = {
        { "before the gap", "2026-03-29T01:59:59Z", "2026-03-29T00:59:59Z", false },
        { "its first second", "2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z", false },
        { "its last", "2026-03-29T02:59:59Z", "2026-03-29T01:00:00Z", false },
        { "after it", "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z", false },
        { "before the hour that comes twice", "2026-10-25T01:59:59Z", "2026-10-24T23:59:59Z",
          false },
        { "its first second", "2026-10-25T02:00:00Z", "2026-10-25T00:00:00Z", true },
        { "its last", "2026-10-25T02:59:59Z", "2026-10-25T00:59:59Z", true },
        { "after it", "2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z", false },
    };
    g_autoptr(GTimeZone) zone = NULL;
    g_autoptr(WallClock) clock = clock_of("Europe/Paris", &zone);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t at_s = wall_clock_first(clock, seconds(rows[i].local));

        print_message("  %s\n", rows[i].what);
        assert_int_equal(at_s, seconds(rows[i].at));
        assert_int_equal(wall_clock_repeats(clock, at_s), rows[i].repeats);
    }
    /* In the second pass the wall has shown more than it shows. */
    assert_int_equal(wall_clock_has_shown(clock, seconds("2026-10-25T01:30:00Z")),
                     seconds("2026-10-25T02:59:59Z"));
    wall_clock_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_glib),
        cmocka_unit_test(test_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
