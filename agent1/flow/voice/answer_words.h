/*
 * What an answer of a language model says to the person, beside the triggers that are done: its
 * words, marked (marks.h), what in it looks like a trigger and is not run, and that nothing was
 * done where its words claim a deed.
 */
#ifndef AGENT1_FLOW_VOICE_ANSWER_WORDS_H
#define AGENT1_FLOW_VOICE_ANSWER_WORDS_H

#include "agent1/flow/voice/turn.h"
#include "common/wire/model_answer.h"

/* The words, if there are any. */
void answer_words_say(Turn *turn, const ModelAnswer *answer);

/* "DELEGATE: not run: its answer was cut". */
void answer_words_not_run(Turn *turn, const AnswerLine *line, const char *why);

/* What stands behind all that. has_acted: a trigger of the answer, or of one before it, made a run
 * or changed something. */
void answer_words_end(Turn *turn, const ModelAnswer *answer, bool has_acted);

/* All of it for half an answer, of which no trigger is done: half of a task is another task, and
 * the end of its thoughts may be missing. why: as above. Returns its words, which the caller owns.
 */
char *answer_words_half(Turn *turn, const char *answer, bool has_acted, const char *why);

#endif
