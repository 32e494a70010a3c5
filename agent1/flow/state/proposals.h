/*
 * Which message showed which approval to somebody on XMPP: a reaction to it, or a reply, answers
 * that approval and no other. Durable, and kept for a while after the approval is over, so that who
 * answers late hears it.
 */
#ifndef AGENT1_FLOW_STATE_PROPOSALS_H
#define AGENT1_FLOW_STATE_PROPOSALS_H

#include "agent1/flow/state/core_state.h"

/* The message of this id shows the approval that the run waits for. */
void proposals_note(Core *core, const char *message_id, const Run *run);

/* The row of TABLE_PROPOSALS for a message; borrowed, NULL: it showed none. */
const Row *proposals_find(const Core *core, const char *message_id);

void proposals_forget_old(Core *core);

#endif
