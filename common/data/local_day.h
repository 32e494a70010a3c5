/*
 * Days of the local calendar and times within them: a day is the number of days from 1970-01-01 to
 * it, whatever the zone. Zones are read by the caller; lookups are pure.
 */
#ifndef COMMON_DATA_LOCAL_DAY_H
#define COMMON_DATA_LOCAL_DAY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The day that an instant lies in. */
int64_t local_day_of(int64_t at_ms, GTimeZone *zone);

/* When the wall clock first shows this minute (0 … 1440) of the day. A time that the day leaves out
 * is the first instant after the gap; of two the first. Unix milliseconds. */
int64_t local_day_at(int64_t day, int minute, GTimeZone *zone);

/* "2026-11-26", and back. The caller owns the text. */
char *local_day_print(int64_t day);
bool local_day_parse(const char *text, int64_t *out_day);

#endif
