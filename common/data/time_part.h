/*
 * Parts of the day, "morning" or "soir", in the text of a time spec (time_spec.h): which times are
 * of them. Pure.
 */
#ifndef COMMON_DATA_TIME_PART_H
#define COMMON_DATA_TIME_PART_H

#include "common/data/time_reader.h"

#include <stdbool.h>

typedef struct TimePart TimePart;

/* Takes one; NULL, and the cursor stays, where none stands there. Static. */
const TimePart *time_part_take(TimeReader *reader);

/* "tonight", where five is in the afternoon. */
const TimePart *time_part_tonight(void);

/* The time of day that was read last, in minutes, as one of the part: "tonight at 8" is twelve
 * hours later than it says. False, and failed at its place, when it is none of it. */
bool time_part_fit(TimeReader *reader, const char *at, const TimePart *part, int *minute);

/* A time of it that is after the midnight that ends its day. */
bool time_part_is_next_day(const TimePart *part, int minute);

/* Fails where a time of day should stand behind what is written from start to end; NULL is the
 * whole day. Returns false. */
bool time_part_fail_without_time(TimeReader *reader, const char *start, const char *end,
                                 const TimePart *part);

#endif
