#include "agent1/model/occurrence.h"

#include "common/base/banned.h"

#define STUCK_MS (2 * 24 * 3600 * INT64_C(1000))

/* FNV-1a (64 bits), finished as splitmix64 is: near times are far apart. */
static uint64_t hash(const char *salt, int64_t nominal_ms)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325);

    for (; *salt; salt++)
        value = (value ^ (uint8_t)*salt) * UINT64_C(0x100000001b3);
    value ^= (uint64_t)nominal_ms;
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static bool next_time(const OccurrenceRule *rule, int64_t after_ms, TimeOccurrence *out)
{
    return time_spec_next(rule->spec, rule->clock, rule->anchor_ms, after_ms, out);
}

/* Not beyond the time that follows: they are due in their order. */
static int64_t jitter_of(const OccurrenceRule *rule, int64_t nominal_ms)
{
    int64_t most_ms = rule->jitter_ms;
    TimeOccurrence following;

    if (most_ms <= 0)
        return 0;
    if (next_time(rule, nominal_ms, &following))
        most_ms = MIN(most_ms, following.at_ms - nominal_ms);
    return (int64_t)(hash(rule->salt, nominal_ms) % ((uint64_t)most_ms + 1));
}

bool occurrence_next(const OccurrenceRule *rule, int64_t mark_ms, Occurrence *out)
{
    if (!next_time(rule, mark_ms, &out->time))
        return false;

    out->due_ms = out->time.at_ms + jitter_of(rule, out->time.at_ms);
    out->is_missed = false;
    out->count = 1;
    out->first_ms = out->time.at_ms;
    return true;
}

/* What has an earlier nominal time than this is missed. */
static int64_t missed_until(const OccurrenceRule *rule, int64_t now_ms)
{
    int64_t too_late_ms = now_ms - rule->jitter_ms - rule->max_lateness_ms;
    int64_t late_ms = now_ms - rule->jitter_ms - MIN(OCCURRENCE_ON_TIME_MS, rule->max_lateness_ms);
    TimeOccurrence last;

    switch ((MakeUp)rule->make_up) {
    case MAKE_UP_NONE:
        return late_ms;
    case MAKE_UP_ALL:
        return too_late_ms;
    case MAKE_UP_LAST:
        break;
    }
    if (!time_spec_previous(rule->spec, rule->clock, rule->anchor_ms, now_ms + 1, &last))
        return late_ms;
    return MAX(too_late_ms, MIN(last.at_ms, late_ms));
}

/* Puts the last of a long row of missed ones in the place of the first. */
static void gather_missed(const OccurrenceRule *rule, int64_t until_ms, Occurrence *missed)
{
    TimeOccurrence last = missed->time;
    TimeOccurrence next;
    unsigned count = 1;

    while (count < OCCURRENCE_COUNT_MAX && next_time(rule, last.at_ms, &next) &&
           next.at_ms < until_ms) {
        last = next;
        count++;
    }
    if (count <= OCCURRENCE_MISSED_ROWS)
        return;

    missed->time = last;
    missed->count = count;
}

bool occurrence_take_due(const OccurrenceRule *rule, int64_t mark_ms, int64_t now_ms,
                         Occurrence *out)
{
    int64_t until_ms;

    if (!occurrence_next(rule, mark_ms, out) || out->due_ms > now_ms)
        return false;

    until_ms = missed_until(rule, now_ms);
    out->is_missed = out->time.at_ms < until_ms;
    if (out->is_missed)
        gather_missed(rule, until_ms, out);
    return true;
}

bool occurrence_is_stuck(const OccurrenceRule *rule, int64_t mark_ms, int64_t now_ms)
{
    TimeOccurrence next;

    switch (rule->spec->kind) {
    case TIME_SPEC_EVERY:
    case TIME_SPEC_IN:
        return next_time(rule, mark_ms, &next) && next.at_ms > now_ms + rule->spec->period_ms;
    case TIME_SPEC_CALENDAR:
        return mark_ms > now_ms + STUCK_MS;
    case TIME_SPEC_AT_LOCAL:
    case TIME_SPEC_AT_INSTANT:
    case TIME_SPEC_AT_NEXT:
    case TIME_SPEC_AT_DAY:
    case TIME_SPEC_AT_WEEKDAY:
    case TIME_SPEC_AT_DATE:
        break;
    }
    return false;
}
