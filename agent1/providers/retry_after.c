#include "agent1/providers/retry_after.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "common/base/banned.h"

#define SECOND_MS INT64_C(1000)

typedef struct Date {
    int year;
    int month; /* 1 … 12 */
    int day;
    int hour;
    int minute;
    int second;
} Date;

static bool parse_seconds(const char *value, int64_t *out_ms)
{
    guint64 seconds;

    if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &seconds, NULL))
        return false;
    *out_ms = (int64_t)MIN(seconds, (guint64)(RETRY_AFTER_MAX_MS / SECOND_MS)) * SECOND_MS;
    return true;
}

static int month_of(const char *name)
{
    static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i], name))
            return (int)i + 1;
    }
    return 0;
}

/* A year of two digits that seems more than 50 years ahead is one of the past. */
static int full_year(int year, int64_t now_ms)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_ms / SECOND_MS);
    int this_year = now ? g_date_time_get_year(now) : 2000;
    int full = this_year - this_year % 100 + year;

    return full > this_year + 50 ? full - 100 : full;
}

static bool parse_date(const char *value, int64_t now_ms, Date *out)
{
    char month[4] = "";
    Date date = { 0 };
    int end = 0;

    /* NOLINTBEGIN(cert-err34-c): their widths keep all numbers small. */
    /* Sun, 06 Nov 1994 08:49:37 GMT */
    if (sscanf(value, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &date.day, month,
               &date.year, &date.hour, &date.minute, &date.second, &end) != 6 ||
        end == 0) {
        /* Sunday, 06-Nov-94 08:49:37 GMT */
        if (sscanf(value, "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &date.day, month,
                   &date.year, &date.hour, &date.minute, &date.second, &end) == 6 &&
            end > 0)
            date.year = full_year(date.year, now_ms);
        /* Sun Nov  6 08:49:37 1994 */
        else if (sscanf(value, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", month, &date.day,
                        &date.hour, &date.minute, &date.second, &date.year, &end) != 6)
            return false;
    }
    /* NOLINTEND(cert-err34-c) */
    date.month = month_of(month);
    *out = date;
    return end > 0 && value[end] == '\0' && date.month > 0;
}

bool retry_after_parse(const char *value, int64_t now_ms, int64_t *out_ms)
{
    g_autoptr(GDateTime) at = NULL;
    Date date;

    if (!value)
        return false;
    if (parse_seconds(value, out_ms))
        return true;
    if (!parse_date(value, now_ms, &date))
        return false;

    at = g_date_time_new_utc(date.year, date.month, date.day, date.hour, date.minute, date.second);
    if (!at)
        return false;
    *out_ms = CLAMP(g_date_time_to_unix(at) * SECOND_MS - now_ms, 0, RETRY_AFTER_MAX_MS);
    return true;
}
