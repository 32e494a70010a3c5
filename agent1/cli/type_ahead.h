/*
 * What is typed while nobody reads a line: keys are kept for the next line, the usual keys correct
 * them, and what stands there can be shown. Pure.
 */
#ifndef AGENT1_CLI_TYPE_AHEAD_H
#define AGENT1_CLI_TYPE_AHEAD_H

#include <glib.h>
#include <stdbool.h>

/* More than this is not kept: a person types less, and who pastes more is told by the silence. */
#define TYPE_AHEAD_MAX_BYTES 65536

typedef struct TypeAhead TypeAhead;

TypeAhead *type_ahead_new(void);
void type_ahead_free(TypeAhead *ahead);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TypeAhead, type_ahead_free)

/* Takes a byte of the terminal in; rubs out for Backspace and Ctrl-U. False for a Ctrl-D where
 * nothing was typed, which is no key but a wish to leave. */
bool type_ahead_add(TypeAhead *ahead, char byte);

bool type_ahead_is_empty(const TypeAhead *ahead);

/* The oldest byte; false when there is none. */
bool type_ahead_take(TypeAhead *ahead, char *out);

/* What was typed as a person reads it: no keys that only move, a sign for each Enter. The caller
 * owns it; "" for nothing. */
char *type_ahead_text(const TypeAhead *ahead);

/* The line that the byte before ended, if a person can have meant it as it stands: no key in it
 * only moves. NULL: there is none. The caller owns it. */
char *type_ahead_last_line(const TypeAhead *ahead);

/* Whether whole lines wait before that one. */
bool type_ahead_is_behind(const TypeAhead *ahead);

/* Takes that line away: it was done. */
void type_ahead_drop_last_line(TypeAhead *ahead);

/* Takes away the lines that are complete, and leaves the one that is not. Returns them as a person
 * reads them, NULL when there are none. The caller owns it. */
char *type_ahead_drop_lines(TypeAhead *ahead);

#endif
