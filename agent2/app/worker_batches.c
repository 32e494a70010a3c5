#include "agent2/app/worker_batches.h"

#include "common/base/banned.h"

typedef struct Batch {
    GQueue *durable;    /* WorkerEffect *, that the journal has not got yet */
    GPtrArray *outward; /* WorkerEffect * */
} Batch;

struct WorkerBatches {
    GQueue *queue;      /* Batch *, the oldest first */
    unsigned under_way; /* effects of the oldest that the journal has not answered */
};

static void free_effect(void *effect)
{
    worker_effect_free(effect);
}

static void free_batch(void *data)
{
    Batch *batch = data;

    g_queue_free_full(batch->durable, free_effect);
    g_clear_pointer(&batch->outward, g_ptr_array_unref);
    g_free(batch);
}

WorkerBatches *worker_batches_new(void)
{
    WorkerBatches *batches = g_new0(WorkerBatches, 1);

    batches->queue = g_queue_new();
    return batches;
}

void worker_batches_free(WorkerBatches *batches)
{
    if (!batches)
        return;

    g_queue_free_full(batches->queue, free_batch);
    g_free(batches);
}

void worker_batches_add(WorkerBatches *batches, WorkerEffects *effects)
{
    gsize count = 0;
    g_autofree void **list = g_ptr_array_steal(effects->list, &count);
    Batch *batch;

    if (count == 0)
        return;

    batch = g_new0(Batch, 1);
    batch->durable = g_queue_new();
    batch->outward = g_ptr_array_new_with_free_func(free_effect);
    for (gsize i = 0; i < count; i++) {
        WorkerEffect *effect = list[i];

        if (worker_effect_is_journal(effect))
            g_queue_push_tail(batch->durable, effect);
        else
            g_ptr_array_add(batch->outward, effect);
    }
    g_queue_push_tail(batches->queue, batch);
}

unsigned worker_batches_count(const WorkerBatches *batches)
{
    return g_queue_get_length(batches->queue);
}

WorkerEffect *worker_batches_hand_over(WorkerBatches *batches)
{
    Batch *batch = g_queue_peek_head(batches->queue);
    WorkerEffect *effect;

    if (!batch || batches->under_way == WORKER_UNDER_WAY_MAX)
        return NULL;

    effect = g_queue_pop_head(batch->durable);
    batches->under_way += effect != NULL;
    return effect;
}

void worker_batches_answered(WorkerBatches *batches)
{
    g_assert(batches->under_way > 0);
    batches->under_way--;
}

GPtrArray *worker_batches_finish(WorkerBatches *batches)
{
    Batch *batch = g_queue_peek_head(batches->queue);
    GPtrArray *outward;

    if (!batch || batches->under_way > 0 || !g_queue_is_empty(batch->durable))
        return NULL;

    g_queue_pop_head(batches->queue);
    outward = g_steal_pointer(&batch->outward);
    free_batch(batch);
    return outward;
}
