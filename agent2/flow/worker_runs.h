/*
 * The life of an accepted task: its turn in the queue, its shim, its end, and what the folders say
 * after a restart (README.md, delivery rules 3 and 4). Pure.
 */
#ifndef AGENT2_FLOW_WORKER_RUNS_H
#define AGENT2_FLOW_WORKER_RUNS_H

#include "agent2/flow/worker_state.h"

/* At the end of each step: starts what may start, claims what never will. */
void worker_run_queue(Worker *worker, WorkerEffects *effects);

/* The next instant at which the queue may change by itself: of the wall clock (Unix ms), and of
 * CLOCK_BOOTTIME. */
int64_t worker_queue_deadline(const Worker *worker);
int64_t worker_queue_boot_deadline(const Worker *worker);

/* A cancel for a job that has a folder and is not over. */
void worker_cancel_job(Worker *worker, Job *job, WorkerEffects *effects);

/* What the journal says of the worker's own claim, and of a cancel for a shim. */
void worker_claimed(Worker *worker, Job *job, const WorkerJournaled *answer,
                    WorkerEffects *effects);
void worker_cancel_written(Worker *worker, Job *job, const WorkerJournaled *answer,
                           WorkerEffects *effects);

/* No shim works on it (any more): its folder is to be read. */
void worker_settle(Worker *worker, Job *job, WorkerEffects *effects);

/* The folder of a job that settles; NULL when it could not be read. */
void worker_settled(Worker *worker, Job *job, const WorkerRead *read, WorkerEffects *effects);

/* One folder found at start: its job, or nothing where it is not ours to keep. */
void worker_restore_folder(Worker *worker, const WorkerFolder *folder, WorkerEffects *effects);

#endif
