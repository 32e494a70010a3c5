/*
 * What became of runs that ended in a time, in words: how many, how, and how long they took.
 */
#ifndef AGENT1_FLOW_DAILY_DAILY_FIGURES_H
#define AGENT1_FLOW_DAILY_DAILY_FIGURES_H

#include "agent1/flow/state/core_state.h"

/* The row of an agent (NULL: of all) among those that the store gave; NULL: nothing ended. */
const Row *daily_figures_of(const GPtrArray *rows, const char *agent);

/* How many failed, as run_state_is_failure() says. figures may be NULL. */
int64_t daily_figures_failures(const Row *figures);

/* "4 runs, 3 succeeded, 1 failed; 1 pending; median 0.4 s, 95 % within 3 s". figures may be NULL;
 * pending: those that have not ended. */
void daily_figures_append(GString *text, const Core *core, const Row *figures, unsigned pending);

#endif
