/*
 * Somebody corrects what he wrote (XEP-0308). An order that was taken is never done a second time,
 * and never silently left: what happened is answered. The correction of an order that was refused
 * acts as a new message; only the last of several can.
 */
#ifndef AGENT1_FLOW_DOORS_CORRECTIONS_H
#define AGENT1_FLOW_DOORS_CORRECTIONS_H

#include "agent1/flow/state/core_state.h"

#include <stdbool.h>

/* Why a message that corrects the one with this stanza id is not done; NULL: it may act as a new
 * one, and then its own corrections count. The caller owns it. */
char *corrections_judge(Core *core, const Speaker *speaker, const char *stanza_id);

/* A correction was refused, and is noted as a chat: whoever corrects that one means the first. */
void corrections_refused(Core *core, const Speaker *speaker, const char *stanza_id);

#endif
