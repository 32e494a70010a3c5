/*
 * Tasks of a person that wait for nobody but them: a !yes approves one, beside the questions that
 * are open to them.
 */
#ifndef AGENT1_FLOW_COMMANDS_OWN_APPROVALS_H
#define AGENT1_FLOW_COMMANDS_OWN_APPROVALS_H

#include "agent1/flow/state/core_state.h"

/* Those runs (Run *) of this speaker, by number; borrowed, the caller unrefs the array. */
GPtrArray *own_approvals_list(Core *core, const Speaker *speaker);

/* Those of such a list that this speaker may hear named: in a room those that were asked for in it.
 * Borrowed; the caller unrefs the array. */
GPtrArray *own_approvals_here(const GPtrArray *runs, const Speaker *speaker);

/* The one of that number in such a list, or NULL. */
const Run *own_approvals_find(const GPtrArray *runs, uint64_t number);

#endif
