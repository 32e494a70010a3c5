/*
 * What the worker tells of its jobs: progress while they run, the result until agent1 has it
 * (README.md, delivery rule 5), and the answers to those who asked. Pure.
 */
#ifndef AGENT2_FLOW_WORKER_REPORT_H
#define AGENT2_FLOW_WORKER_REPORT_H

#include "agent2/flow/worker_state.h"

/* At the end of each step: sends what is due. */
void worker_report_due(Worker *worker, WorkerEffects *effects);

/* When something is due next, of CLOCK_BOOTTIME. */
int64_t worker_report_boot_deadline(const Worker *worker);

/* The outcome of a job that has one, at once: as a repeat, or for the first time. Nothing for a job
 * without outcome. */
void worker_report_now(Worker *worker, Job *job, WorkerEffects *effects);

/* The same with what has just been read of the folder. */
void worker_report_read(Worker *worker, Job *job, const WorkerRead *read, WorkerEffects *effects);

/* A connection stands: everything that agent1 may lack is due. */
void worker_report_all(Worker *worker);

/* agent1 has the outcome. */
void worker_report_done(Worker *worker, Job *job, WorkerEffects *effects);

/* The folder that was read for a result, for progress, or for `fetch`. */
void worker_tell_result(Worker *worker, Job *job, const WorkerRead *read, WorkerEffects *effects);
void worker_tell_progress(Worker *worker, Job *job, const WorkerRead *read, WorkerEffects *effects);
void worker_tell_output(Worker *worker, Job *job, const WorkerRead *read, WorkerEffects *effects);

/* Acknowledges the cancel, or answers the query, that waits on this job, if one does. */
void worker_tell_cancel(Worker *worker, Job *job, WorkerEffects *effects);
void worker_tell_query(Worker *worker, Job *job, WorkerEffects *effects);

#endif
