/*
 * A chart of a day: how many runs ended in each hour of its clock, and how, with the words for a
 * person. The core makes it; it is shown as text (agent1/flow/daily/chart_text.h) or drawn by an
 * edge, to which it goes as text of its own.
 */
#ifndef AGENT1_PORT_DAY_CHART_H
#define AGENT1_PORT_DAY_CHART_H

#include <glib.h>

/* A day has 25 hours at most; one that begins and ends inside an hour shows both. */
#define DAY_CHART_HOURS_MAX 26

typedef enum {
    CHART_SUCCEEDED,
    CHART_FAILED,      /* failed, timed_out, unknown */
    CHART_NOT_STARTED, /* rejected, expired, missed, skipped */
    CHART_STOPPED,     /* cancelled, denied: somebody wanted that */
    CHART_GROUP_COUNT,
} ChartGroup;

typedef struct DayChartHour {
    unsigned clock; /* 0 … 23, what the clock shows as the hour begins */
    unsigned counts[CHART_GROUP_COUNT];
} DayChartHour;

typedef struct DayChart {
    char *title;
    char *of_hours; /* the words at the axis of hours */
    char *of_runs;
    char *names[CHART_GROUP_COUNT];
    unsigned hour_count;
    DayChartHour hours[DAY_CHART_HOURS_MAX];
} DayChart;

DayChart *day_chart_new(void);
void day_chart_free(DayChart *chart);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DayChart, day_chart_free)

/* Of a group in all hours; of an hour in all groups. */
unsigned day_chart_sum(const DayChart *chart, ChartGroup group);
unsigned day_chart_height(const DayChartHour *hour);

/* As one text, and back; NULL: it is none. The caller owns the results. */
char *day_chart_print(const DayChart *chart);
DayChart *day_chart_parse(const char *text);

#endif
