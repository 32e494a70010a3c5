#include "common/data/time_spec.h"

#include "common/data/weekday.h"

#include "common/base/banned.h"

#define SECONDS_A_DAY INT64_C(86400)
#define END_MS        (WALL_CLOCK_END_S * 1000)

bool time_spec_equal(const TimeSpec *a, const TimeSpec *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case TIME_SPEC_CALENDAR:
    case TIME_SPEC_AT_DATE:
        return calendar_equal(&a->calendar, &b->calendar);
    case TIME_SPEC_EVERY:
    case TIME_SPEC_IN:
        return a->period_ms == b->period_ms;
    case TIME_SPEC_AT_LOCAL:
    case TIME_SPEC_AT_INSTANT:
    case TIME_SPEC_AT_NEXT:
    case TIME_SPEC_AT_DAY:
    case TIME_SPEC_AT_WEEKDAY:
        return a->at_s == b->at_s && a->day == b->day;
    }
    g_assert_not_reached();
}

/* Neither late nor early enough to overflow anything. */
static int64_t bounded(int64_t at_ms)
{
    return CLAMP(at_ms, 0, END_MS);
}

/* East of Greenwich 1970 begins on the wall before it does for Unix. */
static bool set_local(const WallClock *clock, int64_t local_s, TimeOccurrence *out)
{
    int64_t at_s = wall_clock_first(clock, local_s);

    if (at_s < 0)
        return false;

    out->at_ms = at_s * 1000;
    out->local_s = local_s;
    out->shift = wall_clock_shows(clock, at_s) != local_s ? TIME_SKIPPED
                 : wall_clock_repeats(clock, at_s)        ? TIME_TWICE
                                                          : TIME_AS_WRITTEN;
    return true;
}

static bool set_instant(const WallClock *clock, int64_t at_ms, TimeOccurrence *out)
{
    if (at_ms >= END_MS)
        return false;

    out->at_ms = at_ms;
    out->local_s = wall_clock_shows(clock, at_ms / 1000);
    out->shift = TIME_AS_WRITTEN;
    return true;
}

/* From a day, counted from 1970 on; not before the day before that. */
static int days_ahead(const TimeSpec *spec, int64_t days)
{
    int weekday = (int)((days + DAYS_A_WEEK + WEEKDAY_OF_EPOCH) % DAYS_A_WEEK);

    return spec->kind == TIME_SPEC_AT_WEEKDAY
               ? (spec->day - weekday + DAYS_A_WEEK - 1) % DAYS_A_WEEK + 1
               : spec->day;
}

/* The time on the wall that a time of day means, seen from the anchor. */
static int64_t resolve(const TimeSpec *spec, const WallClock *clock, int64_t anchor_s)
{
    int64_t now_s = spec->kind == TIME_SPEC_AT_NEXT ? wall_clock_has_shown(clock, anchor_s)
                                                    : wall_clock_shows(clock, anchor_s);
    int64_t days = (now_s + SECONDS_A_DAY) / SECONDS_A_DAY - 1; /* now_s is at least a day before */
    int64_t local_s = (days + days_ahead(spec, days)) * SECONDS_A_DAY + spec->at_s;

    if (spec->kind == TIME_SPEC_AT_NEXT && local_s <= now_s)
        local_s += SECONDS_A_DAY;
    return local_s;
}

/* The first time after the instant's second; of several in one gap the first. */
static bool next_of_calendar(const Calendar *calendar, const WallClock *clock, int64_t after_s,
                             TimeOccurrence *out)
{
    int64_t local_s;

    return calendar_next(calendar, wall_clock_has_shown(clock, after_s), &local_s) &&
           set_local(clock, local_s, out);
}

/* The one occurrence of what happens once. */
static bool find_only(const TimeSpec *spec, const WallClock *clock, int64_t anchor_ms,
                      TimeOccurrence *out)
{
    switch (spec->kind) {
    case TIME_SPEC_IN:
        return set_instant(clock, bounded(anchor_ms) + spec->period_ms, out);
    case TIME_SPEC_AT_INSTANT:
        return set_instant(clock, spec->at_s * 1000, out);
    case TIME_SPEC_AT_LOCAL:
        return set_local(clock, spec->at_s, out);
    case TIME_SPEC_AT_NEXT:
    case TIME_SPEC_AT_DAY:
    case TIME_SPEC_AT_WEEKDAY:
        return set_local(clock, resolve(spec, clock, bounded(anchor_ms) / 1000), out);
    case TIME_SPEC_AT_DATE:
        return next_of_calendar(&spec->calendar, clock, bounded(anchor_ms) / 1000, out);
    case TIME_SPEC_CALENDAR:
    case TIME_SPEC_EVERY:
        break;
    }
    g_assert_not_reached();
}

static bool previous_of_calendar(const Calendar *calendar, const WallClock *clock, int64_t until_s,
                                 TimeOccurrence *out)
{
    int64_t local_s;

    if (!calendar_previous(calendar, wall_clock_has_shown(clock, until_s) + 1, &local_s))
        return false;
    return next_of_calendar(calendar, clock, wall_clock_first(clock, local_s) - 1, out);
}

bool time_spec_next(const TimeSpec *spec, const WallClock *clock, int64_t anchor_ms,
                    int64_t after_ms, TimeOccurrence *out)
{
    TimeOccurrence found;
    int64_t from_ms = bounded(anchor_ms);
    int64_t after_s = after_ms < 0 ? -1 : bounded(after_ms) / 1000;
    bool is_found;

    if (spec->kind == TIME_SPEC_CALENDAR)
        is_found = next_of_calendar(&spec->calendar, clock, after_s, &found);
    else if (spec->kind == TIME_SPEC_EVERY)
        is_found = set_instant(
            clock,
            from_ms + (MAX(bounded(after_ms) - from_ms, 0) / spec->period_ms + 1) * spec->period_ms,
            &found);
    else
        is_found = find_only(spec, clock, anchor_ms, &found) && found.at_ms > after_ms;

    if (is_found)
        *out = found;
    return is_found;
}

bool time_spec_previous(const TimeSpec *spec, const WallClock *clock, int64_t anchor_ms,
                        int64_t before_ms, TimeOccurrence *out)
{
    TimeOccurrence found;
    int64_t from_ms = bounded(anchor_ms);
    int64_t until_ms;
    bool is_found;

    if (before_ms <= 0)
        return false;

    until_ms = MIN(before_ms, END_MS) - 1;
    if (spec->kind == TIME_SPEC_CALENDAR)
        is_found = previous_of_calendar(&spec->calendar, clock, until_ms / 1000, &found);
    else if (spec->kind == TIME_SPEC_EVERY)
        is_found = until_ms - from_ms >= spec->period_ms &&
                   set_instant(clock, until_ms - (until_ms - from_ms) % spec->period_ms, &found);
    else
        is_found = find_only(spec, clock, anchor_ms, &found) && found.at_ms < before_ms;

    if (is_found)
        *out = found;
    return is_found;
}

static char *print_minute(int64_t local_s)
{
    int minute = (int)(local_s % SECONDS_A_DAY / 60);

    return g_strdup_printf("%02d:%02d", minute / 60, minute % 60);
}

char *time_occurrence_explain(const TimeOccurrence *occurrence, const WallClock *clock)
{
    int64_t shown_s = wall_clock_shows(clock, occurrence->at_ms / 1000);
    g_autofree char *named = print_minute(occurrence->local_s);
    g_autofree char *shown = print_minute(shown_s);

    switch (occurrence->shift) {
    case TIME_AS_WRITTEN:
        break;
    case TIME_SKIPPED:
        return g_strdup_printf(
            "%s does not exist that day: clocks go forward; runs at %s%s", named, shown,
            shown_s / SECONDS_A_DAY == occurrence->local_s / SECONDS_A_DAY ? ""
                                                                           : " of the next day");
    case TIME_TWICE:
        return g_strdup_printf("%s comes twice that day: clocks go back; runs at the first", named);
    }
    return NULL;
}
