/*
 * What a person is told where no language model answers: which were asked and what came of it, or
 * for how long all of them are left alone.
 */
#ifndef AGENT1_FLOW_TALK_UNANSWERED_H
#define AGENT1_FLOW_TALK_UNANSWERED_H

#include "agent1/flow/state/talks.h"
#include "agent1/flow/voice/turn.h"

/* Notes that the model which the talk is with did not answer, in the person's language. */
void unanswered_note(Core *core, Talk *talk, ModelOutcome outcome);

/* "No language model answered (ollama small: no answer in time)." */
void unanswered_say(Turn *turn, const Talk *talk);

/* That none can be asked now, and when the first can be. */
void unanswered_say_resting(Core *core, Turn *turn);

#endif
