/*
 * Whether the subscription of the inbox brings what it owes. A broker may deliver on one
 * subscription of a connection and not on the other: seen with a cluster of NATS. agent1 asks on
 * the control topic for attempts that it hands out again and again; when it still asks for what
 * never came, and nothing has come meanwhile, the connection is made anew. Perhaps that does not
 * help: each time in a row it waits twice as long.
 */
#ifndef AGENT2_FLOW_WORKER_INBOX_H
#define AGENT2_FLOW_WORKER_INBOX_H

#include "agent2/flow/worker_state.h"

/* Something came on it. */
void worker_inbox_heard(Worker *worker);

/* The connection is gone: the next one has subscriptions of its own. */
void worker_inbox_rest(Worker *worker);

/* agent1 asked for an attempt that never came and could still start. */
void worker_inbox_missed(Worker *worker, WorkerEffects *effects);

#endif
