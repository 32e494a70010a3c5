/*
 * A talk with a language model that is given up before its answer came.
 */
#ifndef AGENT1_FLOW_VOICE_GIVE_UP_H
#define AGENT1_FLOW_VOICE_GIVE_UP_H

#include "agent1/flow/state/talks.h"

/* Gives up what is thought of in a conversation, if anything is; why is told to whoever waits, in
 * that person's language, and in the place of what was shown of the answer. */
void give_up_conversation(Core *core, const char *conversation, const char *why);

/* The same where the person wrote again: names what was written before. */
void give_up_overtaken(Core *core, const char *conversation);

/* Tells why a talk that is under way no more got no answer. */
void give_up_tell(Core *core, const Talk *talk, const char *why);

#endif
