/*
 * Where an answer of a language model was stopped just now, by conversation: who says "stop" once
 * more has not seen it yet, and asks nothing. Memory alone.
 */
#ifndef AGENT1_FLOW_STATE_STOPS_H
#define AGENT1_FLOW_STATE_STOPS_H

#include "agent1/flow/state/core_state.h"

#include <stdbool.h>

void stops_note(Core *core, const char *conversation);

/* Whether that was a short time ago and nothing was said since; from now on something was. */
bool stops_take(Core *core, const char *conversation);

#endif
