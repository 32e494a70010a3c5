/*
 * What an answer of a language model, or of the phrasebook, means: the words are said, the triggers
 * are done as the person who asked, by the same handlers and the same gate as typed ones.
 */
#ifndef AGENT1_FLOW_TALK_MEANING_H
#define AGENT1_FLOW_TALK_MEANING_H

#include "agent1/flow/voice/turn.h"

/* Says and does it in this turn. What an answer's triggers bring is told to the person and not to
 * the model, so nothing from outside ever stands before it. Of one that was cut no trigger is done:
 * half of a task is another task, and the end of its thoughts may be missing. */
void meaning_act(Core *core, Turn *turn, const char *answer, bool is_cut);

#endif
