/*
 * A day of a month by its name or in figures, in the text of a time spec: "28 Nov", "le 28 novembre
 * 2026", "April 15th", "28/11", "28-11-2026". Of two numbers the first is the day, in French;
 * where nothing says that it is, only one that can be no month. Of a text that is no time spec, but
 * names such a day, what would do instead can be said. Pure.
 */
#ifndef COMMON_DATA_TIME_NAMED_DAY_H
#define COMMON_DATA_TIME_NAMED_DAY_H

#include "common/data/time_reader.h"

#include <stdbool.h>

typedef struct NamedDay {
    unsigned day;
    unsigned month;
    unsigned year; /* 0: none is named */
} NamedDay;

/* Takes a day that some year has, or the year that is named. */
bool time_named_day_take(TimeReader *reader, bool is_french, NamedDay *out);

/* Skips what may stand between such a day and its time: a comma, "at", the T of dates. True for
 * "at". */
bool time_named_day_skip_to_time(TimeReader *reader);

/* Where there is one, the problem becomes that; not where the day is right and another part of the
 * text is the trouble. */
void time_named_day_explain(const char *text, TimeProblem *problem);

#endif
