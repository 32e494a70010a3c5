/*
 * The options of a task: words that stand before the task, or before its bar, and begin with a
 * dash, short or long (a phone makes one long dash of two short ones). Pure.
 */
#ifndef AGENT1_MODEL_TASK_OPTIONS_H
#define AGENT1_MODEL_TASK_OPTIONS_H

#include <glib.h>
#include <stdbool.h>

typedef struct TaskOptions {
    bool is_now;    /* --now: refuse rather than wait for an offline agent */
    unsigned limit; /* --limit N: the first N by name; 0: all */
    unsigned batch; /* --batch N: so many at a time; 0: all at once */
    bool may_wait;  /* --defer: a gate that opens later makes a run that waits, no refusal */
} TaskOptions;

/* Takes options off the beginning of a text. NULL when what follows is none; otherwise what is
 * wrong with one of them, for people: the shell would get it and fail in a way that tells nothing.
 * agent stands in that message. The caller owns it. */
char *task_options_take(TaskOptions *options, const char **text, const char *agent);

/* True when the text begins with an option, or with what looks like one. */
bool task_options_begin(const char *text);

#endif
