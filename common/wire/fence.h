/*
 * Code fences in a text, line by line: a row of three or more backticks or tildes opens one, a row
 * at least as long of the same sign with nothing behind it closes it, and one that nobody closes
 * goes on to the end. Where clients and Markdown disagree, more counts as fenced: a fence may be
 * indented or stand behind signs of a list, and one that has backticks behind it never ends. Lines
 * behind a `>` are the caller's: they neither open nor close a fence of the text around. Pure.
 */
#ifndef COMMON_WIRE_FENCE_H
#define COMMON_WIRE_FENCE_H

#include <stddef.h>

/* Begins as { 0 }. */
typedef struct Fence {
    char sign; /* '\0': none is open */
    size_t length;
    size_t indent;
} Fence;

typedef enum {
    FENCE_OUTSIDE,
    FENCE_EDGE, /* the line opens or closes one */
    FENCE_INSIDE,
} FencePlace;

/* Where the next line of the text stands; without its end of line. */
FencePlace fence_step(Fence *fence, const char *line);

#endif
