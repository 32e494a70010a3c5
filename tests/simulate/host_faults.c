/* What may befall a host. */
#include "tests/simulate/host_state.h"

#include "tests/simulate/truth.h"

#include "common/base/banned.h"

void host_kill_shim(Host *host)
{
    guint first = (guint)dice_below(&host->sim->dice, MAX(host->shims->len, 1));

    for (guint i = 0; i < host->shims->len; i++) {
        ShimProcess *shim = host->shims->pdata[(first + i) % host->shims->len];

        if (!shim_process_is_alive(shim))
            continue;
        sim_count(host->sim, INJECT_SHIM_CRASH);
        shim_process_kill(shim, false);
        return;
    }
}

static void forget_boot(RunDisk *disk)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, disk->folders);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        DiskFolder *folder = value;

        folder->facts->facts.is_locked = false;
        folder->facts->has_survivors = false;
        folder->facts->facts.is_same_boot = folder->facts->facts.claim == CLAIM_NONE;
    }
}

void host_reboot(Host *host)
{
    sim_trace(host->sim, "%s reboots", host->name);
    sim_count(host->sim, INJECT_HOST_REBOOT);
    if (host->worker)
        host_process_end(host);
    for (guint i = 0; i < host->shims->len; i++)
        shim_process_kill(host->shims->pdata[i], true);
    host->boot_ms = host->sim->now_ms;
    host_set_boot_id(host);
    forget_boot(&host->disk);
    host->life++;
    host_process_start_later(host, dice_between(&host->sim->dice, SECOND_MS, 60 * SECOND_MS));
}

static void empty_disk(void *owner, void *item)
{
    Host *host = owner;

    (void)item;
    host->disk.is_full = false;
    truth_disturb(host->sim->truth, host);
}

void host_fill_disk(Host *host, int64_t for_ms)
{
    host->disk.is_full = true;
    truth_filled_disk(host->sim->truth, host);
    truth_disturb(host->sim->truth, host);
    sim_later(host->sim, for_ms, empty_disk, host, NULL, NULL, NULL);
}

static void detach_shims(Host *host)
{
    for (guint i = 0; i < host->shims->len; i++)
        shim_process_detach(host->shims->pdata[i]);
}

static void replace_disk(RunDisk *disk, RunDisk *with)
{
    RunDisk kept = *disk;

    *disk = *with;
    *with = kept;
    /* Whose disk it is, and whether that is full, stays. */
    with->boot_id = disk->boot_id;
    disk->boot_id = kept.boot_id;
    with->is_full = false;
    disk->is_full = kept.is_full;
}

/* The machine is installed anew under its old name and key. */
void host_lose_journal(Host *host)
{
    host_reboot(host);
    sim_trace(host->sim, "%s lost its journal", host->name);
    detach_shims(host);
    g_hash_table_remove_all(host->disk.folders);
    g_hash_table_remove_all(host->disk.notes);
    g_clear_pointer(&host->disk.counters, g_free);
    truth_lost_journal(host->sim->truth, host, false);
}

static DiskFolder *copy_folder(const DiskFolder *folder)
{
    DiskFolder *copy = g_memdup2(folder, sizeof *folder);

    copy->facts = run_disk_facts(folder);
    copy->facts->facts.is_locked = false;
    copy->command = g_strdup(folder->command);
    copy->output = g_strdup(folder->output);
    return copy;
}

static void copy_disk(RunDisk *to, const RunDisk *from)
{
    GHashTableIter iter;
    void *key;
    void *value;

    g_hash_table_remove_all(to->folders);
    g_hash_table_remove_all(to->notes);
    g_free(to->counters);
    to->counters = g_strdup(from->counters);
    g_hash_table_iter_init(&iter, from->folders);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        g_hash_table_insert(to->folders, g_strdup(key), copy_folder(value));
    }
    g_hash_table_iter_init(&iter, from->notes);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_insert(to->notes, g_strdup(key), run_disk_copy(value));
}

void host_back_up(Host *host)
{
    if (!host->disk.counters)
        return;
    copy_disk(&host->backup, &host->disk);
    host->has_backup = true;
}

static void tell_restored(Host *host)
{
    GHashTableIter iter;
    void *key;

    g_hash_table_iter_init(&iter, host->disk.folders);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        char run[RUN_ID_CHARS + 1];
        int64_t attempt;

        run_name_parse(key, run, &attempt);
        truth_restored_folder(host->sim->truth, run);
    }
}

void host_restore_journal(Host *host)
{
    if (!host->has_backup)
        return;
    host_reboot(host);
    sim_trace(host->sim, "%s has an older copy of its journal", host->name);
    detach_shims(host);
    copy_disk(&host->disk, &host->backup);
    forget_boot(&host->disk);
    truth_lost_journal(host->sim->truth, host, true);
    tell_restored(host);
}

void host_swap_journals(Host *one, Host *other)
{
    host_reboot(one);
    host_reboot(other);
    sim_trace(one->sim, "%s and %s have each other's journal", one->name, other->name);
    detach_shims(one);
    detach_shims(other);
    replace_disk(&one->disk, &other->disk);
    truth_lost_journal(one->sim->truth, one, false);
    truth_lost_journal(one->sim->truth, other, false);
}

void host_set_clock(Host *host, int64_t by_ms)
{
    host->clock_ms += by_ms;
    if (by_ms < 0)
        truth_put_back_clock(host->sim->truth, host);
    truth_disturb(host->sim->truth, host);
    host_post(host, worker_event_new(WORKER_EVENT_TICK));
}

void host_heal(Host *host)
{
    host->disk.is_full = false;
    truth_disturb(host->sim->truth, host);
}
