/*
 * The picture of a day's runs: a column for each hour, stacked by outcome, with axes and words. The
 * colors are told apart by people who do not see red or green (after Okabe and Ito), and differ in
 * lightness, too. Pure.
 */
#ifndef AGENT1_EDGE_CHART_PICTURE_H
#define AGENT1_EDGE_CHART_PICTURE_H

#include "agent1/edge/chart_canvas.h"
#include "agent1/port/day_chart.h"

#define CHART_PICTURE_WIDTH  800
#define CHART_PICTURE_HEIGHT 400

/* The caller owns it. */
Canvas *chart_picture(const DayChart *chart);

#endif
