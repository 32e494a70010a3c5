/*
 * Questions that are open in a conversation: !yes does the text then, !no drops it. Durable; only
 * the user who was asked may answer; each ends after a day.
 */
#ifndef AGENT1_FLOW_COMMANDS_QUESTIONS_H
#define AGENT1_FLOW_COMMANDS_QUESTIONS_H

#include "agent1/flow/state/core_state.h"

typedef enum {
    QUESTION_LINE,  /* the text is a message of the speaker, done as if it was written now */
    QUESTION_DEFER, /* the text is what stands behind DELEGATE: it runs when its gate opens */
    QUESTION_KIND_COUNT,
} QuestionKind;

typedef struct Question {
    QuestionKind kind;
    const char *text;  /* what a yes does */
    const char *shown; /* how it is named where several are open */
} Question;

/* Opens a question to the speaker, in place of one of the same words. False when too many are open
 * everywhere: then nothing is asked. */
bool questions_ask(Core *core, const Speaker *speaker, const Question *question);

/* The questions that this speaker may answer here, oldest first: rows of TABLE_QUESTIONS, borrowed;
 * the caller unrefs the array. */
GPtrArray *questions_open(const Core *core, const Speaker *speaker);

/* An older row has no word: it is a line. */
QuestionKind questions_kind(const Row *row);

/* Drops those that this speaker could answer here; returns how many. */
unsigned questions_forget(Core *core, const Speaker *speaker);

void questions_forget_old(Core *core);
int64_t questions_next_deadline(const Core *core);

#endif
