#include "agent1/model/runs.h"

#include "common/base/banned.h"

typedef struct Slot {
    char *id;
    int64_t number;
    char *agent;
    void *run;
} Slot;

struct Runs {
    GDestroyNotify free_run;
    GHashTable *by_id;     /* Slot *, owned */
    GHashTable *by_number; /* Slot * */
    GHashTable *by_agent;  /* agent → GPtrArray of Slot *, in no order */
};

static void free_slot(void *data)
{
    Slot *slot = data;

    g_free(slot->id);
    g_free(slot->agent);
    g_free(slot);
}

static void unref_array(void *array)
{
    g_ptr_array_unref(array);
}

Runs *runs_new(GDestroyNotify free_run)
{
    Runs *runs = g_new0(Runs, 1);

    runs->free_run = free_run;
    runs->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_slot);
    runs->by_number = g_hash_table_new(g_int64_hash, g_int64_equal);
    runs->by_agent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_array);
    return runs;
}

void runs_free(Runs *runs)
{
    GHashTableIter iter;
    void *value;

    if (!runs)
        return;

    g_hash_table_iter_init(&iter, runs->by_id);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        runs->free_run(((Slot *)value)->run);
    g_hash_table_unref(runs->by_agent);
    g_hash_table_unref(runs->by_number);
    g_hash_table_unref(runs->by_id);
    g_free(runs);
}

void runs_add(Runs *runs, const RunKey *key, void *run)
{
    Slot *slot = g_new0(Slot, 1);
    GPtrArray *of_agent = g_hash_table_lookup(runs->by_agent, key->agent);

    g_assert(!g_hash_table_contains(runs->by_id, key->id));
    slot->id = g_strdup(key->id);
    slot->number = key->number;
    slot->agent = g_strdup(key->agent);
    slot->run = run;
    g_hash_table_insert(runs->by_id, slot->id, slot);
    g_hash_table_insert(runs->by_number, &slot->number, slot);
    if (!of_agent) {
        of_agent = g_ptr_array_new();
        g_hash_table_insert(runs->by_agent, g_strdup(key->agent), of_agent);
    }
    g_ptr_array_add(of_agent, slot);
}

void *runs_take(Runs *runs, const char *id)
{
    Slot *slot = g_hash_table_lookup(runs->by_id, id);
    GPtrArray *of_agent;
    void *run;

    if (!slot)
        return NULL;

    run = slot->run;
    of_agent = g_hash_table_lookup(runs->by_agent, slot->agent);
    g_ptr_array_remove_fast(of_agent, slot);
    if (of_agent->len == 0)
        g_hash_table_remove(runs->by_agent, slot->agent);
    g_hash_table_remove(runs->by_number, &slot->number);
    g_hash_table_remove(runs->by_id, slot->id);
    return run;
}

void *runs_find(const Runs *runs, const char *id)
{
    Slot *slot = g_hash_table_lookup(runs->by_id, id);

    return slot ? slot->run : NULL;
}

void *runs_find_number(const Runs *runs, int64_t number)
{
    Slot *slot = g_hash_table_lookup(runs->by_number, &number);

    return slot ? slot->run : NULL;
}

unsigned runs_count_of(const Runs *runs, const char *agent)
{
    GPtrArray *of_agent = g_hash_table_lookup(runs->by_agent, agent);

    return of_agent ? of_agent->len : 0;
}

unsigned runs_count(const Runs *runs)
{
    return g_hash_table_size(runs->by_id);
}

static int compare_slots(gconstpointer a, gconstpointer b)
{
    const Slot *one = *(const Slot *const *)a;
    const Slot *other = *(const Slot *const *)b;

    return one->number < other->number ? -1 : one->number > other->number;
}

GPtrArray *runs_list(const Runs *runs, const char *agent)
{
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter iter;
    void *value;
    unsigned i;

    if (agent) {
        GPtrArray *of_agent = g_hash_table_lookup(runs->by_agent, agent);

        for (i = 0; of_agent && i < of_agent->len; i++)
            g_ptr_array_add(list, of_agent->pdata[i]);
    } else {
        g_hash_table_iter_init(&iter, runs->by_id);
        while (g_hash_table_iter_next(&iter, NULL, &value))
            g_ptr_array_add(list, value);
    }
    g_ptr_array_sort(list, compare_slots);
    for (i = 0; i < list->len; i++)
        list->pdata[i] = ((Slot *)list->pdata[i])->run;
    return list;
}
