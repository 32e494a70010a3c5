/*
 * Letters of strokes, so that a picture needs no fonts and is the same on every machine: the
 * letters of English and French, digits, and the signs of dates and names of zones. What is not
 * among them is drawn as an empty box. Pure.
 */
#ifndef AGENT1_EDGE_CHART_LETTERS_H
#define AGENT1_EDGE_CHART_LETTERS_H

#include "agent1/edge/chart_canvas.h"

typedef enum {
    LETTERS_LEFT,   /* x is where the text begins */
    LETTERS_MIDDLE, /* … is its middle */
    LETTERS_RIGHT,  /* … is where it ends */
} LettersPlace;

/* How wide a text is; height: of a capital, in pixels. */
double letters_width(const char *text, double height);

/* baseline: where the feet of letters stand. */
void letters_draw(Canvas *canvas, const char *text, double x, double baseline, double height,
                  LettersPlace place, Color color);

#endif
