#include "common/data/calendar.h"

#include <glib.h>

#include "common/data/weekday.h"

#include "common/base/banned.h"

#define JULIAN_OF_EPOCH 719163 /* GDate's number of 1970-01-01 */
#define MINUTES_A_DAY   1440
#define MINUTES_A_HOUR  60
#define SECONDS_A_DAY   INT64_C(86400)
#define FIRST_YEAR      1970
#define LAST_YEAR       2100
#define END_MIN         (INT64_C(4133980800) / 60) /* 2101-01-01T00:00 */

/* A month, and the number of days from 1970-01-01 to its first. */
typedef struct Month {
    int year;
    int month;
    int64_t first_day;
} Month;

bool calendar_equal(const Calendar *a, const Calendar *b)
{
    return a->minutes == b->minutes && a->hours == b->hours && a->days == b->days &&
           a->months == b->months && a->weekdays == b->weekdays && a->is_either == b->is_either;
}

static int days_in(const Month *month)
{
    return g_date_get_days_in_month((GDateMonth)month->month, (GDateYear)month->year);
}

static Month month_of(int64_t day, int *out_day_of_month)
{
    GDate date;
    Month month;

    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(day + JULIAN_OF_EPOCH));
    *out_day_of_month = g_date_get_day(&date);
    month.year = g_date_get_year(&date);
    month.month = (int)g_date_get_month(&date);
    month.first_day = day - (*out_day_of_month - 1);
    return month;
}

static void go_to_next(Month *month)
{
    month->first_day += days_in(month);
    month->month++;
    if (month->month > 12) {
        month->month = 1;
        month->year++;
    }
}

static void go_to_previous(Month *month)
{
    month->month--;
    if (month->month < 1) {
        month->month = 12;
        month->year--;
    }
    month->first_day -= days_in(month);
}

/* The days of a month that fit, bits 1 … 31. */
static uint32_t fitting_days(const Calendar *calendar, const Month *month)
{
    unsigned first = (unsigned)((month->first_day + WEEKDAY_OF_EPOCH) % DAYS_A_WEEK);
    uint64_t week =
        (calendar->weekdays >> first | calendar->weekdays << (DAYS_A_WEEK - first)) & WEEKDAYS_ALL;
    uint32_t of_week =
        (uint32_t)((week | week << 7 | week << 14 | week << 21 | week << 28) << 1) & DAYS_ALL;
    uint32_t fitting = calendar->is_either ? calendar->days | of_week : calendar->days & of_week;

    if (!(calendar->months & 1U << month->month))
        return 0;
    return fitting & (uint32_t)((UINT64_C(2) << days_in(month)) - 1);
}

/* The first fitting day from a day on; -1 when there is none. */
static int64_t day_from(const Calendar *calendar, int64_t day)
{
    int of_month;
    Month month = month_of(day, &of_month);
    uint32_t still = ~UINT32_C(0) << of_month;

    for (; month.year <= LAST_YEAR; go_to_next(&month), still = ~UINT32_C(0)) {
        uint32_t fitting = fitting_days(calendar, &month) & still;

        if (fitting)
            return month.first_day + __builtin_ctz(fitting) - 1;
    }
    return -1;
}

/* The last fitting day up to a day; -1 when there is none. */
static int64_t day_until(const Calendar *calendar, int64_t day)
{
    int of_month;
    Month month = month_of(day, &of_month);
    uint32_t still = (uint32_t)((UINT64_C(2) << of_month) - 1);

    for (; month.year >= FIRST_YEAR; go_to_previous(&month), still = ~UINT32_C(0)) {
        uint32_t fitting = fitting_days(calendar, &month) & still;

        if (fitting)
            return month.first_day + (31 - __builtin_clz(fitting)) - 1;
    }
    return -1;
}

/* The first minute of the day that is not before another; -1 when there is none. */
static int minute_from(const Calendar *calendar, int minute)
{
    int hour = minute / MINUTES_A_HOUR;
    uint32_t hours = calendar->hours & ~UINT32_C(0) << hour;
    uint64_t minutes = calendar->minutes & ~UINT64_C(0) << minute % MINUTES_A_HOUR;

    if (hours & 1U << hour && minutes)
        return hour * MINUTES_A_HOUR + __builtin_ctzll(minutes);
    hours &= ~(1U << hour);
    return hours ? __builtin_ctz(hours) * MINUTES_A_HOUR + __builtin_ctzll(calendar->minutes) : -1;
}

/* The last that is not after another; -1 when there is none. */
static int minute_until(const Calendar *calendar, int minute)
{
    int hour = minute / MINUTES_A_HOUR;
    uint32_t hours = calendar->hours & ((2U << hour) - 1);
    uint64_t minutes = calendar->minutes & ((UINT64_C(2) << minute % MINUTES_A_HOUR) - 1);

    if (hours & 1U << hour && minutes)
        return hour * MINUTES_A_HOUR + 63 - __builtin_clzll(minutes);
    hours &= ~(1U << hour);
    return hours ? (31 - __builtin_clz(hours)) * MINUTES_A_HOUR + 63 -
                       __builtin_clzll(calendar->minutes)
                 : -1;
}

bool calendar_next(const Calendar *calendar, int64_t after_s, int64_t *out_s)
{
    int64_t from_min = after_s < 0 ? 0 : after_s / 60 + 1;
    int64_t today = from_min / MINUTES_A_DAY;
    int64_t day;
    int minute = -1;

    if (from_min >= END_MIN)
        return false;

    day = day_from(calendar, today);
    if (day == today) {
        minute = minute_from(calendar, (int)(from_min % MINUTES_A_DAY));
        if (minute < 0)
            day = day_from(calendar, today + 1);
    }
    if (day < 0)
        return false;

    if (minute < 0)
        minute = minute_from(calendar, 0);
    *out_s = day * SECONDS_A_DAY + minute * 60;
    return true;
}

bool calendar_previous(const Calendar *calendar, int64_t before_s, int64_t *out_s)
{
    int64_t until_min = before_s <= 0 ? -1 : MIN((before_s - 1) / 60, END_MIN - 1);
    int64_t today = until_min / MINUTES_A_DAY;
    int64_t day;
    int minute = -1;

    if (until_min < 0)
        return false;

    day = day_until(calendar, today);
    if (day == today) {
        minute = minute_until(calendar, (int)(until_min % MINUTES_A_DAY));
        if (minute < 0)
            day = today > 0 ? day_until(calendar, today - 1) : -1;
    }
    if (day < 0)
        return false;

    if (minute < 0)
        minute = minute_until(calendar, MINUTES_A_DAY - 1);
    *out_s = day * SECONDS_A_DAY + minute * 60;
    return true;
}

bool calendar_midnight(int year, int month, int day, int64_t *out_s)
{
    GDate date;

    /* GDate takes bytes. */
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1 || day > 31 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return false;

    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    *out_s = ((int64_t)g_date_get_julian(&date) - JULIAN_OF_EPOCH) * SECONDS_A_DAY;
    return true;
}
