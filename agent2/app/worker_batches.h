/*
 * The effects of the core on their way: one batch a step, in order. The journal may work on several
 * batches; a batch's outward effects leave when all durable ones of it and of those before it were
 * answered. So whatever leaves, leaves after what it may depend on. Does nothing itself.
 */
#ifndef AGENT2_APP_WORKER_BATCHES_H
#define AGENT2_APP_WORKER_BATCHES_H

#include "agent2/port/worker_effect.h"

#include <glib.h>
#include <stdbool.h>

#define WORKER_UNDER_WAY_MAX 1000 /* durable effects that the journal has at once */

typedef struct WorkerBatches WorkerBatches;

WorkerBatches *worker_batches_new(void);
void worker_batches_free(WorkerBatches *batches);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerBatches, worker_batches_free)

/* Takes the effects of a step out of the list. */
void worker_batches_add(WorkerBatches *batches, WorkerEffects *effects);

unsigned worker_batches_count(const WorkerBatches *batches);

/* The next durable effect for the journal, which it now has (the caller owns the effect); NULL when
 * it has enough, or all. */
WorkerEffect *worker_batches_hand_over(WorkerBatches *batches);

/* The journal answered one of them: the effect's `batch`. */
void worker_batches_answered(WorkerBatches *batches, uint64_t id);

/* The outward effects of the oldest batch (WorkerEffect *, owned by the array, which is the
 * caller's), once nothing of it is with the journal; NULL otherwise, and when there is none. */
GPtrArray *worker_batches_finish(WorkerBatches *batches);

#endif
