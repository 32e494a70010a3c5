/*
 * How the worker shows itself: registration until agent1 has taken it, retained status, last will.
 * Pure.
 */
#ifndef AGENT2_FLOW_WORKER_PRESENCE_H
#define AGENT2_FLOW_WORKER_PRESENCE_H

#include "agent2/flow/worker_state.h"

/* A connection stands. */
void worker_present(Worker *worker, WorkerEffects *effects);

/* At the end of each step: registers and publishes its status where that is due. */
void worker_show(Worker *worker, WorkerEffects *effects);

/* Begins the next session and makes its last will, for the peer key in *out_peer (borrowed). The
 * caller owns it. */
Message *worker_show_will(Worker *worker, const char **out_peer);

/* When worker_show() has something to do next, of CLOCK_BOOTTIME. */
int64_t worker_show_boot_deadline(const Worker *worker);

/* agent1's word on a registration. */
void worker_take_register_ack(Worker *worker, const MessageAck *ack, WorkerEffects *effects);

/* Says offline, for good. */
void worker_take_leave(Worker *worker, WorkerEffects *effects);

/* What is told in a registration has changed: once more. */
void worker_register_again(Worker *worker);

#endif
