/*
 * The phrasebook's answer, which stands behind every language model and is always there: a sentence
 * that it understands whole is done as the person who wrote it, after it was shown as typed; one
 * that it half understands is asked about.
 */
#ifndef AGENT1_FLOW_TALK_PHRASES_H
#define AGENT1_FLOW_TALK_PHRASES_H

#include "agent1/flow/voice/turn.h"

/* False, and nothing is said, when the text means nothing to it or is more than one line. */
bool phrases_act(Core *core, Turn *turn, const char *text);

/* While an answer is written to the person in this conversation, or waits, plain words for stopping
 * stop it. Shortly after that, and while something else of theirs goes on, they are answered with
 * what goes on and how to end it. True when they did one of these: no model is asked then. */
bool phrases_stop(Core *core, Turn *turn, const char *text);

/* Something else was said: the next "stop" is not the second one. */
void phrases_say_other(Core *core, const Speaker *speaker);

/* Whether the text is understood as a yes or a no, as "yes please" is. */
bool phrases_answer(const Core *core, const char *text);

#endif
