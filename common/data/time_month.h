/*
 * Days of the month as people say them, in the text of a time spec: "1st of the month", "1er et 15
 * du mois", "premier lundi du mois". What the whole text means is time_spec.h's. Pure.
 */
#ifndef COMMON_DATA_TIME_MONTH_H
#define COMMON_DATA_TIME_MONTH_H

#include "common/data/calendar.h"
#include "common/data/time_reader.h"

#include <stdbool.h>

/* True when a day of the month begins at the cursor. */
bool time_month_is_day(const TimeReader *reader);

/* One or several days and, unless the month was named before, "of the month": sets the days of the
 * calendar, and the day of the week where one of these is meant. */
bool time_month_days(TimeReader *reader, bool is_named, Calendar *calendar);

#endif
