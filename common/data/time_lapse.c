#include "common/data/time_lapse.h"

#include "common/base/banned.h"

#define SECONDS_A_DAY INT64_C(86400)
/* "28 Dec", typed on 3 January, is of this year, and hardly meant. */
#define FAR_DAYS 300

int time_lapse_year(int64_t local_s)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(local_s);

    return g_date_time_get_year(date);
}

char *time_lapse_next_day(const TimeSpec *spec)
{
    TimeSpec tomorrow = *spec;

    tomorrow.day = 1;
    return spec->kind == TIME_SPEC_AT_DAY ? time_spec_print(&tomorrow) : NULL;
}

TimeLapse time_lapse_find(const TimeSpec *spec, const WallClock *clock, int64_t now_ms,
                          LapsedTime *out)
{
    int64_t now_s = wall_clock_shows(clock, now_ms / 1000);
    TimeSpec yearly = *spec;
    TimeOccurrence next;
    TimeOccurrence last;
    int64_t days;
    bool is_just_over;

    if (spec->kind != TIME_SPEC_AT_DATE || !time_spec_next(spec, clock, now_ms, now_ms, &next))
        return TIME_LAPSE_NONE;

    yearly.kind = TIME_SPEC_CALENDAR;
    is_just_over = time_spec_previous(&yearly, clock, now_ms, now_ms + 1, &last) &&
                   now_s / SECONDS_A_DAY - last.local_s / SECONDS_A_DAY <= 1;
    days = next.local_s / SECONDS_A_DAY - now_s / SECONDS_A_DAY;
    if (!is_just_over && days <= FAR_DAYS &&
        time_lapse_year(next.local_s) == time_lapse_year(now_s))
        return TIME_LAPSE_NONE;

    *out = (LapsedTime){
        .ago_ms = is_just_over ? now_ms - last.at_ms : 0,
        .days = (unsigned)days,
        .next = { .kind = TIME_SPEC_AT_LOCAL, .at_s = next.local_s },
    };
    return is_just_over ? TIME_LAPSE_JUST_OVER : TIME_LAPSE_OTHER_YEAR;
}
