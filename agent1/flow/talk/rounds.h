/*
 * Rounds: what a language model asked to look up is looked up as the person, and goes back to it as
 * data before it answers. Not said to the person, who hears what was asked for and what the model
 * makes of it. A look-up of the store takes a moment, so the talk is open meanwhile.
 */
#ifndef AGENT1_FLOW_TALK_ROUNDS_H
#define AGENT1_FLOW_TALK_ROUNDS_H

#include "agent1/flow/state/talks.h"

/* The talk waits for look-ups from here on; takes it over. looks: Look *
 * (agent1/flow/talk/meaning.h). */
void rounds_begin(Core *core, Talk *talk, const GPtrArray *looks);

/* Does them, behind the turn that told of them. */
void rounds_look(Core *core, Talk *talk, const GPtrArray *looks);

/* What was found becomes the next words that the model is shown, at most max_bytes of it; is_last:
 * it may look nothing up any more. */
void rounds_end(Core *core, Talk *talk, size_t max_bytes, bool is_last);

/* How many times the model looked something up. */
unsigned rounds_count(const Talk *talk);

#endif
