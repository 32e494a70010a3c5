/*
 * The worker at work: joins the core with its edges. Hands each event to the core with the time and
 * fresh randomness, and does the effects: durable ones by the journal, outward ones only after the
 * durable ones of the same and of earlier steps, in their order. Arms the one timer.
 */
#ifndef AGENT2_APP_WORKER_EXECUTOR_H
#define AGENT2_APP_WORKER_EXECUTOR_H

#include "agent2/app/worker_config.h"

#include <glib.h>
#include <stdbool.h>

typedef struct WorkerExecutor WorkerExecutor;

typedef struct WorkerExecutorHandlers {
    void (*failed)(void *data);  /* the disk or an edge is broken: end, and be restarted */
    void (*stopped)(void *data); /* worker_executor_stop() is done */
} WorkerExecutorHandlers;

/* Restores what stands on disk and begins to connect. Takes the configuration over. launcher was
 * made before there were threads; taken over, too. */
WorkerExecutor *worker_executor_new(WorkerConfig *config, Launcher *launcher,
                                    const WorkerExecutorHandlers *handlers, void *data,
                                    GError **error);

/* Disconnects in good order. The shims live on. */
void worker_executor_free(WorkerExecutor *executor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerExecutor, worker_executor_free)

/* Goes over to the configuration as it is on disk now. On an error all stays as it is. */
bool worker_executor_reload(WorkerExecutor *executor, GError **error);

/* Says offline and starts nothing more; `stopped` follows within a second. */
void worker_executor_stop(WorkerExecutor *executor);

#endif
