/*
 * A message that is not looked at, since this program crashed on it again and again (README.md,
 * delivery rule 10). A task among them ends as refused, so that nobody waits for it: no run folder
 * of it was there when this program started, so it never did. Pure.
 */
#ifndef AGENT2_FLOW_WORKER_SET_ASIDE_H
#define AGENT2_FLOW_WORKER_SET_ASIDE_H

#include "agent2/flow/worker_state.h"

void worker_take_set_aside(Worker *worker, const WorkerSetAside *aside, WorkerEffects *effects);

#endif
