/*
 * Times of day that count to twelve twice, "8pm": no form of a time spec (time_spec.h) has them,
 * and whoever types one is told the hour that it is. Pure.
 */
#ifndef COMMON_DATA_TIME_HALF_DAY_H
#define COMMON_DATA_TIME_HALF_DAY_H

#include "common/data/time_problem.h"

/* Where one stands in a text that is no time spec, that is the problem. */
void time_half_day_explain(const char *text, TimeProblem *problem);

#endif
