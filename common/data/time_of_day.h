/*
 * Times of day in the text of a time spec (time_spec.h). Pure.
 */
#ifndef COMMON_DATA_TIME_OF_DAY_H
#define COMMON_DATA_TIME_OF_DAY_H

#include "common/data/time_reader.h"

#include <stdbool.h>
#include <stdint.h>

/* Hours and minutes, "8:00", "8h30", "8h", "noon", "*:0/15", as masks; where it may be bare also
 * "8", as the end of the text. */
bool time_of_day_read_set(TimeReader *reader, bool may_be_bare, uint64_t *out_hours,
                          uint64_t *out_minutes);

/* One time of day: the same, of one hour and one minute. Minutes after midnight. */
bool time_of_day_read(TimeReader *reader, int *out_min);

#endif
