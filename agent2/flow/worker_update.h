/*
 * Control `update`: is a newer version in the git repository that this agent is installed from?
 * Looked up by the edge, one look at a time; everybody who asks meanwhile gets its answer. A paused
 * agent answers, too: nothing is started and nothing changes.
 */
#ifndef AGENT2_FLOW_WORKER_UPDATE_H
#define AGENT2_FLOW_WORKER_UPDATE_H

#include "agent2/flow/worker_state.h"

void worker_update_take(Worker *worker, const Message *message, WorkerEffects *effects);

/* WORKER_EVENT_UPDATE. */
void worker_update_tell(Worker *worker, const UpdateNews *news, WorkerEffects *effects);

#endif
