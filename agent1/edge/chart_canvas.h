/*
 * A picture in memory: pixels of red, green and blue, on which rectangles and round strokes are
 * drawn. Everything outside of it is cut off. The same calls give the same pixels everywhere. Pure.
 */
#ifndef AGENT1_EDGE_CHART_CANVAS_H
#define AGENT1_EDGE_CHART_CANVAS_H

#include <glib.h>
#include <stdint.h>

typedef struct Color {
    uint8_t red;
    uint8_t green;
    uint8_t blue;
} Color;

typedef struct Canvas {
    int width;
    int height;
    uint8_t *pixels; /* three bytes each, line after line from the top */
} Canvas;

/* Of that color. */
Canvas *canvas_new(int width, int height, Color color);
void canvas_free(Canvas *canvas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Canvas, canvas_free)

void canvas_fill(Canvas *canvas, int left, int top, int width, int height, Color color);

/* From one point to another, with round ends and smooth edges; a point is the middle of a pixel
 * where it is n + 0.5. */
void canvas_stroke(Canvas *canvas, double x0, double y0, double x1, double y1, double thickness,
                   Color color);

#endif
