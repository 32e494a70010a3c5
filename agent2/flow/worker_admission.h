/*
 * Who may say what to a worker (README.md, "who may say what"): only agent1, by one of its keys,
 * tasks on this agent's inbox, controls and acknowledgements on its control topic. A frame was
 * authenticated before, over the topic it came on. Pure.
 */
#ifndef AGENT2_FLOW_WORKER_ADMISSION_H
#define AGENT2_FLOW_WORKER_ADMISSION_H

#include "agent2/flow/worker_settings.h"
#include "agent2/port/worker_event.h"

/* NULL: admitted. Otherwise why not, for the log; a constant text. */
const char *worker_admission_problem(const WorkerSettings *settings, const WorkerMessage *message);

/* The key among the orchestrator's that equals this one, borrowed from the settings; or NULL. */
const char *worker_admission_key(const WorkerSettings *settings, const char *key);

#endif
