/*
 * A chart of the month ahead: for each hour of each day how many schedules begin, what is skipped,
 * and whether it is closed, with the words for a person. The core makes it; an edge draws it, to
 * which it goes as text.
 */
#ifndef AGENT1_PORT_MONTH_CHART_H
#define AGENT1_PORT_MONTH_CHART_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MONTH_DAYS  31
#define MONTH_HOURS 24
/* What begins more often in one hour is not counted further. */
#define MONTH_CELL_MAX 10

typedef struct MonthCell {
    bool is_closed; /* when it begins */
    uint8_t begins; /* 0 … MONTH_CELL_MAX */
    uint8_t skipped;
} MonthCell;

typedef struct MonthChartDay {
    char *name;
    unsigned weekday; /* 0: Monday */
    MonthCell cells[MONTH_HOURS];
} MonthChartDay;

typedef enum {
    MONTH_CHART_BEGINS,
    MONTH_CHART_SKIPPED,
    MONTH_CHART_CLOSED,
    MONTH_CHART_MARK_COUNT,
} MonthChartMark;

typedef struct MonthChart {
    char *title;
    char *of_hours;
    char *names[MONTH_CHART_MARK_COUNT];
    MonthChartDay days[MONTH_DAYS];
} MonthChart;

MonthChart *month_chart_new(void);
void month_chart_free(MonthChart *chart);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MonthChart, month_chart_free)

/* As one text, and back; NULL: it is none, as every text of a day_chart.h is none. The caller owns
 * the results. */
char *month_chart_print(const MonthChart *chart);
MonthChart *month_chart_parse(const char *text);

#endif
