/*
 * Lines out of bytes that come in reads of any size, each within a bound.
 */
#ifndef AGENT1_PROVIDERS_LINE_SPLITTER_H
#define AGENT1_PROVIDERS_LINE_SPLITTER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
    LINE_ENDS_IN_LF,  /* as in NDJSON */
    LINE_ENDS_IN_ANY, /* LF, CR LF or CR, as in server-sent events */
} LineEnd;

typedef enum {
    LINE_WHOLE,
    LINE_WANTED, /* all bytes are taken, and the line has no end yet */
    LINE_TOO_LONG,
} LineState;

typedef struct LineSplitter {
    LineEnd ends_in;
    size_t max_bytes;
    GString *line; /* of LINE_WHOLE, without its end, until the next take; may hold NUL bytes */
    bool is_told;  /* line was handed on */
    bool is_after_cr;
} LineSplitter;

void line_splitter_init(LineSplitter *splitter, LineEnd ends_in, size_t max_bytes);
void line_splitter_clear(LineSplitter *splitter);

/* Takes bytes from the front, up to the end of a line. After LINE_TOO_LONG nothing is taken any
 * more. */
LineState line_splitter_take(LineSplitter *splitter, const char **bytes, size_t *left);

/* No more bytes come: true when a last line without an end stands in `line`. */
bool line_splitter_take_rest(LineSplitter *splitter);

#endif
