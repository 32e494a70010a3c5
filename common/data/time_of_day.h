/*
 * Times of day in the text of a time spec (time_spec.h): "8:00", "8h30", "14 h 02", "8pm", "noon",
 * "8 heures et demie". Pure.
 */
#ifndef COMMON_DATA_TIME_OF_DAY_H
#define COMMON_DATA_TIME_OF_DAY_H

#include "common/data/time_reader.h"

#include <stdbool.h>
#include <stdint.h>

/* Hours and minutes, also "*:0/15", as masks. Where it may be bare an hour is one alone, too, at
 * the end of the text or before a word. */
bool time_of_day_read_set(TimeReader *reader, bool may_be_bare, uint64_t *out_hours,
                          uint64_t *out_minutes);

/* One time of day: the same, of one hour and one minute. Minutes after midnight. */
bool time_of_day_read(TimeReader *reader, bool may_be_bare, int *out_min);

/* The same with seconds, "8:00:30". Seconds after midnight. */
bool time_of_day_read_second(TimeReader *reader, bool may_be_bare, int *out_s);

/* True when one may begin at the cursor. */
bool time_of_day_begins(const TimeReader *reader);

/* True when one stands there that has a name: "noon". */
bool time_of_day_has_name(const TimeReader *reader);

/* True when the rest is an hour alone, "9" or "8pm": of which days is anybody's guess. */
bool time_of_day_is_lone_hour(const TimeReader *reader, int *out_min);

#endif
