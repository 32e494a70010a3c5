/*
 * What agent1 says on an agent's control topic: pause, resume, policy, cancel, query, fetch, and
 * its acknowledgements. Pure.
 */
#ifndef AGENT2_FLOW_WORKER_CONTROL_H
#define AGENT2_FLOW_WORKER_CONTROL_H

#include "agent2/flow/worker_state.h"

void worker_take_control(Worker *worker, const Message *message, WorkerEffects *effects);
void worker_take_ack(Worker *worker, const Message *message, WorkerEffects *effects);

/* A version of the counters is durable: who waits for it is answered. */
void worker_flush_acks(Worker *worker, WorkerEffects *effects);

#endif
