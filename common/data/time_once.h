/*
 * The forms of time specs (time_spec.h) that happen once, behind the word that begins them. Pure.
 */
#ifndef COMMON_DATA_TIME_ONCE_H
#define COMMON_DATA_TIME_ONCE_H

#include "common/data/time_named_day.h"
#include "common/data/time_reader.h"
#include "common/data/time_spec.h"

#include <stdbool.h>

/* Behind "in": how long from now. */
bool time_once_in(TimeReader *reader, TimeSpec *out);

/* Behind "at": a time of day, with its day before it or without. */
bool time_once_at(TimeReader *reader, TimeSpec *out);

/* Behind "today" (0) or "tomorrow" (1): the time of day. */
bool time_once_on_day(TimeReader *reader, int days_ahead, TimeSpec *out);

/* "2026-12-01T08:00", with an offset or without. */
bool time_once_on_date(TimeReader *reader, TimeSpec *out);

/* The time of day behind a day that stands at start. */
bool time_once_on_named_day(TimeReader *reader, const char *start, const NamedDay *day,
                            TimeSpec *out);

#endif
