/*
 * Lists for people: what is typed on the left, what it does on the right, aligned and broken so
 * that they fit a terminal of 80 columns. Pure.
 */
#ifndef AGENT1_CLI_COLUMNS_H
#define AGENT1_CLI_COLUMNS_H

#include <glib.h>

/* Appends a row; a left side that is too wide has a line of its own. */
void columns_append(GString *out, const char *left, const char *right);

#endif
