#include "agent1/flow/schedules/zone_move.h"

#include "common/base/banned.h"

static bool is_of_zone(const TimeSpec *spec)
{
    switch (spec->kind) {
    case TIME_SPEC_CALENDAR:
        return spec->calendar.hours != HOURS_ALL;
    case TIME_SPEC_AT_LOCAL:
    case TIME_SPEC_AT_NEXT:
    case TIME_SPEC_AT_DAY:
    case TIME_SPEC_AT_WEEKDAY:
    case TIME_SPEC_AT_DATE:
        return true;
    case TIME_SPEC_EVERY:
    case TIME_SPEC_IN:
    case TIME_SPEC_AT_INSTANT:
        break;
    }
    return false;
}

/* When one clock shows what the other had shown at an instant. */
static int64_t translate(int64_t at_ms, const WallClock *from, const WallClock *to)
{
    return wall_clock_first(to, wall_clock_has_shown(from, at_ms / 1000)) * 1000;
}

bool zone_move_schedule(Core *core, Schedule *schedule, const WallClock *from)
{
    OccurrenceRule rule;
    int64_t mark_ms;
    int64_t anchor_ms;

    schedule_book_rule(core, schedule, &rule);
    mark_ms = translate(schedule->mark_ms, from, rule.clock);
    anchor_ms = translate(schedule->anchor_ms, from, rule.clock);
    if (!is_of_zone(rule.spec) ||
        (mark_ms == schedule->mark_ms && anchor_ms == schedule->anchor_ms))
        return false;

    /* Between the two lie instants that may have had a time of the zone before. */
    if (mark_ms < schedule->mark_ms)
        schedule->turn++;
    schedule->mark_ms = mark_ms;
    schedule->anchor_ms = anchor_ms;
    return true;
}

bool zone_move_before(Core *core, const Schedule *schedule, const WallClock *from, int64_t *out_ms)
{
    OccurrenceRule rule;
    Occurrence next;
    int64_t before_ms;

    schedule_book_rule(core, schedule, &rule);
    if (!is_of_zone(rule.spec) || !occurrence_next(&rule, schedule->mark_ms, &next))
        return false;

    before_ms = wall_clock_first(from, next.time.local_s) * 1000;
    if (before_ms == next.time.at_ms)
        return false;
    *out_ms = before_ms;
    return true;
}
