/*
 * What the worker does with a task: refuse it, accept it, or answer a repeat (README.md, delivery
 * rules 2, 6, 7, 8, 10). Starting it is agent2/flow/worker_runs.h. Pure.
 */
#ifndef AGENT2_FLOW_WORKER_TASK_H
#define AGENT2_FLOW_WORKER_TASK_H

#include "agent2/flow/worker_state.h"

void worker_take_task(Worker *worker, const Message *message, WorkerEffects *effects);

/* A job that is not known yet is refused, with a tombstone. The job is taken over. */
void worker_refuse(Worker *worker, Job *job, Rule rule, const char *reason, WorkerEffects *effects);

/* The same attempt again: the present state, or the outcome, and never a second start. */
void worker_answer_repeat(Worker *worker, Job *job, const char *request, WorkerEffects *effects);

/* What the journal says of the folder, or of the tombstone, of a task that has just arrived. */
void worker_filed(Worker *worker, Job *job, const WorkerJournaled *answer, WorkerEffects *effects);
void worker_buried(Worker *worker, Job *job, const WorkerJournaled *answer, WorkerEffects *effects);

/* Makes a tombstone for an attempt that will not start here: the outcome is decided, said once it
 * is durable. */
void worker_bury(Job *job, WorkerEffects *effects);

#endif
