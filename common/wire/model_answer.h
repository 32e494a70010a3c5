/*
 * What a language model answered, as triggers and words. A trigger counts only where nobody could
 * take it for something else: at the beginning of its line (three blanks at most), in capitals, in
 * plain letters, outside fences, quotations, indented code, elements of HTML (<think> among them)
 * and comments, and without a sign that nobody sees. Whatever else looks like a trigger is not run
 * but told, with the reason; commands (!…) and @agent are for people alone. Judges no rights and
 * knows no arguments. Pure.
 */
#ifndef COMMON_WIRE_MODEL_ANSWER_H
#define COMMON_WIRE_MODEL_ANSWER_H

#include "common/wire/command.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
    ANSWER_COUNTS,
    ANSWER_QUOTED,     /* behind a `>`, or in the paragraph that one began */
    ANSWER_FENCED,     /* between code fences */
    ANSWER_INDENTED,   /* by four blanks or a tab, as code is */
    ANSWER_MARKUP,     /* in an element of HTML or a comment */
    ANSWER_HIDDEN,     /* the line has signs that nobody sees, or broken bytes */
    ANSWER_LOOKALIKE,  /* other letters that look like a trigger's */
    ANSWER_DECORATED,  /* signs before it: "**DELEGATE:**", "- DELEGATE:" */
    ANSWER_INSIDE,     /* words before it */
    ANSWER_SMALL,      /* not in capitals */
    ANSWER_UNKNOWN,    /* no trigger of that name */
    ANSWER_PERSONS,    /* a command or a direct task */
    ANSWER_UNFINISHED, /* a task that goes on in the next line */
    ANSWER_TOO_LONG,
    ANSWER_TOO_MANY,
    ANSWER_REASON_COUNT,
} AnswerReason;

/* A line with a trigger, or with what looks like one. */
typedef struct AnswerLine {
    unsigned number; /* counted from 1 */
    AnswerReason reason;
    Trigger trigger; /* COUNTS */
    char *word;      /* the trigger or command as its table has it; UNKNOWN, PERSONS: as written */
    char *rest;      /* COUNTS: what follows the colon, trimmed; otherwise NULL */
} AnswerLine;

/* How many lines that do not count are kept; all are counted. */
#define ANSWER_NOTES_MAX 50

typedef struct ModelAnswer {
    GPtrArray *lines;  /* AnswerLine *, in their order */
    unsigned left_out; /* lines beyond ANSWER_NOTES_MAX */
    char *words;       /* all but the lines that count, harmless, trimmed */
} ModelAnswer;

/* Any bytes. Never NULL. */
ModelAnswer *model_answer_parse(const char *bytes, size_t length);

/* The same line by line, while the rest is still to come. */
typedef struct AnswerReader AnswerReader;

AnswerReader *answer_reader_new(void);
void answer_reader_free(AnswerReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnswerReader, answer_reader_free)

/* Reads the next whole line, given without its end of line. Appends to words what
 * model_answer_parse() makes of it there: the line and an end of line, or nothing when it counts.
 */
void answer_reader_line(AnswerReader *reader, const char *bytes, size_t length, GString *words);

/* True while an element of HTML or a comment is open: whether what stands in it is for a reader is
 * not known yet. */
bool answer_reader_is_inside(const AnswerReader *reader);

/* Of the next line, which has only begun: what stands in words whatever follows, up to its last
 * blank. NULL: nothing yet. The caller owns it. */
char *answer_reader_beginning(const AnswerReader *reader, const char *bytes, size_t length);

void model_answer_free(ModelAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelAnswer, model_answer_free)

/* "fenced", for programs; NULL for COUNTS. */
const char *answer_reason_name(AnswerReason reason);

/* "it stood between code fences"; NULL for COUNTS. The text has a translation. */
const char *answer_reason_text(AnswerReason reason);

#endif
