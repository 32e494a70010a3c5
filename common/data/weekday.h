/*
 * The names of the days of the week, as people write them: English and French, short and long, in
 * any ASCII case. Pure.
 */
#ifndef COMMON_DATA_WEEKDAY_H
#define COMMON_DATA_WEEKDAY_H

#include <glib.h>
#include <stdbool.h>

#define DAYS_A_WEEK      7
#define WEEKDAYS_ALL     0x7fU
#define WEEKDAY_OF_EPOCH 3 /* 1970-01-01 was a Thursday */

/* 0 is Monday. False when it is no day's name; *out is untouched then. */
bool weekday_parse(const char *name, unsigned *out);

/* "mon" … "sun". */
const char *weekday_name(unsigned day);

/* "lun" … "dim". */
const char *weekday_name_fr(unsigned day);

#endif
