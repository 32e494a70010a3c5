/*
 * What a line means that a person typed into a conversation: words of agentctl's own ("/agent
 * web1"), or a text for agent1. Pure.
 */
#ifndef AGENT1_CLI_TYPED_LINE_H
#define AGENT1_CLI_TYPED_LINE_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    TYPED_NOTHING, /* an empty line */
    TYPED_TEXT,    /* text: what agent1 is sent */
    TYPED_HELP,
    TYPED_LAST,  /* the last run again */
    TYPED_AGENT, /* text: the agent, NULL for agent1 itself */
    TYPED_QUIT,
    TYPED_WRONG, /* text: what is wrong with it, for the person */
} TypedKind;

/* Reads a line. agent: whom a plain line is for, NULL for agent1 itself. out_text gets a text, or
 * NULL, that the caller owns. */
TypedKind typed_line_read(const char *line, const char *agent, char **out_text);

/* True for a line that need not wait for the answer to the one before: a command for agent1, help,
 * or the last run again; but no answer to a question, which may be another one by then. is_behind:
 * lines that were typed before it wait, too; then only what looks or stops something. */
bool typed_line_passes(const char *line, bool is_behind);

/* The names of agentctl's own words ("/help", …), from index 0 on; NULL after the last. A word that
 * stands for a command or trigger is among them where the table (command.h) has that one. */
const char *typed_line_word(unsigned index);

/* How the table writes the argument of one of these words: "[agent]"; NULL for other words. */
const char *typed_line_argument(const char *word);

/* What the table says that one of these words does; NULL for other words. */
const char *typed_line_words(const char *word);

/* The text of /help for a terminal of so many columns. The caller owns it. */
char *typed_line_help(unsigned total);

/* Refuses what agent1 would refuse for its size, before it is sent: PROBLEM_LIMIT with the
 * numbers. */
bool typed_text_check(const char *text, GError **error);

#endif
