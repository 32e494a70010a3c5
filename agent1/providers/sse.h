/*
 * Server-sent events out of bytes (WHATWG HTML, 9.2.6): lines that end in LF, CR LF or CR, a BOM
 * before the first, comments, several data lines joined. `id` and `retry` mean nothing here, as
 * nobody connects again in the middle of an answer.
 *
 * It departs from the text in one thing: an event whose empty line is missing at the end counts,
 * since some servers leave it out behind their last word.
 */
#ifndef AGENT1_PROVIDERS_SSE_H
#define AGENT1_PROVIDERS_SSE_H

#include "agent1/providers/line_splitter.h"

typedef struct SseReader {
    LineSplitter lines;
    bool is_begun;
    bool is_told;
    bool has_data;
    GString *name; /* of the event, "" for none; both until the next take */
    GString *data;
} SseReader;

typedef enum {
    SSE_EVENT,  /* name and data stand in the reader */
    SSE_WANTED, /* all bytes are taken */
    SSE_TOO_LONG,
} SseState;

/* max_bytes: of a line, and of the data of one event. */
void sse_init(SseReader *reader, size_t max_bytes);
void sse_clear(SseReader *reader);

/* Takes bytes from the front, up to the end of an event. */
SseState sse_take(SseReader *reader, const char **bytes, size_t *left);

/* No more bytes come: true when a last event stands in the reader. */
bool sse_take_rest(SseReader *reader);

#endif
