/*
 * The worker's core: everything that agent2 decides, without I/O. Events in, effects out
 * (agent2/port); the same events give the same effects. It keeps README.md's delivery rules on
 * the agent's side: journal before ack, one claim, answers to every repeat, results until `done`.
 *
 * Durations count from CLOCK_BOOTTIME; expiries and windows are of the wall clock. Pure.
 */
#ifndef AGENT2_FLOW_WORKER_H
#define AGENT2_FLOW_WORKER_H

#include "agent2/flow/worker_settings.h"
#include "agent2/port/worker_event.h"
#include "common/data/zones.h"

#include <glib.h>

typedef struct Worker Worker;

/* Takes the settings over; zones is borrowed and outlives the worker (who receives a policy adds
 * its zones before the event). counters: the text of the counters file, NULL when there is none: a
 * new journal begins. Fails on counters that are damaged; the settings stay the caller's then. */
Worker *worker_new(WorkerSettings *settings, const Zones *zones, const char *counters,
                   int64_t now_ms, const uint8_t seed[IDS_SEED_BYTES], GError **error);
void worker_free(Worker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Worker, worker_free)

/* Once, before the first step: what stands in the run folders (WorkerFolder *). */
void worker_restore(Worker *worker, const GPtrArray *folders, int64_t now_ms, int64_t boot_ms,
                    const uint8_t seed[IDS_SEED_BYTES], WorkerEffects *effects);

void worker_step(Worker *worker, const WorkerEvent *event, WorkerEffects *effects);

/* When WORKER_EVENT_TICK is wanted, in Unix milliseconds; INT64_MAX: not at all. */
int64_t worker_next_deadline(const Worker *worker, int64_t now_ms, int64_t boot_ms);

/* Other settings from now on, taken over. */
void worker_configure(Worker *worker, WorkerSettings *settings, WorkerEffects *effects);

/* False while nobody may hear of this worker yet: the name of its journal is not durable. */
bool worker_may_connect(const Worker *worker);

/* Begins the next session and makes its last will: a status to be published as retained, clear, for
 * the peer key in *out_peer (borrowed). The caller owns it. */
Message *worker_next_will(Worker *worker, int64_t now_ms, const uint8_t seed[IDS_SEED_BYTES],
                          const char **out_peer);

/* For logs and metrics. */
const char *worker_journal_id(const Worker *worker);

#endif
