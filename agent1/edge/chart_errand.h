/*
 * A chart drawn on a thread of its own: loading libpng and pressing the pixels together takes some
 * 20 ms, for which the main loop does not wait. Memory and library are given back afterwards.
 */
#ifndef AGENT1_EDGE_CHART_ERRAND_H
#define AGENT1_EDGE_CHART_ERRAND_H

#include <glib.h>

typedef struct ChartErrand ChartErrand;

/* On the main loop. png: a file; NULL: why there is none, in words for people. Both are borrowed.
 * The errand is gone when this is called. */
typedef void (*ChartDone)(GBytes *png, const char *why, void *data);

/* chart: as day_chart_print() or month_chart_print() writes it, copied. */
ChartErrand *chart_errand_start(const char *chart, ChartDone done, void *data);

/* done will not be called any more. */
void chart_errand_cancel(ChartErrand *errand);

#endif
