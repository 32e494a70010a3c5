/*
 * An answer of which agent1 sends parts before it is whole: whole lines are printed as they come,
 * the one that has only begun is for the progress line. Each part says where it stands, so that a
 * part may say again what the one before began, and 0 begins anew. Pure.
 */
#ifndef AGENT1_CLI_PARTIAL_H
#define AGENT1_CLI_PARTIAL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Partial {
    GString *text;    /* as far as it came */
    size_t printed;   /* so much of it was printed: whole lines */
    size_t fence;     /* what they left open (printer_lines()) */
    bool is_replaced; /* what was printed does not count any more, and nobody was told so yet */
} Partial;

void partial_init(Partial *partial);
void partial_clear(Partial *partial);

/* Begins anew: another answer. */
void partial_reset(Partial *partial);

/* Takes a part. Behind a gap (something was lost) nothing is taken: the whole answer mends it. */
void partial_take(Partial *partial, int64_t offset, const char *text);

/* The whole lines that are to be printed now, which count as printed from here on; NULL: none. The
 * caller owns them. */
char *partial_take_lines(Partial *partial);

/* The line that has only begun, "" where there is none. Borrowed until the next call. */
const char *partial_line(const Partial *partial);

/* What of the whole answer was not printed yet: all of it, when that begins otherwise. Borrowed
 * from it. */
const char *partial_rest(const Partial *partial, const char *whole);

#endif
