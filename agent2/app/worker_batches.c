#include "agent2/app/worker_batches.h"

#include "common/base/banned.h"

typedef struct Batch {
    uint64_t id;
    GQueue *durable;    /* WorkerEffect *, that the journal has not got yet */
    GPtrArray *outward; /* WorkerEffect * */
    unsigned under_way; /* effects that the journal has not answered */
} Batch;

struct WorkerBatches {
    GQueue *queue;    /* Batch *, the oldest first */
    GQueue *unhanded; /* those of them of which the journal has not got all */
    GHashTable *by_id;
    uint64_t last_id;
    unsigned under_way; /* of all */
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
    batches->unhanded = g_queue_new();
    batches->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    return batches;
}

void worker_batches_free(WorkerBatches *batches)
{
    if (!batches)
        return;

    g_hash_table_unref(batches->by_id);
    g_queue_free(batches->unhanded);
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
    batch->id = ++batches->last_id;
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
    g_hash_table_insert(batches->by_id, &batch->id, batch);
    if (!g_queue_is_empty(batch->durable))
        g_queue_push_tail(batches->unhanded, batch);
}

unsigned worker_batches_count(const WorkerBatches *batches)
{
    return g_queue_get_length(batches->queue);
}

WorkerEffect *worker_batches_hand_over(WorkerBatches *batches)
{
    Batch *batch = g_queue_peek_head(batches->unhanded);
    WorkerEffect *effect;

    if (!batch || batches->under_way == WORKER_UNDER_WAY_MAX)
        return NULL;

    effect = g_queue_pop_head(batch->durable);
    effect->batch = batch->id;
    batch->under_way++;
    batches->under_way++;
    if (g_queue_is_empty(batch->durable))
        g_queue_pop_head(batches->unhanded);
    return effect;
}

void worker_batches_answered(WorkerBatches *batches, uint64_t id)
{
    Batch *batch = g_hash_table_lookup(batches->by_id, &id);

    g_assert(batch && batch->under_way > 0);
    batch->under_way--;
    batches->under_way--;
}

GPtrArray *worker_batches_finish(WorkerBatches *batches)
{
    Batch *batch = g_queue_peek_head(batches->queue);
    GPtrArray *outward;

    if (!batch || batch->under_way > 0 || !g_queue_is_empty(batch->durable))
        return NULL;

    g_queue_pop_head(batches->queue);
    g_hash_table_remove(batches->by_id, &batch->id);
    outward = g_steal_pointer(&batch->outward);
    free_batch(batch);
    return outward;
}
