/*
 * The picture of a day's runs: a column for each hour, stacked by outcome, with axes and words.
 * Pure.
 */
#ifndef AGENT1_EDGE_CHART_DAY_H
#define AGENT1_EDGE_CHART_DAY_H

#include "agent1/edge/chart_canvas.h"
#include "agent1/port/day_chart.h"

#define CHART_DAY_WIDTH  800
#define CHART_DAY_HEIGHT 400

/* The caller owns it. */
Canvas *chart_day_draw(const DayChart *chart);

#endif
