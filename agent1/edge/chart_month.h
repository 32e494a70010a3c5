/*
 * The picture of the month ahead: a row for each day, a field for each hour. Higher than wide, so
 * that its numbers can be read on a phone. Pure.
 */
#ifndef AGENT1_EDGE_CHART_MONTH_H
#define AGENT1_EDGE_CHART_MONTH_H

#include "agent1/edge/chart_canvas.h"
#include "agent1/port/month_chart.h"

#define CHART_MONTH_WIDTH  800
#define CHART_MONTH_HEIGHT 1420

/* The caller owns it. */
Canvas *chart_month_draw(const MonthChart *chart);

#endif
