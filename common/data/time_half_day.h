/*
 * Which half of the day an hour is of, in the text of a time spec (time_spec.h): "8pm", "8h du
 * soir", "9 in the morning". Pure.
 */
#ifndef COMMON_DATA_TIME_HALF_DAY_H
#define COMMON_DATA_TIME_HALF_DAY_H

#include "common/data/time_reader.h"

#include <stdbool.h>

/* Takes it, and the blanks before it. */
bool time_half_day_take(TimeReader *reader, bool *out_is_pm);

/* Takes "afternoon", "afternoons" or "après-midi". */
bool time_half_day_take_after_noon(TimeReader *reader);

#endif
