/* The canonical forms of time specs. What has one time of day is written for people; of the others
 * cron's five fields are the best known, but they cannot say that two kinds of day must meet. */
#include "common/data/time_spec.h"

#include "common/base/quantity.h"
#include "common/data/weekday.h"

#include "common/base/banned.h"

#define SECONDS_A_DAY INT64_C(86400)
#define RUN_MIN       3 /* so many values in a row are a range */
#define STEPS_MIN     4 /* so many in steps are written as steps, unless from the least value on */

typedef struct Style {
    const char *range; /* between its ends */
    bool is_cron;      /* a step needs a range or a `*`, and numbers have no zeros before them */
    bool is_starless;  /* a `*` would mean something else here */
} Style;

static const Style cron_style = { .range = "-", .is_cron = true };
static const Style starless_cron_style = { .range = "-", .is_cron = true, .is_starless = true };
static const Style systemd_style = { .range = ".." };

typedef struct Limits {
    unsigned min;
    unsigned max;
} Limits;

static bool has(uint64_t mask, unsigned value)
{
    return mask >> value & 1;
}

static void put_number(GString *out, const Style *style, unsigned value)
{
    g_string_append_printf(out, style->is_cron ? "%u" : "%02u", value);
}

/* The last value of the run that begins at one. */
static unsigned end_of_run(uint64_t mask, unsigned value, unsigned max)
{
    while (value < max && has(mask, value + 1))
        value++;
    return value;
}

/* The step, when the values go in equal steps of two or more up to the end of the field. */
static unsigned find_step(uint64_t mask, unsigned max)
{
    unsigned first = (unsigned)__builtin_ctzll(mask);
    uint64_t rest = mask & (mask - 1);
    unsigned step = rest ? (unsigned)__builtin_ctzll(rest) - first : 0;
    uint64_t steps = 0;

    if (step < 2)
        return 0;
    for (unsigned value = first; value <= max; value += step)
        steps |= UINT64_C(1) << value;
    return steps == mask ? step : 0;
}

static bool put_steps(GString *out, const Style *style, uint64_t mask, const Limits *limits)
{
    unsigned first = (unsigned)__builtin_ctzll(mask);
    unsigned step = find_step(mask, limits->max);
    bool is_from_min = first == limits->min;

    if (step == 0 || (!is_from_min && __builtin_popcountll(mask) < STEPS_MIN))
        return false;
    if (style->is_cron && is_from_min && !style->is_starless) {
        g_string_append_printf(out, "*/%u", step);
        return true;
    }

    put_number(out, style, first);
    if (style->is_cron)
        g_string_append_printf(out, "-%u", limits->max);
    g_string_append_printf(out, "/%u", step);
    return true;
}

static void put_set(GString *out, const Style *style, uint64_t mask, const Limits *limits)
{
    uint64_t all = (UINT64_C(2) << limits->max) - (UINT64_C(1) << limits->min);
    bool is_first = true;

    if (mask == all) {
        g_string_append_c(out, '*');
        return;
    }
    if (put_steps(out, style, mask, limits))
        return;
    for (unsigned value = limits->min; value <= limits->max; value++) {
        unsigned last;

        if (!has(mask, value))
            continue;
        if (!is_first)
            g_string_append_c(out, ',');
        is_first = false;
        put_number(out, style, value);
        last = end_of_run(mask, value, limits->max);
        if (last - value + 1 >= RUN_MIN) {
            g_string_append(out, style->range);
            put_number(out, style, last);
            value = last;
        }
    }
}

static void put_weekdays(GString *out, const char *range, uint32_t days)
{
    bool is_first = true;

    for (unsigned day = 0; day < DAYS_A_WEEK; day++) {
        unsigned last;

        if (!has(days, day))
            continue;
        if (!is_first)
            g_string_append_c(out, ',');
        is_first = false;
        g_string_append(out, weekday_name(day));
        last = end_of_run(days, day, DAYS_A_WEEK - 1);
        if (last - day + 1 >= RUN_MIN) {
            g_string_append_printf(out, "%s%s", range, weekday_name(last));
            day = last;
        }
    }
}

static void put_cron(GString *out, const Calendar *calendar)
{
    const Style *day_style = calendar->is_either ? &starless_cron_style : &cron_style;

    put_set(out, &cron_style, calendar->minutes, &(Limits){ 0, 59 });
    g_string_append_c(out, ' ');
    put_set(out, &cron_style, calendar->hours, &(Limits){ 0, 23 });
    g_string_append_c(out, ' ');
    put_set(out, day_style, calendar->days, &(Limits){ 1, 31 });
    g_string_append_c(out, ' ');
    put_set(out, &cron_style, calendar->months, &(Limits){ 1, 12 });
    g_string_append_c(out, ' ');
    if (calendar->weekdays == WEEKDAYS_ALL)
        g_string_append_c(out, '*');
    else
        put_weekdays(out, "-", calendar->weekdays);
}

static void put_systemd(GString *out, const Calendar *calendar)
{
    if (calendar->weekdays != WEEKDAYS_ALL) {
        put_weekdays(out, "..", calendar->weekdays);
        g_string_append_c(out, ' ');
    }
    if (calendar->months != MONTHS_ALL || calendar->days != DAYS_ALL) {
        g_string_append(out, "*-");
        put_set(out, &systemd_style, calendar->months, &(Limits){ 1, 12 });
        g_string_append_c(out, '-');
        put_set(out, &systemd_style, calendar->days, &(Limits){ 1, 31 });
        g_string_append_c(out, ' ');
    }
    put_set(out, &systemd_style, calendar->hours, &(Limits){ 0, 23 });
    g_string_append_c(out, ':');
    put_set(out, &systemd_style, calendar->minutes, &(Limits){ 0, 59 });
}

static void put_calendar(GString *out, const Calendar *calendar)
{
    bool has_one_time = !(calendar->hours & (calendar->hours - 1)) &&
                        !(calendar->minutes & (calendar->minutes - 1));
    bool has_dates = calendar->months != MONTHS_ALL || calendar->days != DAYS_ALL;
    bool has_weekdays = calendar->weekdays != WEEKDAYS_ALL;
    bool must_both_fit = calendar->days != DAYS_ALL && has_weekdays && !calendar->is_either;

    if (calendar->minutes == 1 && calendar->hours == HOURS_ALL && !has_dates && !has_weekdays) {
        g_string_append(out, "hourly");
        return;
    }
    if (calendar->is_either || !(has_one_time || must_both_fit)) {
        put_cron(out, calendar);
        return;
    }

    if (!has_dates && !has_weekdays)
        g_string_append(out, "daily ");
    else if (!has_dates && !(calendar->weekdays & (calendar->weekdays - 1)))
        g_string_append(out, "weekly ");
    put_systemd(out, calendar);
}

static void put_time_of_day(GString *out, int64_t at_s)
{
    int minute = (int)(at_s % SECONDS_A_DAY / 60);

    g_string_append_printf(out, "%02d:%02d", minute / 60, minute % 60);
}

/* A calendar that has one time of one day. */
static void put_day(GString *out, const Calendar *calendar)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

    g_string_append_printf(out, "%d %s %02d:%02d", __builtin_ctz(calendar->days),
                           months[__builtin_ctz(calendar->months) - 1],
                           __builtin_ctz(calendar->hours), __builtin_ctzll(calendar->minutes));
}

/* With the seconds where there are any. */
static void put_date(GString *out, int64_t at_s)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(at_s);
    int seconds = (int)(at_s % 60);

    g_string_append_printf(out, "%04d-%02d-%02dT", g_date_time_get_year(date),
                           g_date_time_get_month(date), g_date_time_get_day_of_month(date));
    put_time_of_day(out, at_s);
    if (seconds)
        g_string_append_printf(out, ":%02d", seconds);
}

static void put_period(GString *out, int64_t period_ms)
{
    g_autofree char *period = duration_print(period_ms);

    g_string_append(out, period);
}

char *time_spec_print(const TimeSpec *spec)
{
    static const char *const near_days[] = { "today", "tomorrow", "the day after tomorrow" };
    GString *out = g_string_new(NULL);

    switch (spec->kind) {
    case TIME_SPEC_CALENDAR:
        put_calendar(out, &spec->calendar);
        break;
    case TIME_SPEC_EVERY:
        g_string_append(out, "every ");
        put_period(out, spec->period_ms);
        break;
    case TIME_SPEC_IN:
        g_string_append(out, "in ");
        put_period(out, spec->period_ms);
        break;
    case TIME_SPEC_AT_LOCAL:
        g_string_append(out, "at ");
        put_date(out, spec->at_s);
        break;
    case TIME_SPEC_AT_INSTANT:
        g_string_append(out, "at ");
        put_date(out, spec->at_s);
        g_string_append_c(out, 'Z');
        break;
    case TIME_SPEC_AT_NEXT:
        g_string_append(out, "at ");
        put_time_of_day(out, spec->at_s);
        break;
    case TIME_SPEC_AT_DAY:
        g_string_append_printf(out, "at %s ", near_days[spec->day]);
        put_time_of_day(out, spec->at_s);
        break;
    case TIME_SPEC_AT_WEEKDAY:
        g_string_append_printf(out, "at next %s ", weekday_name((unsigned)spec->day));
        put_time_of_day(out, spec->at_s);
        break;
    case TIME_SPEC_AT_DATE:
        g_string_append(out, "at ");
        put_day(out, &spec->calendar);
        break;
    }
    return g_string_free(out, FALSE);
}
