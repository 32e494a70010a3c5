/*
 * The worker's report of the day so far, which agent1 asks for: how many runs ended and how, how
 * long they took, what went wrong. What the host has to say (load, disk, uptime) is added as it
 * leaves: agent2/edge/host_facts.h. Pure.
 */
#ifndef AGENT2_FLOW_WORKER_DAY_H
#define AGENT2_FLOW_WORKER_DAY_H

#include "agent2/flow/worker_state.h"

/* Publishes the report on agents/daily_report. The day is that of the installation's zone, by
 * agent1's clock. */
void worker_day_tell(Worker *worker, WorkerEffects *effects);

#endif
