/*
 * A long conversation is summed up by the model that just answered in it: its older turns become
 * one text, so that what was said an hour ago is not lost and costs little. Nobody waits for it,
 * and when it fails the oldest turns are dropped as ever.
 */
#ifndef AGENT1_FLOW_TALK_SUMMARY_H
#define AGENT1_FLOW_TALK_SUMMARY_H

#include "agent1/flow/state/talks.h"

/* Begins one when the conversation of this talk, which was answered, is long; NULL: it is not. The
 * caller asks that model and owns the result. */
Talk *summary_begin(const Core *core, const Talk *answered);

/* What the model is shown for it. */
void summary_make_call(Core *core, Talk *summary, ModelCall *call);

/* It was answered. */
void summary_take(Core *core, const Talk *summary);

#endif
