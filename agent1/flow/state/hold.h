/*
 * What holds an agent by a person's word, as lists tell it: paused, or revoked. The gate has the
 * same from the same facts (agent1/flow/gate/gate_facts.c).
 */
#ifndef AGENT1_FLOW_STATE_HOLD_H
#define AGENT1_FLOW_STATE_HOLD_H

#include "agent1/flow/state/core_state.h"

/* "web1 is paused by ana since 14:02", "web1 is paused since 14:02" (by its own word), "web1's key
 * was revoked by ana (14:02)", or NULL; for whoever is spoken to. The caller owns it. */
char *hold_of_agent(const Core *core, const char *agent);

/* The same where it keeps a run from its start and the run's own reason does not tell it; else
 * NULL. The caller owns it. */
char *hold_of_run(const Core *core, const Run *run);

#endif
