/*
 * A range of time as a person types it behind the bar of REPORT: and its like: "today",
 * "yesterday", "2026-11-25", "2026-11-01..2026-11-07", or what came last: "24h", "7d". In French
 * also "aujourd'hui", "hier", "7j". Days are those of a zone, from midnight to midnight, whatever
 * its clock does in between.
 */
#ifndef AGENT1_MODEL_REPORT_RANGE_H
#define AGENT1_MODEL_REPORT_RANGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define REPORT_RANGE_DAYS_MAX 366

typedef enum {
    REPORT_RANGE_OK,
    REPORT_RANGE_NO_FORM,   /* it is none of these */
    REPORT_RANGE_BACKWARDS, /* it ends before it begins */
    REPORT_RANGE_TOO_LONG,
    REPORT_RANGE_IN_FUTURE, /* nothing can have ended in it */
} ReportRangeFault;

typedef struct ReportRange {
    int64_t from_ms;
    int64_t until_ms; /* not in it any more */
    bool has_days;    /* false: what came last */
    int64_t first_day;
    int64_t last_day; /* in it */
} ReportRange;

/* out is set only where it is a range. Blanks around it and the case of letters do not count. */
ReportRangeFault report_range_parse(const char *text, int64_t now_ms, GTimeZone *zone,
                                    ReportRange *out);

/* The day itself as a range. */
void report_range_of_day(int64_t day, GTimeZone *zone, ReportRange *out);

#endif
