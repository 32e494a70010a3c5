/*
 * How long a time spec takes to tell its next occurrence: each form from 2026 on, one after the
 * other, and a line a form, `<canonical>\t<nanoseconds>`; then what never comes, and how long a
 * clock of the zone takes to make.
 *
 *     bench-times ZONE COUNT
 */
#include "common/data/time_spec.h"
#include "tests/bench/link.h"
#include "tests/bench/load.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/banned.h"

#define START_MS INT64_C(1767225600000) /* 2026-01-01T00:00Z */
#define END_MS   INT64_C(3900000000000) /* in 2093 */
#define CLOCKS   50

/* The nanoseconds of one; starts anew where the years end. */
static double measure(const TimeSpec *spec, const WallClock *clock, unsigned count)
{
    int64_t began_us = load_now_us();
    int64_t at_ms = START_MS;

    for (unsigned i = 0; i < count; i++) {
        TimeOccurrence found;
        bool is_found = time_spec_next(spec, clock, START_MS, at_ms, &found);

        at_ms = is_found && found.at_ms < END_MS ? found.at_ms : START_MS;
    }
    return (double)(load_now_us() - began_us) * 1000 / count;
}

int main(int argc, char **argv)
{
    static const char *const texts[] = {
        "daily 03:00", "weekly lun 08:00", "Mon..Fri 09:00", "*-*-01 04:00",
        "*/5 * * * *", "hourly",           "0 3 1,15 * mon", "mon *-*-01..07 03:00",
        "every 6h",    "*-02-29 08:00",    "0 0 30 2 *",
    };
    g_autoptr(GTimeZone) zone = argc > 2 ? g_time_zone_new_identifier(argv[1]) : NULL;
    unsigned count = zone ? (unsigned)g_ascii_strtoull(argv[2], NULL, 10) : 0;
    g_autoptr(WallClock) clock = NULL;
    int64_t began_us;

    if (count == 0)
        bench_fail("usage: bench-times ZONE COUNT");
    clock = wall_clock_new(zone);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *canonical = NULL;
        TimeSpec spec;

        if (!time_spec_parse(texts[i], &spec, NULL))
            bench_fail("%s: does not parse", texts[i]);
        canonical = time_spec_print(&spec);
        printf("%s\t%.1f\n", canonical, measure(&spec, clock, count));
    }

    began_us = load_now_us();
    for (unsigned i = 0; i < CLOCKS; i++) {
        g_autoptr(WallClock) other = wall_clock_new(zone);
    }
    printf("a clock of the zone\t%.1f\n", (double)(load_now_us() - began_us) * 1000 / CLOCKS);
    return EXIT_SUCCESS;
}
