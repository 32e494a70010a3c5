/*
 * What of an output is shown: head and tail as harmless text within the wire's limits, and the last
 * lines for progress. Limits count the text as JSON escapes it, since that is what travels. Pure.
 */
#ifndef AGENT2_FLOW_WORKER_EXCERPT_H
#define AGENT2_FLOW_WORKER_EXCERPT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WorkerExcerpt {
    char *text;
    bool is_truncated; /* something of the output is not in the text */
} WorkerExcerpt;

/*
 * head: the first bytes of the output; tail: the last ones kept, which begin at tail_offset; either
 * may be NULL. total: all that was written. The output stands whole in the text when the two join
 * and fit in OUTPUT_HEAD_BYTES + OUTPUT_TAIL_BYTES; otherwise the first OUTPUT_HEAD_BYTES and the
 * last OUTPUT_TAIL_BYTES with a line between that says how much is left out.
 */
void worker_excerpt_init(WorkerExcerpt *excerpt, GBytes *head, GBytes *tail, int64_t tail_offset,
                         int64_t total);
void worker_excerpt_clear(WorkerExcerpt *excerpt);

/* The last lines of a tail, harmless. The caller owns the text. */
char *worker_excerpt_last_lines(GBytes *tail);

#endif
