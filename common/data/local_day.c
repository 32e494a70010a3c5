#include "common/data/local_day.h"

#include <string.h>

#include "common/base/banned.h"

#define DAY_S    INT64_C(86400)
#define MINUTE_S INT64_C(60)

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

int64_t local_day_of(int64_t at_ms, GTimeZone *zone)
{
    int64_t at_s = floor_div(at_ms, 1000);
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at_s);

    return floor_div(at_s + g_time_zone_get_offset(zone, interval), DAY_S);
}

/* One side of an overlap, by what GLib calls the kinds of time; both are the same elsewhere. */
static int64_t to_unix_s(int64_t local_s, GTimeType side, GTimeZone *zone)
{
    gint64 adjusted = local_s;
    int interval = g_time_zone_adjust_time(zone, side, &adjusted);

    return adjusted - g_time_zone_get_offset(zone, interval);
}

int64_t local_day_at(int64_t day, int minute, GTimeZone *zone)
{
    int64_t local_s = day * DAY_S + minute * MINUTE_S;

    return MIN(to_unix_s(local_s, G_TIME_TYPE_STANDARD, zone),
               to_unix_s(local_s, G_TIME_TYPE_DAYLIGHT, zone)) *
           1000;
}

char *local_day_print(int64_t day)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(day * DAY_S);

    /* %Y writes the year 26 with two digits. */
    return date ? g_strdup_printf("%04d-%02d-%02d", g_date_time_get_year(date),
                                  g_date_time_get_month(date), g_date_time_get_day_of_month(date))
                : g_strdup("");
}

bool local_day_parse(const char *text, int64_t *out_day)
{
    static const char form[] = "dddd-dd-dd";
    g_autoptr(GDateTime) date = NULL;
    unsigned i;

    if (strlen(text) != strlen(form))
        return false;
    for (i = 0; form[i]; i++) {
        if (form[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != form[i])
            return false;
    }
    date = g_date_time_new_utc((int)g_ascii_strtoll(text, NULL, 10),
                               (int)g_ascii_strtoll(text + 5, NULL, 10),
                               (int)g_ascii_strtoll(text + 8, NULL, 10), 0, 0, 0);
    if (!date)
        return false;
    *out_day = floor_div(g_date_time_to_unix(date), DAY_S);
    return true;
}
