/* What the journal holds when agent2 starts: counters, run folders, notes. */
#include "agent2/edge/journal.h"
#include "agent2/edge/journal_files.h"
#include "agent2/edge/refusal_notes.h"
#include "agent2/edge/run_folder.h"
#include "common/base/problem.h"
#include "common/sys/file.h"

#include <string.h>

#include "common/base/banned.h"

#define NOTES_FILE         "refusals"
#define COUNTERS_MAX_BYTES (512 * 1024)

char *journal_notes_path(const char *state_dir, unsigned lane)
{
    g_autofree char *name = g_strdup_printf(NOTES_FILE "-%u", lane);

    return g_build_filename(state_dir, name, NULL);
}

WorkerFolder *journal_read_folder(const char *path, const char *boot_id, bool is_news,
                                  GError **error)
{
    g_autofree RunSnapshot *snapshot = g_new0(RunSnapshot, 1);
    WorkerFolder *folder;

    if (!run_folder_read(path, boot_id, is_news, snapshot, error))
        return NULL;

    folder = worker_folder_new(snapshot->run, snapshot->attempt);
    folder->facts = snapshot->facts;
    folder->claim = snapshot->claim;
    folder->end = snapshot->end;
    folder->has_cancel = snapshot->has_cancel;
    folder->is_done = snapshot->is_done;
    folder->output_end = snapshot->output_end;
    folder->meta = run_folder_read_meta(path, NULL, NULL);
    if (recovery_decide(&folder->facts) == RECOVERY_UNKNOWN && folder->facts.is_same_boot)
        folder->has_survivors = run_folder_has_survivors(path, &folder->claim);
    return folder;
}

char *journal_read_counters(const char *state_dir, GError **error)
{
    g_autofree char *path = g_build_filename(state_dir, JOURNAL_COUNTERS, NULL);
    g_autoptr(GError) problem = NULL;
    char *text = file_read(path, COUNTERS_MAX_BYTES, NULL, &problem);

    if (!text && !g_error_matches(problem, PROBLEM, PROBLEM_MISSING))
        g_propagate_error(error, g_steal_pointer(&problem));
    return text;
}

static void free_folder(void *folder)
{
    worker_folder_free(folder);
}

/* One that cannot be read costs no other, and stays as it is for a person to look at. NULL with an
 * error only when later it may be read. */
static WorkerFolder *find_folder(const char *runs, const char *name, const char *boot_id,
                                 GError **error)
{
    g_autofree char *path = g_build_filename(runs, name, NULL);
    g_autoptr(GError) problem = NULL;
    WorkerFolder *folder = journal_read_folder(path, boot_id, true, &problem);
    char run[RUN_ID_CHARS + 1];
    int64_t attempt;

    if (folder)
        return folder;
    if (g_error_matches(problem, PROBLEM, PROBLEM_BUSY) || !run_name_parse(name, run, &attempt)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }

    folder = worker_folder_new(run, attempt);
    folder->meta = run_folder_read_meta(path, NULL, NULL);
    folder->problem = g_strdup(problem->message);
    return folder;
}

/* Refusals without a folder; where there is one meanwhile, the note has had its time. */
static bool add_notes(const char *state_dir, const char *runs, GPtrArray *folders, GError **error)
{
    for (unsigned i = 0; i < JOURNAL_LANES; i++) {
        g_autofree char *path = journal_notes_path(state_dir, i);
        g_autoptr(RefusalNotes) notes = refusal_notes_new(path, error);
        g_autoptr(GPtrArray) noted = g_ptr_array_new();

        if (!notes)
            return false;
        refusal_notes_list(notes, noted);
        for (guint k = 0; k < noted->len; k++) {
            WorkerFolder *note = g_ptr_array_index(noted, k);
            g_autofree char *folder = run_folder_path(runs, note->run, note->attempt);

            if (!g_file_test(folder, G_FILE_TEST_EXISTS)) {
                g_ptr_array_add(folders, note);
                continue;
            }
            refusal_notes_drop(notes, note->run, note->attempt);
            worker_folder_free(note);
        }
    }
    return true;
}

GPtrArray *journal_read_folders(const char *state_dir, const char *boot_id, GError **error)
{
    g_autofree char *runs = g_build_filename(state_dir, RUNS_FOLDER, NULL);
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(free_folder);
    g_autoptr(GPtrArray) names = NULL;

    if (!file_make_folder(runs, JOURNAL_RUNS_MODE, error))
        return NULL;
    names = run_folder_list(runs, error);
    /* Who named the last of them may have crashed before it was durable, and it will be told of. */
    if (names && !file_sync_folder(runs, error))
        return NULL;
    for (guint i = 0; names && i < names->len; i++) {
        WorkerFolder *folder = find_folder(runs, g_ptr_array_index(names, i), boot_id, error);

        if (!folder)
            return NULL;
        g_ptr_array_add(folders, folder);
    }
    if (!names || !add_notes(state_dir, runs, folders, error))
        return NULL;
    return g_steal_pointer(&folders);
}
