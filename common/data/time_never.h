/*
 * Why a calendar has no time in any year: its months have none of its days. Pure.
 */
#ifndef COMMON_DATA_TIME_NEVER_H
#define COMMON_DATA_TIME_NEVER_H

#include "common/data/time_spec.h"

#include <stddef.h>

#define TIME_NEVER_MAX 6

/* "February has no 31st", and what else is asked of its months, in English: static, and ids of
 * their translations. How many; 0 where the days exist, or it is no calendar. */
size_t time_never_explain(const TimeSpec *spec, const char *out[TIME_NEVER_MAX]);

/* All of it in English; NULL where that is nothing. The caller owns it. */
char *time_never_print(const TimeSpec *spec);

#endif
