/*
 * Time specs: what parses prints to a text that reads back as the same and prints as the same; the
 * next occurrence is later, the previous is earlier, the way back is the way, and none takes long.
 * An input is a text, and behind a zero byte a zone, an anchor and an instant.
 */
#include "common/data/time_spec.h"
#include "common/base/text.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

#define STEPS_MAX 20

static const WallClock *clock_of(FuzzInput *input)
{
    static const char *const names[] = { "Europe/Paris",        "UTC",
                                         "America/New_York",    "Africa/Casablanca",
                                         "Australia/Lord_Howe", "Pacific/Apia" };
    static WallClock *clocks[G_N_ELEMENTS(names)];
    unsigned choice = fuzz_below(input, G_N_ELEMENTS(names));

    if (!clocks[choice]) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(names[choice]);
        g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

        clocks[choice] = wall_clock_new(zone ? zone : utc);
    }
    return clocks[choice];
}

static void check_round_trip(const TimeSpec *spec)
{
    g_autofree char *printed = time_spec_print(spec);
    g_autofree char *again = NULL;
    TimeSpec read;

    g_assert(text_is_harmless(printed));
    g_assert(time_spec_parse(printed, &read, NULL));
    g_assert(time_spec_equal(&read, spec));
    again = time_spec_print(&read);
    g_assert_cmpstr(again, ==, printed);
}

static void check_times(const TimeSpec *spec, const WallClock *clock, int64_t anchor_ms,
                        int64_t at_ms)
{
    TimeOccurrence next;
    TimeOccurrence back;

    for (unsigned i = 0; i < STEPS_MAX; i++) {
        g_autofree char *why = NULL;

        if (!time_spec_next(spec, clock, anchor_ms, at_ms, &next))
            break;
        g_assert_cmpint(next.at_ms, >, at_ms);
        g_assert(time_spec_previous(spec, clock, anchor_ms, next.at_ms + 1, &back));
        g_assert_cmpint(back.at_ms, ==, next.at_ms);
        g_assert_cmpint(back.local_s, ==, next.local_s);
        if (time_spec_previous(spec, clock, anchor_ms, next.at_ms, &back))
            g_assert_cmpint(back.at_ms, <=, at_ms);
        why = time_occurrence_explain(&next, clock);
        g_assert((why != NULL) == (next.shift != TIME_AS_WRITTEN));
        at_ms = next.at_ms;
    }
    if (time_spec_previous(spec, clock, anchor_ms, at_ms, &back)) {
        g_assert_cmpint(back.at_ms, <, at_ms);
        if (time_spec_next(spec, clock, anchor_ms, back.at_ms, &next))
            g_assert_cmpint(next.at_ms, >=, at_ms);
    }
}

void fuzz_one(const uint8_t *data, size_t size)
{
    FuzzInput input = fuzz_input(data, size);
    g_autofree char *text = fuzz_text(&input);
    const WallClock *clock = clock_of(&input);
    g_autoptr(GError) error = NULL;
    TimeSpec spec;
    bool is_read = time_spec_parse(text, &spec, &error);

    fuzz_check_error(is_read, error);
    if (!is_read)
        return;
    check_round_trip(&spec);
    check_times(&spec, clock, INT64_C(1774728000000), INT64_C(1774728000000)); /* 2026-03-28T20 */
    check_times(&spec, clock, INT64_C(1792872000000), INT64_C(1792872000000)); /* 2026-10-24T20 */
    while (fuzz_has_more(&input)) {
        int64_t one_ms = fuzz_number(&input);
        int64_t other_ms = fuzz_number(&input);

        check_times(&spec, clock, one_ms, other_ms);
    }
}
