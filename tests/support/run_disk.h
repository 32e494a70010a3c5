/*
 * An agent's state folder in memory, for tests: run folders and the counters file, changed and read
 * as the journal does it (agent2/edge/journal.h, run_folder.h): a folder appears whole, a claim is
 * never replaced, a full disk changes nothing. Shims and locks are the caller's.
 */
#ifndef TESTS_SUPPORT_RUN_DISK_H
#define TESTS_SUPPORT_RUN_DISK_H

#include "agent2/port/worker_effect.h"
#include "agent2/port/worker_event.h"
#include "agent2/port/worker_folder.h"

#include <glib.h>
#include <string.h>

/* A run folder: what stands in its files. */
typedef struct DiskFolder {
    WorkerFolder *facts;
    char *command; /* the text of sh -c --, or all of argv */
    int64_t expires_ms;
    int64_t window_end_ms;
    int64_t timeout_ms;
    char *output;
    unsigned launches; /* for the caller to count */
    unsigned birth;    /* its number among all that were made: made anew, it has another */
} DiskFolder;

typedef struct RunDisk {
    GHashTable *folders; /* "<run>.<attempt>" → DiskFolder * */
    char *counters;      /* NULL: there is no such file */
    const char *boot_id; /* for the agent's claims */
    bool is_full;
    bool cannot_note;  /* refusals */
    GHashTable *notes; /* of refusals without a folder: "<run>.<attempt>" → WorkerFolder * */
    bool is_busy;      /* there is no descriptor left */
    unsigned births;   /* folders that were ever made */
} RunDisk;

static inline void run_disk_free_folder(void *data)
{
    DiskFolder *folder = data;

    worker_folder_free(folder->facts);
    g_free(folder->command);
    g_free(folder->output);
    g_free(folder);
}

static inline void run_disk_init(RunDisk *disk, const char *boot_id)
{
    *disk = (RunDisk){ .boot_id = boot_id };
    disk->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, run_disk_free_folder);
    disk->notes =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)worker_folder_free);
}

static inline void run_disk_clear(RunDisk *disk)
{
    g_clear_pointer(&disk->folders, g_hash_table_unref);
    g_clear_pointer(&disk->notes, g_hash_table_unref);
    g_clear_pointer(&disk->counters, g_free);
}

static inline char *run_disk_key(const char *run, int64_t attempt)
{
    return g_strdup_printf("%s.%" G_GINT64_FORMAT, run, attempt);
}

/* Borrowed, or NULL. */
static inline DiskFolder *run_disk_find(const RunDisk *disk, const char *run, int64_t attempt)
{
    g_autofree char *key = run_disk_key(run, attempt);

    return g_hash_table_lookup(disk->folders, key);
}

static inline DiskFolder *run_disk_make(RunDisk *disk, const char *run, int64_t attempt)
{
    DiskFolder *folder = g_new0(DiskFolder, 1);

    folder->facts = worker_folder_new(run, attempt);
    folder->facts->facts.is_same_boot = true;
    folder->birth = ++disk->births;
    g_hash_table_insert(disk->folders, run_disk_key(run, attempt), folder);
    return folder;
}

static inline void run_disk_set_claim(DiskFolder *folder, const RunClaim *claim)
{
    folder->facts->claim = *claim;
    folder->facts->facts.claim = claim->kind;
    folder->facts->facts.is_same_boot = true;
}

static inline WorkerFolder *run_disk_copy(const WorkerFolder *facts)
{
    WorkerFolder *copy = worker_folder_new(facts->run, facts->attempt);
    char *run = copy->run;

    *copy = *facts;
    copy->run = run;
    copy->meta = g_strdup(facts->meta);
    copy->problem = g_strdup(facts->problem);
    return copy;
}

/* A copy of the facts, as a read of the folder gives them; the caller owns it. */
static inline WorkerFolder *run_disk_facts(const DiskFolder *folder)
{
    WorkerFolder *copy = run_disk_copy(folder->facts);

    copy->output_end = folder->output ? (int64_t)strlen(folder->output) : 0;
    return copy;
}

/* All folders in the order of their names, as worker_restore() gets them; the caller owns it. */
static inline GPtrArray *run_disk_list(const RunDisk *disk)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func((GDestroyNotify)worker_folder_free);
    g_autoptr(GList) more = NULL;
    g_autoptr(GList) keys =
        g_list_sort(g_hash_table_get_keys(disk->folders), (GCompareFunc)(void (*)(void))strcmp);

    for (GList *key = keys; key; key = key->next)
        g_ptr_array_add(folders, run_disk_facts(g_hash_table_lookup(disk->folders, key->data)));
    more = g_list_sort(g_hash_table_get_keys(disk->notes), (GCompareFunc)(void (*)(void))strcmp);
    for (GList *key = more; key; key = key->next) {
        if (!g_hash_table_contains(disk->folders, key->data))
            g_ptr_array_add(folders, run_disk_copy(g_hash_table_lookup(disk->notes, key->data)));
    }
    return folders;
}

/* ---- durable effects ---- */

static inline void run_disk_create(RunDisk *disk, const WorkerEffect *effect, WorkerEvent *answer)
{
    g_autofree char *key = run_disk_key(effect->run, effect->attempt);
    const WorkerOrder *order = effect->create.order;
    DiskFolder *folder;

    answer->journaled.existed = run_disk_find(disk, effect->run, effect->attempt) != NULL;
    if (answer->journaled.existed)
        return;
    folder = run_disk_make(disk, effect->run, effect->attempt);
    folder->facts->facts.has_task = true;
    folder->facts->meta = g_strdup(effect->create.meta);
    folder->command = strcmp(order->argv[0], "/bin/sh") == 0 ? g_strdup(order->argv[3])
                                                             : g_strjoinv(" ", order->argv);
    folder->expires_ms = order->expires_ms;
    folder->window_end_ms = order->window_end_ms;
    folder->timeout_ms = order->timeout_ms;
    g_hash_table_remove(disk->notes, key);
}

static inline void run_disk_tombstone(RunDisk *disk, const WorkerEffect *effect,
                                      WorkerEvent *answer)
{
    g_autofree char *key = run_disk_key(effect->run, effect->attempt);
    DiskFolder *folder = run_disk_find(disk, effect->run, effect->attempt);

    answer->journaled.existed = folder != NULL;
    answer->journaled.claim = effect->claim.claim;
    g_strlcpy(answer->journaled.claim.boot_id, disk->boot_id,
              sizeof answer->journaled.claim.boot_id);
    if (folder)
        return;
    folder = run_disk_make(disk, effect->run, effect->attempt);
    folder->facts->meta = g_strdup(effect->claim.meta);
    run_disk_set_claim(folder, &answer->journaled.claim);
    g_hash_table_remove(disk->notes, key);
}

static inline void run_disk_claim(DiskFolder *folder, const WorkerEffect *effect,
                                  WorkerEvent *answer)
{
    answer->journaled.is_mine = folder->facts->facts.claim == CLAIM_NONE;
    if (answer->journaled.is_mine)
        run_disk_set_claim(folder, &effect->claim.claim);
    answer->journaled.claim = folder->facts->claim;
}

static inline void run_disk_read(const RunDisk *disk, const WorkerEffect *effect,
                                 WorkerEvent *answer)
{
    DiskFolder *folder = run_disk_find(disk, effect->run, effect->attempt);
    const char *output = folder && folder->output ? folder->output : "";
    WorkerRead *read = &answer->read;

    read->kind = effect->read.kind;
    read->output.in_reply_to = g_strdup(effect->read.in_reply_to);
    read->is_busy = disk->is_busy;
    if (disk->is_busy) {
        read->problem = g_strdup("too many open files");
        return;
    }
    if (!folder) {
        read->problem = g_strdup("no such folder");
        return;
    }
    read->folder = run_disk_facts(folder);
    if (effect->read.kind == WORKER_READ_OUTPUT) {
        read->output.offset = MIN(effect->read.offset, (int64_t)strlen(output));
        output += read->output.offset;
    }
    read->output.head = g_bytes_new(output, strlen(output));
    read->output.tail = g_bytes_new(output, strlen(output));
}

static inline void run_disk_refuse(WorkerEvent *answer, WorkerStored outcome, const char *problem)
{
    answer->journaled.outcome = outcome;
    answer->journaled.problem = g_strdup(problem);
}

/* In the place of a tombstone for which there is no room. */
static inline void run_disk_note(RunDisk *disk, const WorkerEffect *effect, WorkerEvent *answer)
{
    WorkerFolder *note = worker_folder_new(effect->run, effect->attempt);

    note->is_noted = true;
    note->claim = effect->claim.claim;
    note->facts.claim = note->claim.kind;
    note->meta = g_strdup(effect->claim.meta);
    g_hash_table_insert(disk->notes, run_disk_key(effect->run, effect->attempt), note);
    answer->journaled.is_noted = true;
}

static inline void run_disk_change(RunDisk *disk, const WorkerEffect *effect, WorkerEvent *answer)
{
    DiskFolder *folder = effect->run ? run_disk_find(disk, effect->run, effect->attempt) : NULL;
    bool needs_folder = effect->kind == WORKER_EFFECT_CLAIM ||
                        effect->kind == WORKER_EFFECT_CANCEL || effect->kind == WORKER_EFFECT_DONE;

    if ((disk->is_full || disk->is_busy) && effect->kind == WORKER_EFFECT_TOMBSTONE &&
        !disk->cannot_note)
        run_disk_note(disk, effect, answer);
    if (disk->is_full && effect->kind != WORKER_EFFECT_REMOVE) {
        run_disk_refuse(answer, WORKER_DISK_FULL, "no space left on device");
    } else if (disk->is_busy && effect->kind != WORKER_EFFECT_REMOVE) {
        run_disk_refuse(answer, WORKER_BUSY, "too many open files");
    } else if (needs_folder && !folder) {
        run_disk_refuse(answer, WORKER_REFUSED, "no such folder");
    } else if (effect->kind == WORKER_EFFECT_CREATE) {
        run_disk_create(disk, effect, answer);
    } else if (effect->kind == WORKER_EFFECT_TOMBSTONE) {
        run_disk_tombstone(disk, effect, answer);
    } else if (effect->kind == WORKER_EFFECT_CLAIM) {
        run_disk_claim(folder, effect, answer);
    } else if (effect->kind == WORKER_EFFECT_CANCEL) {
        folder->facts->has_cancel = true;
    } else if (effect->kind == WORKER_EFFECT_DONE) {
        folder->facts->is_done = true;
    } else if (effect->kind == WORKER_EFFECT_REMOVE) {
        g_autofree char *key = run_disk_key(effect->run, effect->attempt);

        g_hash_table_remove(disk->folders, key);
    } else {
        g_free(disk->counters);
        disk->counters = g_strdup(effect->counters.text);
    }
}

/* Does one durable effect; its answer, without time and seed, is the caller's. */
static inline WorkerEvent *run_disk_perform(RunDisk *disk, const WorkerEffect *effect)
{
    bool is_read = effect->kind == WORKER_EFFECT_READ;
    WorkerEvent *answer = worker_event_new_for_run(
        is_read ? WORKER_EVENT_FOLDER : WORKER_EVENT_JOURNALED, effect->run, effect->attempt);

    if (is_read) {
        run_disk_read(disk, effect, answer);
        return answer;
    }
    answer->journaled.effect = effect->kind;
    answer->journaled.version =
        effect->kind == WORKER_EFFECT_COUNTERS ? effect->counters.version : 0;
    run_disk_change(disk, effect, answer);
    return answer;
}

#endif
