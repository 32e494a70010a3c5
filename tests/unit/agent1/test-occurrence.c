/* Which occurrences are due, and what is to become of those that come late. */
#include "agent1/model/occurrence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/timestamp.h"
#include "common/base/banned.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

typedef struct World {
    GTimeZone *zone;
    WallClock *clock;
    TimeSpec spec;
    OccurrenceRule rule;
} World;

static int64_t instant(const char *text)
{
    int64_t unix_ms = -1;

    assert_true(timestamp_parse(text, &unix_ms, NULL));
    return unix_ms;
}

static void begin(World *world, const char *when, MakeUp make_up)
{
    world->zone = g_time_zone_new_identifier("Europe/Paris");
    world->clock = wall_clock_new(world->zone);
    assert_true(time_spec_parse(when, &world->spec, NULL));
    world->rule = (OccurrenceRule){
        .spec = &world->spec,
        .clock = world->clock,
        .anchor_ms = instant("2026-03-01T00:00:00Z"),
        .make_up = make_up,
        .max_lateness_ms = 15 * MINUTE_MS,
        .salt = "x",
    };
}

static void end(World *world)
{
    wall_clock_free(world->clock);
    g_time_zone_unref(world->zone);
}

/* "09:00 10:00(missed) 09:00+3(missed)": what is decided from the mark to now, UTC. */
static char *decide(const World *world, const char *mark, const char *now)
{
    GString *text = g_string_new(NULL);
    int64_t mark_ms = instant(mark);
    Occurrence occurrence;

    while (occurrence_take_due(&world->rule, mark_ms, instant(now), &occurrence)) {
        g_autofree char *at = timestamp_format(occurrence.time.at_ms);

        g_string_append_printf(text, "%s%.5s", text->len ? " " : "", strchr(at, 'T') + 1);
        if (occurrence.count > 1)
            g_string_append_printf(text, "*%u", occurrence.count);
        if (occurrence.is_missed)
            g_string_append(text, "!");
        assert_true(occurrence.time.at_ms > mark_ms);
        mark_ms = occurrence.time.at_ms;
    }
    return g_string_free(text, FALSE);
}

static void test_late_ones(void **state)
{
    static const struct {
        const char *when;
        MakeUp make_up;
        const char *now; /* the mark is 08:00 */
        const char *decided;
    } rows[] = {
        { "hourly", MAKE_UP_LAST, "2026-03-10T08:59:59Z", "" },
        { "hourly", MAKE_UP_LAST, "2026-03-10T09:00:00Z", "09:00" },
        { "hourly", MAKE_UP_NONE, "2026-03-10T09:01:00Z", "09:00" },
        { "hourly", MAKE_UP_NONE, "2026-03-10T09:01:01Z", "09:00!" },
        { "hourly", MAKE_UP_LAST, "2026-03-10T09:15:00Z", "09:00" },
        { "hourly", MAKE_UP_LAST, "2026-03-10T09:15:01Z", "09:00!" },
        { "hourly", MAKE_UP_ALL, "2026-03-10T09:15:01Z", "09:00!" },
        { "hourly", MAKE_UP_LAST, "2026-03-10T11:10:00Z", "09:00! 10:00! 11:00" },
        { "hourly", MAKE_UP_NONE, "2026-03-10T11:00:30Z", "09:00! 10:00! 11:00" },
        /* Of several that are late but not too late one is made up for, or all. */
        { "*/5 * * * *", MAKE_UP_LAST, "2026-03-10T08:14:00Z", "08:05! 08:10" },
        { "*/5 * * * *", MAKE_UP_ALL, "2026-03-10T08:14:00Z", "08:05 08:10" },
        { "*/5 * * * *", MAKE_UP_ALL, "2026-03-10T08:24:00Z", "08:05! 08:10 08:15 08:20" },
        { "*/5 * * * *", MAKE_UP_NONE, "2026-03-10T08:10:00Z", "08:05! 08:10" },
        { "*/5 * * * *", MAKE_UP_LAST, "2026-03-10T08:10:30Z", "08:05! 08:10" },
        /* One after another that are each on time are no delay to make up for. */
        { "every 20s", MAKE_UP_LAST, "2026-03-10T08:00:45Z", "08:00 08:00" },
        /* More than a hundred missed ones are one. */
        { "* * * * *", MAKE_UP_LAST, "2026-03-10T09:50:30Z", "09:49*109! 09:50" },
        { "* * * * *", MAKE_UP_NONE, "2026-03-11T08:00:30Z", "07:59*1439! 08:00" },
        { "at 2026-03-10T10:00", MAKE_UP_LAST, "2026-03-10T09:10:00Z", "09:00" },
        { "at 2026-03-10T10:00", MAKE_UP_LAST, "2026-03-12T09:10:00Z", "09:00!" },
        { "at 2026-03-10T08:00", MAKE_UP_LAST, "2026-03-12T09:10:00Z", "" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        World world;
        g_autofree char *decided = NULL;

        begin(&world, rows[i].when, rows[i].make_up);
        decided = decide(&world, "2026-03-10T08:00:00Z", rows[i].now);
        /* On a minute that is late by more than a minute nothing else is on time. */
        if (strcmp(decided, rows[i].decided) != 0)
            fail_msg("%u: %s until %s: \"%s\", expected \"%s\"", i, rows[i].when, rows[i].now,
                     decided, rows[i].decided);
        end(&world);
    }
}

/* The hour that is skipped and the one that comes twice have one occurrence each. */
static void test_days_of_change(void **state)
{
    static const struct {
        const char *mark;
        const char *now;
        const char *decided;
    } rows[] = {
        { "2026-03-28T01:30:00Z", "2026-03-29T01:00:10Z", "01:00" },
        { "2026-10-24T00:30:00Z", "2026-10-25T00:30:10Z", "00:30" },
        { "2026-10-25T00:30:00Z", "2026-10-25T23:59:59Z", "" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        World world;
        g_autofree char *decided = NULL;

        begin(&world, "daily 02:30", MAKE_UP_LAST);
        decided = decide(&world, rows[i].mark, rows[i].now);
        assert_string_equal(decided, rows[i].decided);
        end(&world);
    }
}

static void test_jitter(void **state)
{
    World world;
    Occurrence one;
    Occurrence again;
    int64_t mark_ms = instant("2026-03-10T08:00:00Z");
    int64_t least_ms = INT64_MAX;
    int64_t most_ms = 0;

    (void)state;
    begin(&world, "hourly", MAKE_UP_LAST);
    world.rule.jitter_ms = 10 * MINUTE_MS;
    for (unsigned i = 0; i < 500; i++) {
        int64_t later_ms;

        assert_true(occurrence_next(&world.rule, mark_ms, &one));
        assert_true(occurrence_next(&world.rule, mark_ms, &again));
        assert_int_equal(one.due_ms, again.due_ms);
        assert_false(occurrence_take_due(&world.rule, mark_ms, one.due_ms - 1, &again));
        assert_true(occurrence_take_due(&world.rule, mark_ms, one.due_ms, &again));
        assert_false(again.is_missed);
        later_ms = one.due_ms - one.time.at_ms;
        assert_true(later_ms >= 0 && later_ms <= 10 * MINUTE_MS);
        least_ms = MIN(least_ms, later_ms);
        most_ms = MAX(most_ms, later_ms);
        mark_ms = one.time.at_ms;
    }
    assert_true(least_ms < MINUTE_MS && most_ms > 9 * MINUTE_MS);
    world.rule.salt = "y";
    assert_true(occurrence_next(&world.rule, mark_ms, &one));
    world.rule.salt = "z";
    assert_true(occurrence_next(&world.rule, mark_ms, &again));
    assert_int_not_equal(one.due_ms, again.due_ms);
    end(&world);
}

/* What was said of one stays true: none waits for the one before it. */
static void test_jitter_keeps_the_order(void **state)
{
    World world;
    Occurrence one;
    int64_t mark_ms = instant("2026-03-10T08:00:00Z");
    int64_t due_ms = 0;

    (void)state;
    begin(&world, "*/20 2,3 * * *", MAKE_UP_LAST);
    world.rule.jitter_ms = 40 * MINUTE_MS;
    for (unsigned i = 0; i < 500; i++) {
        assert_true(occurrence_next(&world.rule, mark_ms, &one));
        assert_true(one.due_ms >= due_ms && one.due_ms >= one.time.at_ms);
        due_ms = one.due_ms;
        mark_ms = one.time.at_ms;
    }
    end(&world);
}

static void test_a_clock_that_is_put_back(void **state)
{
    static const struct {
        const char *when;
        const char *mark;
        const char *now;
        bool is_stuck;
    } rows[] = {
        { "every 6h", "2026-03-10T06:00:00Z", "2026-03-10T06:00:00Z", false },
        { "every 6h", "2026-03-10T06:00:00Z", "2026-03-10T05:00:00Z", true },
        { "in 20m", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", false },
        { "in 20m", "2026-02-01T00:00:00Z", "2026-02-28T00:00:00Z", true },
        { "in 20m", "2026-03-01T00:20:00Z", "2026-02-28T00:00:00Z", false },
        { "daily 03:00", "2026-03-10T02:00:00Z", "2026-03-09T02:00:00Z", false },
        { "daily 03:00", "2026-03-10T02:00:00Z", "2026-03-08T02:00:00Z", false },
        { "daily 03:00", "2026-03-10T02:00:00Z", "2026-03-08T01:59:59Z", true },
        { "at 2036-01-01T00:00", "2036-01-01T00:00:00Z", "2026-01-01T00:00:00Z", false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        World world;

        begin(&world, rows[i].when, MAKE_UP_LAST);
        if (occurrence_is_stuck(&world.rule, instant(rows[i].mark), instant(rows[i].now)) !=
            rows[i].is_stuck)
            fail_msg("%u: %s", i, rows[i].when);
        end(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_late_ones),
        cmocka_unit_test(test_days_of_change),
        cmocka_unit_test(test_jitter),
        cmocka_unit_test(test_jitter_keeps_the_order),
        cmocka_unit_test(test_a_clock_that_is_put_back),
    };

    return cmocka_run_group_tests_name("occurrence", tests, NULL, NULL);
}
