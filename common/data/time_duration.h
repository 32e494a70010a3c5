/*
 * Lengths of time in the text of a time spec (time_spec.h): "6h", "30 min", "1 hour 30 minutes",
 * "1h30", "two weeks", "une demi-heure", "an hour and a half". Pure.
 */
#ifndef COMMON_DATA_TIME_DURATION_H
#define COMMON_DATA_TIME_DURATION_H

#include "common/data/time_reader.h"

#include <stdbool.h>
#include <stdint.h>

/* Takes a number in words from one to twelve, and a few of more, "two" or "quinze"; 0, and the
 * cursor stays, where none stands there. */
unsigned time_duration_take_count(TimeReader *reader);

/* Where it may, a unit alone is one of it ("hour"). */
bool time_duration_read(TimeReader *reader, bool may_be_unit, int64_t *out_ms);

#endif
