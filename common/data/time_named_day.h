/*
 * A day of a month by name, in a text that is no time spec: "le 31 février à 8h", "April 15th",
 * "03/04/2027". None is read as one, since nobody knows whether it is meant once or every year, or
 * which number is the month; what would do instead can be said. Pure.
 */
#ifndef COMMON_DATA_TIME_NAMED_DAY_H
#define COMMON_DATA_TIME_NAMED_DAY_H

#include "common/data/time_problem.h"

/* Where there is one, the problem becomes that. */
void time_named_day_explain(const char *text, TimeProblem *problem);

#endif
