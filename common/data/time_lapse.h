/*
 * A day without a year (time_spec.h: AT_DATE) is the next one of that name, which may be a year
 * away: what whoever typed it should hear. Pure.
 */
#ifndef COMMON_DATA_TIME_LAPSE_H
#define COMMON_DATA_TIME_LAPSE_H

#include "common/data/time_spec.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    TIME_LAPSE_NONE,
    TIME_LAPSE_JUST_OVER,  /* it was today or yesterday: hardly the next one is meant */
    TIME_LAPSE_OTHER_YEAR, /* it comes in another year than this, or most of a year ahead */
} TimeLapse;

typedef struct LapsedTime {
    int64_t ago_ms; /* JUST_OVER: how long it is over */
    unsigned days;  /* how many midnights are before the next one */
    TimeSpec next;  /* that, with its year */
} LapsedTime;

/* *out is set but for NONE. */
TimeLapse time_lapse_find(const TimeSpec *spec, const WallClock *clock, int64_t now_ms,
                          LapsedTime *out);

/* Of a time of a day that is over ("today 8:00"): the next one, "at tomorrow 08:00". The caller
 * owns it; NULL: a time of another kind has none. */
char *time_lapse_next_day(const TimeSpec *spec);

/* The year of a time on the wall. */
int time_lapse_year(int64_t local_s);

#endif
