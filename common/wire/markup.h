/*
 * Elements of HTML and its like in a text, line by line: what stands between <think> and </think>,
 * <pre>, <blockquote>, or in a comment. Tags between backticks are text; so is a `<` that begins
 * none. An element that nobody closes goes on to the end. Pure.
 */
#ifndef COMMON_WIRE_MARKUP_H
#define COMMON_WIRE_MARKUP_H

#include <stdbool.h>

#define MARKUP_NAME_MAX 32

/* Begins as { 0 }. */
typedef struct Markup {
    char name[MARKUP_NAME_MAX + 1]; /* of the outermost element that is open; "!--": a comment */
    unsigned depth;                 /* of elements of that name; 0: none is open */
    bool has_stray_end;             /* one was closed that was never opened: all before was in it */
} Markup;

/* Reads the next line. True when it stands in an element, or opens or closes one. */
bool markup_step(Markup *markup, const char *line);

#endif
