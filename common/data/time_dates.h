/*
 * The days and times of calendars in the text of a time spec: days of the week, dates, cron's five
 * fields, systemd's calendar form. What the whole text means is time_spec.h's. Pure.
 */
#ifndef COMMON_DATA_TIME_DATES_H
#define COMMON_DATA_TIME_DATES_H

#include "common/data/calendar.h"
#include "common/data/time_reader.h"

#include <stdbool.h>
#include <stdint.h>

/* Midnight of every day. */
Calendar time_dates_every_day(void);

/* True when the word at the cursor is a day of the week, or several ("weekend"). */
bool time_dates_is_weekday(const TimeReader *reader);

/* Takes one of them, Monday as 0, and the blanks behind it. */
bool time_dates_take_weekday(TimeReader *reader, unsigned *out);

/* "mon", "lundi", "mondays", "mon,wed", "lun..ven", "lundi et jeudi", "monday to friday",
 * "weekdays", "jours ouvrés", as bits from Monday on. */
bool time_dates_weekdays(TimeReader *reader, uint32_t *out);

/* "semaine", as behind "en": from Monday to Friday. */
bool time_dates_working_week(TimeReader *reader, uint32_t *out);

/* "january", "févr", and a full stop behind it. */
bool time_dates_take_month(TimeReader *reader, unsigned *out);

/* The month that a word of three letters or more may be meant for, but for a letter or two. */
bool time_dates_find_near_month(const char *word, unsigned *out);

/* "2026-12-01": midnight at its start, in seconds of the wall. */
bool time_dates_date(TimeReader *reader, int64_t *out_s);
bool time_dates_is_date(const TimeReader *reader);

/* Whether the rest is written in cron's fields, and what it says. */
bool time_dates_is_cron(const TimeReader *reader);
bool time_dates_cron(TimeReader *reader, Calendar *out);

/* [days of the week] [[*-]month-day] [time]; without a time, midnight. */
bool time_dates_systemd(TimeReader *reader, Calendar *out);

#endif
