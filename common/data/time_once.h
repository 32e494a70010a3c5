/*
 * The forms of time specs (time_spec.h) that happen once. Pure.
 */
#ifndef COMMON_DATA_TIME_ONCE_H
#define COMMON_DATA_TIME_ONCE_H

#include "common/data/time_named_day.h"
#include "common/data/time_reader.h"
#include "common/data/time_spec.h"

#include <stdbool.h>

/* Behind "in": how long from now. */
bool time_once_in(TimeReader *reader, TimeSpec *out);

/* Behind "at": a time of day, with its day before it, behind it, or none. */
bool time_once_at(TimeReader *reader, TimeSpec *out);

/* Whether a day begins at the cursor that is counted from now, "tomorrow", "next monday", "ce
 * soir"; it and its time of day. */
bool time_once_is_near_day(const TimeReader *reader);
bool time_once_on_near_day(TimeReader *reader, TimeSpec *out);

/* "2026-12-01T08:00", with an offset or without. */
bool time_once_on_date(TimeReader *reader, TimeSpec *out);

/* The time of day behind a day that stands at start. */
bool time_once_on_named_day(TimeReader *reader, const char *start, const NamedDay *day,
                            TimeSpec *out);

/* "9:00 tomorrow", "noon on 28 Nov": takes a time of day, and the day behind it. */
bool time_once_take_time_and_day(TimeReader *reader, TimeSpec *out);

#endif
