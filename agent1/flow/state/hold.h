/*
 * What keeps an agent from starting tasks, as lists tell it: a person's word, paused or revoked
 * (the gate has the same from the same facts, agent1/flow/gate/gate_facts.c), or an inbox that
 * brings it nothing (agent1/flow/fleet/unheard.h).
 */
#ifndef AGENT1_FLOW_STATE_HOLD_H
#define AGENT1_FLOW_STATE_HOLD_H

#include "agent1/flow/state/core_state.h"

/* "web1 is paused by ana since 14:02", "web1 is paused since 14:02" (by its own word), "web1's key
 * was revoked by ana (14:02)", "web1 hears me but gets no tasks since 14:02", or NULL; for whoever
 * is spoken to. The caller owns it. */
char *hold_of_agent(const Core *core, const char *agent);

/* The same where it keeps a run from its start and the run's own reason does not tell it; else
 * NULL. The caller owns it. */
char *hold_of_run(const Core *core, const Run *run);

/* Whether it is paused: what is due meanwhile waits for the word that ends it. */
bool hold_is_pause(const Core *core, const char *agent);

#endif
