#include "agent1/model/rank_fusion.h"

#include "common/base/banned.h"

#define K 60

typedef struct Score {
    const char *id;
    double sum;
    unsigned order; /* of its first coming */
} Score;

static int compare(gconstpointer a, gconstpointer b)
{
    const Score *one = *(const Score *const *)a;
    const Score *other = *(const Score *const *)b;

    if (one->sum > other->sum)
        return -1;
    if (one->sum < other->sum)
        return 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

static void add(GHashTable *by_id, GPtrArray *scores, const char *id, unsigned place)
{
    Score *score = g_hash_table_lookup(by_id, id);

    if (!score) {
        score = g_new0(Score, 1);
        score->id = id;
        score->order = scores->len;
        g_ptr_array_add(scores, score);
        g_hash_table_insert(by_id, (void *)(guintptr)id, score);
    }
    score->sum += 1.0 / (K + place);
}

GPtrArray *rank_fusion(const GPtrArray *const *lists, unsigned count)
{
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) scores = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *ids = g_ptr_array_new();

    for (unsigned list = 0; list < count; list++) {
        for (unsigned i = 0; lists[list] && i < lists[list]->len; i++)
            add(by_id, scores, lists[list]->pdata[i], i + 1);
    }
    g_ptr_array_sort(scores, compare);
    for (unsigned i = 0; i < scores->len; i++)
        g_ptr_array_add(ids, (void *)(guintptr)((const Score *)scores->pdata[i])->id);
    return ids;
}
