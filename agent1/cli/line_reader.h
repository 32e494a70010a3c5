/*
 * Lines of standard input that is no terminal: a pipe, a file. The main loop goes on while it
 * waits.
 */
#ifndef AGENT1_CLI_LINE_READER_H
#define AGENT1_CLI_LINE_READER_H

#include <glib.h>
#include <stdbool.h>

typedef struct LineReader LineReader;

/* fd is borrowed. A line longer than max_bytes is an error of its own; the ones after it are read.
 */
LineReader *line_reader_new(int fd, size_t max_bytes);
void line_reader_free(LineReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineReader, line_reader_free)

/* The next line without its newline, which the caller owns; NULL without an error at the end, and
 * when *is_woken became true in the meantime; NULL with PROBLEM_LIMIT for a line that is too long
 * (the next call gives the line after it), or PROBLEM_IO, which ends the input. */
char *line_reader_next(LineReader *reader, const bool *is_woken, GError **error);

#endif
