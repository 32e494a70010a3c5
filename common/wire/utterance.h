/*
 * What a person typed, as a list of things to do: commands, triggers, "@agent task", in their
 * order. What stands in a quotation (a line that begins with '>') or between code fences is never
 * done. Knows no state and judges no rights. Pure.
 */
#ifndef COMMON_WIRE_UTTERANCE_H
#define COMMON_WIRE_UTTERANCE_H

#include "common/wire/command.h"

#include <glib.h>

typedef enum {
    LINE_COMMAND,         /* rest: the arguments */
    LINE_UNKNOWN_COMMAND, /* word: as typed */
    LINE_TRIGGER,         /* rest: what follows the colon */
    LINE_UNKNOWN_TRIGGER,
    LINE_DIRECT, /* word: the agent; rest: the task */
    LINE_QUOTED, /* word: a trigger or command that stood in a quotation and is not done */
    LINE_TALK,   /* rest: the line */
} LineKind;

typedef struct Line {
    LineKind kind;
    Command command;
    Trigger trigger;
    unsigned number; /* of the line in the text, counted from 1 */
    char *word;
    char *rest; /* trimmed */
} Line;

/* The lines in their order; empty ones are left out. The array frees its lines. */
GPtrArray *utterance_parse(const char *text);

/* The first line that is no order, beside others that are; NULL when all are of one kind. An order
 * that is quoted is none beside talk: people quote what they ask about. */
const Line *utterance_find_stray(const GPtrArray *lines);

/* Splits "a | b" on the first bar: *out_left and *out_right, trimmed, the caller's. False when
 * there is no bar: *out_left is the whole then, *out_right NULL. */
bool utterance_split(const char *rest, char **out_left, char **out_right);

#endif
