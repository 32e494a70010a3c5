/*
 * Lists for people: what is typed on the left, what it does on the right, aligned and broken so
 * that they fit a terminal of so many columns; on a narrow one the right side stands below the
 * left. Pure.
 */
#ifndef AGENT1_CLI_COLUMNS_H
#define AGENT1_CLI_COLUMNS_H

#include <glib.h>

/* Appends a row; a left side that is too wide has a line of its own. */
void columns_append(GString *out, unsigned total, const char *left, const char *right);

/* Appends a text that stands in no column. */
void columns_append_text(GString *out, unsigned total, const char *text);

/* The lines (char *) of one line of an answer: whole words, each behind the blanks that the line
 * begins with. A line that fits stays as it is, and so does one of a table or one that is to be
 * typed as it stands. The caller unrefs the array. */
GPtrArray *columns_wrap(unsigned total, const char *line);

#endif
