#include "agent1/edge/chart_canvas.h"

#include <math.h>
#include <string.h>

#include "common/base/banned.h"

#define BYTES_OF_PIXEL 3
#define SHADES         8.0 /* of an edge: few, so that a picture has few colors */

static uint8_t *pixel_at(const Canvas *canvas, int x, int y)
{
    return canvas->pixels + ((size_t)y * (size_t)canvas->width + (size_t)x) * BYTES_OF_PIXEL;
}

Canvas *canvas_new(int width, int height, Color color)
{
    Canvas *canvas = g_new0(Canvas, 1);

    canvas->width = width;
    canvas->height = height;
    canvas->pixels = g_malloc((size_t)width * (size_t)height * BYTES_OF_PIXEL);
    canvas_fill(canvas, 0, 0, width, height, color);
    return canvas;
}

void canvas_free(Canvas *canvas)
{
    if (!canvas)
        return;

    g_free(canvas->pixels);
    g_free(canvas);
}

void canvas_fill(Canvas *canvas, int left, int top, int width, int height, Color color)
{
    for (int y = MAX(top, 0); y < MIN(top + height, canvas->height); y++) {
        for (int x = MAX(left, 0); x < MIN(left + width, canvas->width); x++)
            memcpy(pixel_at(canvas, x, y), &color, BYTES_OF_PIXEL);
    }
}

/* How far a point is from the line between two others. */
static double distance(double x, double y, double x0, double y0, double x1, double y1)
{
    double length = (x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0);
    double along = length > 0 ? ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length : 0;
    double part = CLAMP(along, 0.0, 1.0);

    return hypot(x - (x0 + part * (x1 - x0)), y - (y0 + part * (y1 - y0)));
}

static uint8_t mix(uint8_t below, uint8_t above, double share)
{
    return (uint8_t)(below + (above - below) * share + 0.5);
}

static void blend(Canvas *canvas, int x, int y, Color color, double share)
{
    uint8_t *pixel = pixel_at(canvas, x, y);

    pixel[0] = mix(pixel[0], color.red, share);
    pixel[1] = mix(pixel[1], color.green, share);
    pixel[2] = mix(pixel[2], color.blue, share);
}

/* The pixels that a stroke may touch along one axis. */
typedef struct Span {
    int from;
    int until;
} Span;

static Span span_of(double a, double b, double reach, int end)
{
    double from = floor(fmin(a, b) - reach);
    double until = ceil(fmax(a, b) + reach);

    return (Span){ .from = (int)fmax(from, 0), .until = (int)fmin(until, end) };
}

void canvas_stroke(Canvas *canvas, double x0, double y0, double x1, double y1, double thickness,
                   Color color)
{
    Span across = span_of(x0, x1, thickness / 2 + 1, canvas->width);
    Span down = span_of(y0, y1, thickness / 2 + 1, canvas->height);

    for (int y = down.from; y < down.until; y++) {
        for (int x = across.from; x < across.until; x++) {
            double inside = thickness / 2 + 0.5 - distance(x + 0.5, y + 0.5, x0, y0, x1, y1);

            if (inside > 0)
                blend(canvas, x, y, color, round(fmin(inside, 1.0) * SHADES) / SHADES);
        }
    }
}

G_STATIC_ASSERT(sizeof(Color) == BYTES_OF_PIXEL);
