/*
 * What a language model is shown above a conversation: who asks, what may be typed, the agents and
 * what they can, the time. Words of our own, and names: those of agents, and of the skills and
 * parameters that accepted agents told of, which are of a small alphabet. Nothing else that an
 * agent, a page or a stranger wrote, and no secret.
 */
#ifndef AGENT1_FLOW_TALK_PROMPT_H
#define AGENT1_FLOW_TALK_PROMPT_H

#include "agent1/flow/state/core_state.h"

/* The caller owns it. */
char *prompt_make(const Core *core, const Speaker *speaker);

#endif
