#include "agent1/model/outbox.h"

#include <string.h>

#include "common/data/backoff.h"
#include "common/base/banned.h"

#define REPEAT_BASE_MS 2000
#define REPEAT_CAP_MS  30000
/* No repeat before an answer could have come, however lucky the jitter. */
#define REPEAT_MIN_MS 500

static const char *const kind_names[OUTBOX_KIND_COUNT] = {
    [OUTBOX_TASK] = "task",   [OUTBOX_CANCEL] = "cancel", [OUTBOX_POLICY] = "policy",
    [OUTBOX_PAUSE] = "pause", [OUTBOX_RESUME] = "resume",
};

/* What waits for one agent. */
typedef struct OutboxQueue {
    GPtrArray *items; /* OutboxItem *, by creation; never empty */
    int64_t due_ms;   /* of the first that is due */
    bool is_old;      /* due_ms is: something in the queue changed */
} OutboxQueue;

struct Outbox {
    GHashTable *by_id;    /* OutboxItem *, owned */
    GHashTable *by_agent; /* agent → OutboxQueue *, owned */
};

const char *outbox_kind_name(OutboxKind kind)
{
    return kind_names[kind];
}

bool outbox_kind_parse(const char *name, OutboxKind *out)
{
    int kind;

    for (kind = 0; kind < OUTBOX_KIND_COUNT; kind++) {
        if (g_strcmp0(name, kind_names[kind]) == 0) {
            *out = (OutboxKind)kind;
            return true;
        }
    }
    return false;
}

static void free_item(void *data)
{
    OutboxItem *item = data;

    g_free(item->id);
    g_free(item->agent);
    g_free(item->run);
    g_free(item);
}

static void free_queue(void *data)
{
    OutboxQueue *queue = data;

    g_ptr_array_unref(queue->items);
    g_free(queue);
}

static OutboxQueue *queue_of(const Outbox *outbox, const char *agent)
{
    OutboxQueue *queue = g_hash_table_lookup(outbox->by_agent, agent);

    if (!queue) {
        queue = g_new0(OutboxQueue, 1);
        queue->items = g_ptr_array_new();
        g_hash_table_insert(outbox->by_agent, g_strdup(agent), queue);
    }
    return queue;
}

/* Each event asks, and most change nothing of most queues. */
static int64_t queue_due_ms(OutboxQueue *queue)
{
    unsigned i;

    if (!queue->is_old)
        return queue->due_ms;

    queue->due_ms = INT64_MAX;
    for (i = 0; i < queue->items->len; i++)
        queue->due_ms = MIN(queue->due_ms, ((OutboxItem *)queue->items->pdata[i])->due_ms);
    queue->is_old = false;
    return queue->due_ms;
}

Outbox *outbox_new(void)
{
    Outbox *outbox = g_new0(Outbox, 1);

    outbox->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_item);
    outbox->by_agent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_queue);
    return outbox;
}

void outbox_free(Outbox *outbox)
{
    if (!outbox)
        return;

    g_hash_table_unref(outbox->by_agent);
    g_hash_table_unref(outbox->by_id);
    g_free(outbox);
}

OutboxItem *outbox_add(Outbox *outbox, const char *id, const char *agent, OutboxKind kind,
                       const char *run, int64_t attempt, int64_t seq, int64_t now_ms)
{
    OutboxItem *item = g_new0(OutboxItem, 1);

    g_assert(!g_hash_table_contains(outbox->by_id, id));
    item->id = g_strdup(id);
    item->agent = g_strdup(agent);
    item->kind = kind;
    item->run = g_strdup(run);
    item->attempt = attempt;
    item->seq = seq;
    item->created_ms = now_ms;
    item->due_ms = now_ms;
    item->queue = queue_of(outbox, agent);
    item->queue->is_old = true;
    g_hash_table_insert(outbox->by_id, item->id, item);
    g_ptr_array_add(item->queue->items, item);
    return item;
}

OutboxItem *outbox_find(const Outbox *outbox, const char *id)
{
    return g_hash_table_lookup(outbox->by_id, id);
}

void outbox_remove(Outbox *outbox, const char *id)
{
    OutboxItem *item = g_hash_table_lookup(outbox->by_id, id);

    if (!item)
        return;

    g_ptr_array_remove(item->queue->items, item);
    item->queue->is_old = true;
    if (item->queue->items->len == 0)
        g_hash_table_remove(outbox->by_agent, item->agent);
    g_hash_table_remove(outbox->by_id, item->id);
}

GPtrArray *outbox_of_run(const Outbox *outbox, const char *agent, const char *run)
{
    const OutboxQueue *queue = g_hash_table_lookup(outbox->by_agent, agent);
    GPtrArray *list = g_ptr_array_new();
    unsigned i;

    for (i = 0; queue && i < queue->items->len; i++) {
        OutboxItem *item = queue->items->pdata[i];

        if (!run || g_strcmp0(item->run, run) == 0)
            g_ptr_array_add(list, item);
    }
    return list;
}

GPtrArray *outbox_of_agent(const Outbox *outbox, const char *agent)
{
    return outbox_of_run(outbox, agent, NULL);
}

void outbox_hurry(Outbox *outbox, const char *agent, int64_t now_ms)
{
    OutboxQueue *queue = g_hash_table_lookup(outbox->by_agent, agent);
    unsigned i;

    if (!queue)
        return;

    for (i = 0; i < queue->items->len; i++) {
        OutboxItem *item = queue->items->pdata[i];

        item->sent = 0;
        item->due_ms = now_ms;
    }
    queue->is_old = true;
}

void outbox_sent(OutboxItem *item, int64_t now_ms, uint64_t random)
{
    item->due_ms =
        now_ms + REPEAT_MIN_MS + backoff_wait_ms(item->sent, REPEAT_BASE_MS, REPEAT_CAP_MS, random);
    item->sent++;
    item->queue->is_old = true;
}

GPtrArray *outbox_due(const Outbox *outbox, int64_t now_ms, OutboxIsReachable is_reachable,
                      const void *data)
{
    GPtrArray *due = g_ptr_array_new();
    GHashTableIter iter;
    void *agent;
    void *value;
    unsigned i;

    g_hash_table_iter_init(&iter, outbox->by_agent);
    while (g_hash_table_iter_next(&iter, &agent, &value)) {
        OutboxQueue *queue = value;

        if (queue_due_ms(queue) > now_ms || !is_reachable(agent, data))
            continue;
        for (i = 0; i < queue->items->len; i++) {
            OutboxItem *item = queue->items->pdata[i];

            if (item->due_ms <= now_ms)
                g_ptr_array_add(due, item);
        }
    }
    return due;
}

int64_t outbox_next_due(const Outbox *outbox, OutboxIsReachable is_reachable, const void *data)
{
    int64_t next_ms = INT64_MAX;
    GHashTableIter iter;
    void *agent;
    void *value;

    g_hash_table_iter_init(&iter, outbox->by_agent);
    while (g_hash_table_iter_next(&iter, &agent, &value)) {
        int64_t due_ms = queue_due_ms(value);

        if (due_ms < next_ms && is_reachable(agent, data))
            next_ms = due_ms;
    }
    return next_ms;
}

unsigned outbox_count(const Outbox *outbox)
{
    return g_hash_table_size(outbox->by_id);
}
