/*
 * Notes that a language model is shown unasked: what memory finds for what a person says. The store
 * is asked before the model is, for a moment only: when it is slow or busy, the question goes
 * without them. Never one that taints, and none that the person may not see there.
 */
#ifndef AGENT1_FLOW_TALK_RECOLLECTION_H
#define AGENT1_FLOW_TALK_RECOLLECTION_H

#include "agent1/flow/state/talks.h"

/* Looks for notes and takes the talk over: it is among those for which something was found, then or
 * a moment later. False: there is nothing to look for. */
bool recollection_begin(Core *core, Talk *talk);

/* No longer looked for. */
void recollection_end(Talk *talk);

/* The person's words, and before them the notes, as far as they cost no more than so many tokens.
 * The caller owns it. */
char *recollection_question(Core *core, const Talk *talk, int64_t tokens);

/* Those that have waited for long enough. */
void recollection_tick(Core *core);
int64_t recollection_next_deadline(const Core *core);

#endif
