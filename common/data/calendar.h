/*
 * Sets of minutes on a wall: which minutes of which days, as cron and systemd write them. Knows no
 * zone; wall_clock.h says at which instant a time is shown. Pure.
 */
#ifndef COMMON_DATA_CALENDAR_H
#define COMMON_DATA_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#define MINUTES_ALL UINT64_C(0x0fffffffffffffff)
#define HOURS_ALL   0x00ffffffU
#define DAYS_ALL    0xfffffffeU
#define MONTHS_ALL  0x1ffeU

/* No mask is empty. */
typedef struct Calendar {
    uint64_t minutes;
    uint32_t hours;
    uint32_t days;     /* of the month: bits 1 … 31 */
    uint32_t months;   /* bits 1 … 12 */
    uint32_t weekdays; /* bit 0 Monday … bit 6 Sunday */
    bool is_either;    /* one of days and weekdays is enough; otherwise both must hold */
} Calendar;

bool calendar_equal(const Calendar *a, const Calendar *b);

/* The first time after after_s, the last before before_s, in seconds after 1970-01-01T00:00 of the
 * wall. False when there is none from 1970 to 2100: the cost of finding out is bounded. */
bool calendar_next(const Calendar *calendar, int64_t after_s, int64_t *out_s);
bool calendar_previous(const Calendar *calendar, int64_t before_s, int64_t *out_s);

/* Seconds after 1970-01-01T00:00 of midnight at the start of a day of 1970 … 2100; false when the
 * month has no such day. */
bool calendar_midnight(int year, int month, int day, int64_t *out_s);

#endif
