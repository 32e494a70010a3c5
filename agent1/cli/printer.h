/*
 * What people and scripts read: answers on standard output, everything else on standard error. In
 * colors where it is a terminal, or as JSON, one object a line: first those of the lists that an
 * answer holds, then the answer itself without them.
 */
#ifndef AGENT1_CLI_PRINTER_H
#define AGENT1_CLI_PRINTER_H

#include "agent1/cli/exchange.h"
#include "agent1/cli/options.h"
#include "common/wire/message.h"

#include <glib.h>
#include <stdbool.h>

typedef struct Printer {
    bool is_json;
    bool is_quiet;   /* final answers only */
    bool has_color;  /* on standard output */
    bool has_screen; /* standard output is a terminal */
} Printer;

/* As the options and the surroundings (NO_COLOR, TERM) wish. */
void printer_init(Printer *printer, const CliOptions *options);

/* Whether it is a terminal on which a line can be written anew. */
bool printer_can_draw(int fd);

/* Prints an object as far as this printer shows its kind at all. False when standard output cannot
 * be written. */
bool printer_object(const Printer *printer, Heard heard, const Message *message);

/* Prints whole lines of an answer of which more follows, as they would stand in it. *fence is what
 * the lines before left open, 0 at its beginning. False when standard output cannot be written. */
bool printer_lines(const Printer *printer, const char *lines, size_t *fence);

/* A text of our own that was asked for ("/help"): among JSON it goes to standard error. */
void printer_text(const Printer *printer, const char *text);

/* What nobody asked for: not an answer, so on standard error. */
void printer_news(const Printer *printer, const char *text);

/* For information: nothing when it is quiet. */
void printer_note(const Printer *printer, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What went wrong, in any case. */
void printer_problem(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* An answer as a terminal gets it: harmless; with has_color the state of each line "#12 web1: …" in
 * the color of its outcome, and fences dim; with columns (0: none are known) long lines broken at
 * words, but not in a fence. Ends in one newline. Pure. The caller owns it. */
char *printer_dress(const char *text, bool has_color, unsigned columns);

/* The same of lines behind others; *fence as for printer_lines(). */
char *printer_dress_more(const char *text, bool has_color, unsigned columns, size_t *fence);

#endif
