#include "agent1/model/report_range.h"

#include <string.h>

#include "common/base/quantity.h"
#include "common/data/local_day.h"
#include "common/data/time_spec.h"
#include "common/base/banned.h"

#define DAY_MS INT64_C(86400000)
#define DOTS   ".."

/* How many days ago a word means. A phone's keyboard makes the apostrophe round. */
static const struct {
    const char *word;
    int64_t days;
} words[] = {
    { "today", 0 }, { "yesterday", 1 }, { "aujourd'hui", 0 }, { "aujourd\u2019hui", 0 },
    { "hier", 1 },
};

static void set_days(int64_t first, int64_t last, GTimeZone *zone, ReportRange *out)
{
    *out = (ReportRange){ .from_ms = local_day_at(first, 0, zone),
                          .until_ms = local_day_at(last + 1, 0, zone),
                          .has_days = true,
                          .first_day = first,
                          .last_day = last };
}

void report_range_of_day(int64_t day, GTimeZone *zone, ReportRange *out)
{
    set_days(day, day, zone, out);
}

/* A day: a word or a date. */
static bool read_day(const char *text, int64_t today, int64_t *out_day)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(text, words[i].word) == 0) {
            *out_day = today - words[i].days;
            return true;
        }
    }
    return local_day_parse(text, out_day);
}

/* "2026-11-25", or two of them with dots between. */
static bool read_days(const char *text, int64_t today, int64_t *out_first, int64_t *out_last)
{
    const char *dots = strstr(text, DOTS);
    g_autofree char *first = g_strndup(text, dots ? (size_t)(dots - text) : strlen(text));
    g_autofree char *last = g_strdup(dots ? dots + strlen(DOTS) : text);

    return read_day(g_strstrip(first), today, out_first) &&
           read_day(g_strstrip(last), today, out_last);
}

static ReportRangeFault check_days(int64_t first, int64_t last, int64_t today)
{
    if (last < first)
        return REPORT_RANGE_BACKWARDS;
    if (last - first >= REPORT_RANGE_DAYS_MAX)
        return REPORT_RANGE_TOO_LONG;
    return first > today ? REPORT_RANGE_IN_FUTURE : REPORT_RANGE_OK;
}

/* "24h", "7d", "two hours", "une demi-heure": as behind "in". */
static bool read_duration(const char *text, int64_t *out_ms)
{
    return duration_parse(text, out_ms, NULL) ? *out_ms > 0 : time_spec_read_length(text, out_ms);
}

ReportRangeFault report_range_parse(const char *text, int64_t now_ms, GTimeZone *zone,
                                    ReportRange *out)
{
    g_autofree char *line = g_strstrip(g_ascii_strdown(text, -1));
    int64_t today = local_day_of(now_ms, zone);
    int64_t first;
    int64_t last;
    int64_t ms;

    if (read_days(line, today, &first, &last)) {
        ReportRangeFault fault = check_days(first, last, today);

        if (fault == REPORT_RANGE_OK)
            set_days(first, last, zone, out);
        return fault;
    }
    if (!read_duration(line, &ms))
        return REPORT_RANGE_NO_FORM;
    if (ms > REPORT_RANGE_DAYS_MAX * DAY_MS)
        return REPORT_RANGE_TOO_LONG;
    *out = (ReportRange){ .from_ms = now_ms - ms, .until_ms = now_ms + 1 };
    return REPORT_RANGE_OK;
}
