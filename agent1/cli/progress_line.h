/*
 * The one line on a terminal that says what is being waited for: which run, for how long, and the
 * last line of its output. It is erased before anything else is written, and when the wait is over.
 */
#ifndef AGENT1_CLI_PROGRESS_LINE_H
#define AGENT1_CLI_PROGRESS_LINE_H

#include <glib.h>
#include <stdio.h>
#include <stdint.h>

typedef struct ProgressLine ProgressLine;

/* out: a terminal; borrowed. */
ProgressLine *progress_line_new(FILE *out);
void progress_line_free(ProgressLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProgressLine, progress_line_free)

/* Shows the line, in place of what it showed before. */
void progress_line_show(ProgressLine *line, const char *label, int64_t elapsed_ms,
                        const char *detail);
void progress_line_hide(ProgressLine *line);

/* "#12 web1  3 s  Reading package lists", in at most columns columns. detail may be any text: its
 * last line is taken and made harmless. NULL: none. Pure. The caller owns it. */
char *progress_line_format(const char *label, int64_t elapsed_ms, const char *detail,
                           unsigned columns);

#endif
