/*
 * The answer that is waited for, as it is printed: line by line while it comes (partial.h), and
 * what is left of it when it is whole.
 */
#ifndef AGENT1_CLI_COMING_ANSWER_H
#define AGENT1_CLI_COMING_ANSWER_H

#include "agent1/cli/partial.h"
#include "agent1/cli/printer.h"

typedef struct ComingAnswer {
    const Printer *printer;
    const char *question; /* as it was asked */
    Partial partial;
    bool is_parted; /* something else was printed in its midst, and nobody was told so yet */
} ComingAnswer;

/* printer is borrowed. */
void coming_answer_init(ComingAnswer *answer, const Printer *printer);
void coming_answer_clear(ComingAnswer *answer);

/* The answer to this question, which is borrowed. */
void coming_answer_begin(ComingAnswer *answer, const char *question);

/* It was printed whole; another one may follow. */
void coming_answer_next(ComingAnswer *answer);

/* Takes a part; where answers are not shown before they are whole, nothing: false. */
bool coming_answer_take(ComingAnswer *answer, const MessageReply *part);

/* Prints the lines of it that are whole now. False when standard output cannot be written, as
 * below. */
bool coming_answer_print(ComingAnswer *answer);

/* The line that has only begun. Borrowed until the next part. */
const char *coming_answer_line(const ComingAnswer *answer);

/* Lines of it were printed. */
bool coming_answer_has_begun(const ComingAnswer *answer);

/* Something else was printed meanwhile. */
void coming_answer_part(ComingAnswer *answer);

/* Prints what is left of the whole of which lines were printed. */
bool coming_answer_rest(ComingAnswer *answer, const char *whole);

/* Prints what a model said before it had something done or looked up, and how a sentence was
 * understood: all of a reply that names no run, and the rest of one that was being printed. */
bool coming_answer_words(const ComingAnswer *answer, const MessageReply *reply);

#endif
