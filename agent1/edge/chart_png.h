/*
 * A canvas as a PNG file, by libpng, which is loaded when the first picture is wanted. Where it has
 * few colors they are numbered: a third of the memory, and a smaller file.
 */
#ifndef AGENT1_EDGE_CHART_PNG_H
#define AGENT1_EDGE_CHART_PNG_H

#include "agent1/edge/chart_canvas.h"

/* The caller's; NULL: PROBLEM_MISSING (there is no libpng), PROBLEM_INTERNAL. */
GBytes *chart_png(const Canvas *canvas, GError **error);

#endif
