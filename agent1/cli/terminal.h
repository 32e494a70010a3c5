/*
 * Typing on a terminal: a prompt with line editing, history and completion (libedit), while the
 * main loop goes on. What comes in the meantime is written above the line that is being typed.
 *
 * Everything is drawn on standard error, so that standard output carries answers alone.
 */
#ifndef AGENT1_CLI_TERMINAL_H
#define AGENT1_CLI_TERMINAL_H

#include "agent1/cli/completion.h"

#include <glib.h>
#include <stdbool.h>

typedef struct Terminal Terminal;

typedef enum {
    TERMINAL_LINE,
    TERMINAL_WOKEN,  /* terminal_wake() was called: what was typed is gone */
    TERMINAL_CLOSED, /* Ctrl-D, or the terminal went away */
} TerminalEnd;

/* Standard input and standard error are a terminal; LC_CTYPE is one of UTF-8. past: the lines of
 * earlier conversations, oldest first. completion is borrowed. NULL when there is no editing on
 * this terminal. */
Terminal *terminal_new(const Completion *completion, const GPtrArray *past);

/* Gives the terminal back as it was. */
void terminal_free(Terminal *terminal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Terminal, terminal_free)

/* Turns the main loop until a line was typed; out_line gets it (LINE only), without the newline,
 * and the caller owns it. */
TerminalEnd terminal_read_line(Terminal *terminal, const char *prompt, char **out_line);

/* Called before words are completed, with the line up to the cursor: the moment to find out what
 * there is. It may turn the main loop. */
typedef void (*TerminalBefore)(const char *before, void *data);
void terminal_before_completion(Terminal *terminal, TerminalBefore before, void *data);

/* Ends terminal_read_line() from a handler of the main loop. */
void terminal_wake(Terminal *terminal);

/* Around everything that is written while a line may be being typed. */
void terminal_hide(Terminal *terminal);
void terminal_show(Terminal *terminal);

/* Between lines: keys are kept for the next line instead of being echoed (Ctrl-C works). typed is
 * called for each change of what is kept, and with is_leaving for a Ctrl-D where nothing was typed;
 * takes for each line that was typed whole, and whether others wait before it: true, it is done
 * already and not kept. Ends by itself when the next line is read. */
typedef struct TerminalHold {
    void (*typed)(bool is_leaving, void *data);
    bool (*takes)(const char *line, bool is_behind, void *data);
} TerminalHold;
void terminal_hold(Terminal *terminal, const TerminalHold *hold, void *data);

/* What was typed since then, as a person reads it. The caller owns it; "" for nothing. */
char *terminal_typed(const Terminal *terminal);

/* Takes back the lines that were typed completely meanwhile, so that they are not done; NULL when
 * there are none. The caller owns it. */
char *terminal_drop_typed(Terminal *terminal);

/* Adds a line to what the arrow keys bring back. */
void terminal_remember(Terminal *terminal, const char *line);

#endif
