#include "common/base/timestamp.h"

#include "common/base/problem.h"

#include <string.h>

#include "common/base/banned.h"

#define EXPECTED       "a time such as 2026-11-21T02:14:05.123Z"
#define LATEST_MS      INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */
#define MINUTES_A_HOUR 60

static GDateTime *utc_time(int64_t unix_ms)
{
    return g_date_time_new_from_unix_utc(CLAMP(unix_ms, 0, LATEST_MS) / 1000);
}

/* Writes the last digits of a number. */
static void put_digits(char *at, unsigned count, int number)
{
    for (; count > 0; count--, number /= 10)
        at[count - 1] = (char)('0' + number % 10);
}

char *timestamp_format(int64_t unix_ms)
{
    char *text = g_strdup("0000-00-00T00:00:00.000Z");
    g_autoptr(GDateTime) utc = utc_time(unix_ms);
    int year;
    int month;
    int day;

    g_date_time_get_ymd(utc, &year, &month, &day);
    put_digits(text, 4, year);
    put_digits(text + 5, 2, month);
    put_digits(text + 8, 2, day);
    put_digits(text + 11, 2, g_date_time_get_hour(utc));
    put_digits(text + 14, 2, g_date_time_get_minute(utc));
    put_digits(text + 17, 2, g_date_time_get_second(utc));
    put_digits(text + 20, 3, (int)(CLAMP(unix_ms, 0, LATEST_MS) % 1000));
    return text;
}

/* The numbers of a text that looks like the picture, in which each d is a digit and every other
 * character stands for itself. False when it does not; the cursor moves behind it. */
static bool read_picture(const char **cursor, const char *picture, int *numbers)
{
    const char *at = *cursor;
    int number = 0;
    bool is_inside = false;

    for (; *picture; picture++, at++) {
        if (*picture == 'd') {
            if (!g_ascii_isdigit(*at))
                return false;
            number = number * 10 + (*at - '0');
            is_inside = true;
            continue;
        }
        if (g_ascii_toupper(*at) != *picture)
            return false;
        if (is_inside)
            *numbers++ = number;
        number = 0;
        is_inside = false;
    }
    if (is_inside)
        *numbers = number;

    *cursor = at;
    return true;
}

/* An optional fraction of a second, cut to milliseconds. */
static bool read_fraction(const char **cursor, int *out_ms)
{
    static const int weights[] = { 100, 10, 1 };
    size_t digits = 0;

    *out_ms = 0;
    if (**cursor != '.')
        return true;

    (*cursor)++;
    for (; g_ascii_isdigit(**cursor); (*cursor)++, digits++) {
        if (digits < G_N_ELEMENTS(weights))
            *out_ms += (**cursor - '0') * weights[digits];
    }
    return digits > 0;
}

/* Z or +hh:mm or -hh:mm, in minutes east of UTC. */
static bool read_offset(const char **cursor, int *out_min)
{
    int parts[2] = { 0 };
    int sign = **cursor == '-' ? -1 : 1;

    *out_min = 0;
    if (g_ascii_toupper(**cursor) == 'Z') {
        (*cursor)++;
        return true;
    }
    if (!read_picture(cursor, sign < 0 ? "-dd:dd" : "+dd:dd", parts))
        return false;

    *out_min = sign * (parts[0] * MINUTES_A_HOUR + parts[1]);
    return parts[0] < 24 && parts[1] < 60;
}

static bool read_rfc3339(const char *text, int64_t *out_unix_ms)
{
    g_autoptr(GDateTime) utc = NULL;
    int parts[6] = { 0 };
    int fraction_ms;
    int offset_min;
    int64_t unix_ms;

    if (!read_picture(&text, "dddd-dd-ddTdd:dd:dd", parts) || !read_fraction(&text, &fraction_ms) ||
        !read_offset(&text, &offset_min) || *text)
        return false;

    /* NULL for a date that the calendar does not have. */
    utc = g_date_time_new_utc(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
    if (!utc)
        return false;
    unix_ms = (g_date_time_to_unix(utc) - offset_min * 60) * 1000 + fraction_ms;
    if (unix_ms < 0 || unix_ms > LATEST_MS)
        return false;

    *out_unix_ms = unix_ms;
    return true;
}

bool timestamp_parse(const char *text, int64_t *out_unix_ms, GError **error)
{
    if (read_rfc3339(text, out_unix_ms))
        return true;

    problem_set_expected(error, PROBLEM_SYNTAX, text, EXPECTED);
    return false;
}

static GDateTime *local_time(int64_t unix_ms, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = utc_time(unix_ms);
    GDateTime *local = g_date_time_to_timezone(utc, zone);

    /* The last hours of 9999 have no local time east of Greenwich. */
    return local ? local : g_date_time_ref(utc);
}

static bool is_same_day(GDateTime *one, GDateTime *other)
{
    return g_date_time_get_year(one) == g_date_time_get_year(other) &&
           g_date_time_get_day_of_year(one) == g_date_time_get_day_of_year(other);
}

static char *local_text(GDateTime *at, int64_t now_ms, GTimeZone *zone)
{
    g_autoptr(GDateTime) now = local_time(now_ms, zone);
    int hour = g_date_time_get_hour(at);
    int minute = g_date_time_get_minute(at);

    if (is_same_day(at, now))
        return g_strdup_printf("%02d:%02d", hour, minute);
    return g_strdup_printf("%04d-%02d-%02d %02d:%02d", g_date_time_get_year(at),
                           g_date_time_get_month(at), g_date_time_get_day_of_month(at), hour,
                           minute);
}

char *timestamp_local(int64_t at_ms, int64_t now_ms, GTimeZone *zone)
{
    g_autoptr(GDateTime) at = local_time(at_ms, zone);

    return local_text(at, now_ms, zone);
}

/* The caller owns it; the text is taken over. */
static char *add_zone(char *text, GDateTime *at)
{
    g_autofree char *owned = text;

    return g_strdup_printf("%s %s", owned, g_date_time_get_timezone_abbreviation(at));
}

char *timestamp_local_with_zone(int64_t at_ms, int64_t now_ms, GTimeZone *zone)
{
    g_autoptr(GDateTime) at = local_time(at_ms, zone);

    return add_zone(local_text(at, now_ms, zone), at);
}

static char *local_text_fr(GDateTime *at, int64_t now_ms, GTimeZone *zone)
{
    g_autoptr(GDateTime) now = local_time(now_ms, zone);
    int year = g_date_time_get_year(at);
    int month = g_date_time_get_month(at);
    int day = g_date_time_get_day_of_month(at);
    int hour = g_date_time_get_hour(at);
    int minute = g_date_time_get_minute(at);

    if (is_same_day(at, now))
        return g_strdup_printf("%02d:%02d", hour, minute);
    if (year == g_date_time_get_year(now))
        return g_strdup_printf("le %02d/%02d à %02d:%02d", day, month, hour, minute);
    return g_strdup_printf("le %02d/%02d/%04d à %02d:%02d", day, month, year, hour, minute);
}

char *timestamp_local_fr(int64_t at_ms, int64_t now_ms, GTimeZone *zone)
{
    g_autoptr(GDateTime) at = local_time(at_ms, zone);

    return local_text_fr(at, now_ms, zone);
}

char *timestamp_local_fr_with_zone(int64_t at_ms, int64_t now_ms, GTimeZone *zone)
{
    g_autoptr(GDateTime) at = local_time(at_ms, zone);

    return add_zone(local_text_fr(at, now_ms, zone), at);
}

char *timestamp_reword_fr(const char *local, int64_t now_ms, GTimeZone *zone)
{
    g_autoptr(GDateTime) now = local_time(now_ms, zone);
    const char *time = local;
    int date[3] = { 0 };

    if (!read_picture(&time, "dddd-dd-dd ", date))
        return g_strdup(local);
    if (date[0] == g_date_time_get_year(now))
        return g_strdup_printf("le %02d/%02d à %s", date[2], date[1], time);
    return g_strdup_printf("le %02d/%02d/%04d à %s", date[2], date[1], date[0], time);
}
