/*
 * Which message showed which approval to somebody on XMPP, or asked which question: a reaction to
 * it, or a reply, answers that and nothing else. Durable, and kept for a while after it is over, so
 * that who answers late hears it.
 */
#ifndef AGENT1_FLOW_STATE_PROPOSALS_H
#define AGENT1_FLOW_STATE_PROPOSALS_H

#include "agent1/flow/state/core_state.h"

/* How a question ended. */
typedef enum {
    PROPOSAL_OPEN, /* it has not */
    PROPOSAL_YES,
    PROPOSAL_NO,
    PROPOSAL_FORGOTTEN,
    PROPOSAL_EXPIRED,
    PROPOSAL_END_COUNT,
} ProposalEnd;

/* The message of this id shows the approval that the run waits for. */
void proposals_note(Core *core, const char *message_id, const Run *run);

/* It asks the question of this id and number. question "": it asks several things. */
void proposals_note_question(Core *core, const char *message_id, const char *question,
                             int64_t number);

/* That question is over. */
void proposals_end(Core *core, const char *question, ProposalEnd end);
ProposalEnd proposals_how_ended(const Row *row);

/* The row of TABLE_PROPOSALS for a message; borrowed, NULL: it showed none. */
const Row *proposals_find(const Core *core, const char *message_id);

void proposals_forget_old(Core *core);

#endif
