/*
 * Questions that are open in a conversation: !yes does the text then, !no drops it. Durable; only
 * the user who was asked may answer; each ends after a day.
 */
#ifndef AGENT1_FLOW_COMMANDS_QUESTIONS_H
#define AGENT1_FLOW_COMMANDS_QUESTIONS_H

#include "agent1/flow/state/proposals.h"
#include "agent1/flow/voice/turn.h"

typedef enum {
    QUESTION_LINE,  /* the text is a message of the speaker, done as if it was written now */
    QUESTION_DEFER, /* the text is what stands behind DELEGATE: it runs when its gate opens */
    QUESTION_KIND_COUNT,
} QuestionKind;

typedef struct Question {
    QuestionKind kind;
    const char *text;  /* what a yes does */
    const char *shown; /* how it is named where several are open */
    unsigned sources;  /* what the model had read that asks for it; 0: none asks */
} Question;

/* The number of the question when exactly this was asked of whoever hears this turn in this very
 * place, and is open: one answer is enough. Then this message asks it, too, and its day begins
 * anew. out_sources, NULL for who does not care: those of all its askings. 0: it is a new one. */
unsigned questions_renew(Core *core, Turn *turn, const Question *question, unsigned *out_sources);

/* The same, and it says the number. */
bool questions_stands(Core *core, Turn *turn, const Question *question);

/* Opens a question to whoever hears this turn. What is to be typed behind !yes and !no for exactly
 * this one: "" where nothing else is open, neither a question nor a task of theirs that waits for
 * their own yes, else " 2"; the caller's. NULL when too many are open everywhere: then nothing is
 * asked. */
char *questions_ask(Core *core, Turn *turn, const Question *question);

/* Says that nothing was asked, nor done. */
void questions_too_many(Turn *turn);

/* The questions that this speaker may answer here, oldest first: in a room those that were asked in
 * it, alone all of them. Rows of TABLE_QUESTIONS, borrowed; the caller unrefs the array. */
GPtrArray *questions_open(const Core *core, const Speaker *speaker);

/* Whether one of this number, or any when number is 0, is open to the speaker but not here. */
bool questions_wait_elsewhere(const Core *core, const Speaker *speaker, uint64_t number);

/* An older row has no word: it is a line. */
QuestionKind questions_kind(const Row *row);

/* It is over: the row is gone after this. */
void questions_close(Core *core, const Row *row, ProposalEnd end);

/* Of one of those that questions_open() gave. */
unsigned questions_number(const GPtrArray *open, unsigned place);

/* What is typed behind !yes and !no for the one of this number: "2", or "q2" where a task of the
 * speaker's that waits for their own yes has that number, too. The caller owns it. */
char *questions_typed(Core *core, const Speaker *speaker, unsigned number);

/* Drops those that this speaker could answer here; returns how many. */
unsigned questions_forget(Core *core, const Speaker *speaker);

void questions_forget_old(Core *core);
int64_t questions_next_deadline(const Core *core);

#endif
