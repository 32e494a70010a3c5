/*
 * Talk: what a person writes that is no order. It goes to the first language model of the chain
 * that may be asked; one that fails, refuses or hangs is passed over, and the phrasebook stands
 * behind the last. What an answer means is agent1/flow/talk/meaning.h.
 *
 * Nobody waits for a model but who talks to it: commands and triggers are done meanwhile.
 */
#ifndef AGENT1_FLOW_TALK_TALK_H
#define AGENT1_FLOW_TALK_TALK_H

#include "agent1/flow/voice/turn.h"

/* Answers now, or leaves the turn open until a model has answered. What is thought of in the same
 * conversation is given up: the person went on. */
void talk_take(Core *core, Turn *turn, const char *text);

/* EVENT_MODEL. */
void talk_news(Core *core, const ModelNews *news);

/* At the end of a step: what was looked up for models goes back to them. */
void talk_go_on(Core *core);

/* The chain was configured, perhaps anew: what is thought of by the old one is asked again. */
void talk_configured(Core *core);

#endif
