/* Whether a time on the wall is one of a calendar's, as its definition says. */
#ifndef TESTS_UNIT_COMMON_CALENDAR_FITS_H
#define TESTS_UNIT_COMMON_CALENDAR_FITS_H

#include "common/data/calendar.h"

#include <glib.h>

static inline bool calendar_fits(const Calendar *calendar, int64_t at_s)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(at_s);
    bool is_day = calendar->days >> g_date_time_get_day_of_month(time) & 1;
    bool is_weekday = calendar->weekdays >> (g_date_time_get_day_of_week(time) - 1) & 1;

    return calendar->minutes >> g_date_time_get_minute(time) & 1 &&
           calendar->hours >> g_date_time_get_hour(time) & 1 &&
           calendar->months >> g_date_time_get_month(time) & 1 &&
           (calendar->is_either ? is_day || is_weekday : is_day && is_weekday);
}

#endif
