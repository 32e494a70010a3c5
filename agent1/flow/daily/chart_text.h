/*
 * A chart of a day in block characters, for a fence of fixed width on a phone: a line for each
 * group of outcomes that there is, a column for each hour.
 *
 *     succeeded     ▂▂▃▄██▅▂▁     ▁▁   ▂▂  212
 *     failed              ▁▁                 3
 *               0     6     12    18      █=31
 */
#ifndef AGENT1_FLOW_DAILY_CHART_TEXT_H
#define AGENT1_FLOW_DAILY_CHART_TEXT_H

#include "agent1/port/day_chart.h"

/* No line is wider. */
#define CHART_TEXT_COLUMNS 48

/* Without a newline at its end; the caller owns it. */
char *chart_text(const DayChart *chart);

#endif
