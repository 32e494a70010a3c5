/*
 * The lines typed in earlier conversations, one a line in a file that only its owner reads. Lines
 * are appended one by one, so that conversations side by side keep one another's.
 */
#ifndef AGENT1_CLI_LINE_HISTORY_H
#define AGENT1_CLI_LINE_HISTORY_H

#include <glib.h>
#include <stdbool.h>

/* Where the lines are kept: below the user's state folder. The caller owns it. */
char *line_history_default_path(void);

/* The newest lines, oldest first, each a char * that the array frees; empty when there is no file.
 * Shortens a file that has grown long. NULL on failure. */
GPtrArray *line_history_load(const char *path, GError **error);

/* Adds a line, and makes the file and its folder where they are missing. A line of more than
 * LINE_HISTORY_LINE_MAX_BYTES is left out. */
bool line_history_append(const char *path, const char *line, GError **error);

#define LINE_HISTORY_LINES_MAX      1000
#define LINE_HISTORY_LINE_MAX_BYTES 4096

#endif
