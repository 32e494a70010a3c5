#include "tests/simulate/host_state.h"

#include "tests/simulate/truth.h"

#include <string.h>

#include "common/base/banned.h"

#define START_LIMIT_MS 10000 /* a lock that nobody took by then: the shim never lived */

unsigned host_index(const Host *host)
{
    return host->index;
}

const char *host_name(const Host *host)
{
    return host->name;
}

Sim *host_sim(const Host *host)
{
    return host->sim;
}

RunDisk *host_disk(Host *host)
{
    return &host->disk;
}

const char *host_boot_id(const Host *host)
{
    return host->boot_id;
}

Host *host_find(const Sim *sim, const char *name)
{
    for (unsigned i = 0; i < sim->host_count; i++) {
        if (g_strcmp0(sim->hosts[i]->name, name) == 0)
            return sim->hosts[i];
    }
    return NULL;
}

bool host_is_linked(const Host *host)
{
    return host->worker && broker_is_linked(host->client);
}

/* ---- clocks ---- */

int64_t host_now(const Host *host)
{
    return SIM_START_MS + host->sim->now_ms + host->clock_ms;
}

int64_t host_boot_now(const Host *host)
{
    return host->sim->now_ms - host->boot_ms + 1000;
}

/* ---- the watch ---- */

typedef struct Look {
    char *key;
    unsigned number;
} Look;

static void free_look(void *data)
{
    Look *look = data;

    g_free(look->key);
    g_free(look);
}

static const ShimProcess *find_holder(const Host *host, const char *run, int64_t attempt)
{
    for (guint i = 0; i < host->shims->len; i++) {
        const ShimProcess *shim = host->shims->pdata[i];

        if (shim_process_holds_lock(shim) && shim_process_is_on(shim, run, attempt))
            return shim;
    }
    return NULL;
}

bool host_is_locked(const Host *host, const char *run, int64_t attempt)
{
    return find_holder(host, run, attempt) != NULL;
}

static void look_at_lock(void *owner, void *item)
{
    Host *host = owner;
    const Look *look = item;
    const Watched *watched = g_hash_table_lookup(host->watched, look->key);
    char run[RUN_ID_CHARS + 1];
    int64_t attempt;

    if (!watched || watched->number != look->number)
        return;
    run_name_parse(look->key, run, &attempt);
    if (host_is_locked(host, run, attempt))
        return;
    g_hash_table_remove(host->watched, look->key);
    host_post(host, worker_event_new_for_run(WORKER_EVENT_SETTLED, run, attempt));
}

static void look_later(Host *host, const char *key, const Watched *watched, int64_t delay_ms)
{
    Look *look = g_new0(Look, 1);

    look->key = g_strdup(key);
    look->number = watched->number;
    sim_later(host->sim, delay_ms, look_at_lock, host, look, free_look, &host->life);
}

void host_watch(Host *host, const char *run, int64_t attempt, bool is_starting)
{
    g_autofree char *key = run_disk_key(run, attempt);
    Watched *watched = g_hash_table_lookup(host->watched, key);

    if (watched)
        return;
    watched = g_new0(Watched, 1);
    watched->is_starting = is_starting;
    watched->number = ++host->watches;
    look_later(host, key, watched, is_starting ? START_LIMIT_MS : 0);
    g_hash_table_insert(host->watched, g_steal_pointer(&key), watched);
}

void host_lock_taken(Host *host, const char *run, int64_t attempt)
{
    g_autofree char *key = run_disk_key(run, attempt);
    Watched *watched = g_hash_table_lookup(host->watched, key);
    DiskFolder *folder = run_disk_find(&host->disk, run, attempt);

    folder->facts->facts.is_locked = host->sim->mutant != MUTANT_RECOVERY;
    if (watched)
        watched->is_starting = false;
}

void host_lock_closed(Host *host, const char *run, int64_t attempt)
{
    g_autofree char *key = run_disk_key(run, attempt);
    const Watched *watched = g_hash_table_lookup(host->watched, key);
    DiskFolder *folder = run_disk_find(&host->disk, run, attempt);

    if (folder)
        folder->facts->facts.is_locked = false;
    if (watched && host->worker)
        look_later(host, key, watched, dice_between(&host->sim->dice, 0, 15));
}

/* ---- life ---- */

void host_set_boot_id(Host *host)
{
    g_snprintf(host->boot_id, sizeof host->boot_id, "%08x-0000-0000-0000-%012x", host->index + 1,
               ++host->boots);
}

Host *host_new(Sim *sim, unsigned index)
{
    Host *host = g_new0(Host, 1);

    host->sim = sim;
    host->index = index;
    host->name = g_strdup_printf("web%u", index + 1);
    host->key = sim_key((uint8_t)(SIM_KEY_HOST + index));
    host_set_boot_id(host);
    run_disk_init(&host->disk, host->boot_id);
    run_disk_init(&host->backup, host->boot_id);
    host->shims = g_ptr_array_new_with_free_func(shim_process_free);
    host->watched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    host->acknowledged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    host->results = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    host->unsynced = g_ptr_array_new_with_free_func(g_free);
    host->max_parallel = 1 + (unsigned)dice_below(&sim->dice, 3);
    host->queue = dice_chance(&sim->dice, 300) ? 1 + (unsigned)dice_below(&sim->dice, 3) : 100;
    if (sim->plan.has_clock_faults)
        host->clock_ms = dice_between(&sim->dice, -5 * MINUTE_MS, 5 * MINUTE_MS);
    host_process_init(host);
    return host;
}

void host_free(Host *host)
{
    if (!host)
        return;
    host_process_clear(host);
    g_hash_table_unref(host->watched);
    g_ptr_array_unref(host->shims);
    g_hash_table_unref(host->acknowledged);
    g_hash_table_unref(host->results);
    g_ptr_array_unref(host->unsynced);
    run_disk_clear(&host->disk);
    run_disk_clear(&host->backup);
    g_free(host->name);
    g_free(host->key);
    g_free(host);
}

/* ---- the end ---- */

/* Outcomes, but for refusals, which were told by an ack. */
static bool awaits_ack(const DiskFolder *folder)
{
    const WorkerFolder *facts = folder->facts;

    if (facts->is_done || facts->facts.is_newer)
        return false;
    return facts->facts.has_task || facts->claim.kind == CLAIM_CANCELLED;
}

char *host_unacknowledged(const Host *host)
{
    GHashTableIter iter;
    void *key;
    void *value;

    g_hash_table_iter_init(&iter, host->disk.folders);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (awaits_ack(value) && !g_hash_table_contains(host->acknowledged, key))
            return g_strdup(key);
    }
    return NULL;
}
