/*
 * An answer of a language model that the person has had enough of: what came of it so far stays as
 * the answer, and no trigger in it is done. What it had started before goes on.
 */
#ifndef AGENT1_FLOW_VOICE_STOP_H
#define AGENT1_FLOW_VOICE_STOP_H

#include "agent1/flow/state/talks.h"

/* Ends what is written, looked up or waited for, and says so in the place of what was shown of it:
 * the talk is the caller's. */
void stop_talk(Core *core, Talk *talk);

#endif
