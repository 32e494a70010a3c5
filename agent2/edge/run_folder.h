/*
 * Run folders as agent2 handles them: created whole before the ack, read for recovery and results,
 * claimed, cancelled, removed. What is in them and who writes what: agent2/folder/names.h. Decides
 * nothing: that is agent2/folder/decide.h.
 *
 * Every function that changes something returns true only once the change is durable. Errors are
 * PROBLEM_IO, PROBLEM_FULL, PROBLEM_BUSY, PROBLEM_LIMIT, PROBLEM_MISSING; messages begin with the
 * path. After PROBLEM_FULL and PROBLEM_BUSY nothing has changed. A path is that of one run folder
 * unless it says otherwise.
 */
#ifndef AGENT2_EDGE_RUN_FOLDER_H
#define AGENT2_EDGE_RUN_FOLDER_H

#include "agent2/folder/claim.h"
#include "agent2/folder/decide.h"
#include "agent2/folder/exit.h"
#include "agent2/folder/output.h"
#include "agent2/folder/task.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define RUN_META_MAX_BYTES (256 * 1024)

/* <runs>/<run>.<attempt>; the caller owns it. */
char *run_folder_path(const char *runs, const char *run, int64_t attempt);

/* This host's boot id, read once by the caller and kept; out has room for the NUL. */
bool run_folder_boot_id(char out[RUN_BOOT_ID_CHARS + 1], GError **error);

/*
 * The journal entry of rule 2: a folder with `task`, whole and durable, or none. Returns true too
 * when this attempt has a folder already, and sets *out_existed: the task is a repeat (or its
 * cancel came first), and what is there decides.
 */
bool run_folder_create(const char *runs, const RunTask *task, bool *out_existed, GError **error);

/*
 * A tombstone: a folder with a claim (never CLAIM_STARTED) and `meta`, for an attempt that was not
 * received or is refused at once. If there is a folder already, *out_existed is set, nothing has
 * changed, and run_folder_claim() is the way.
 */
bool run_folder_create_tombstone(const char *runs, const char *run, int64_t attempt,
                                 const RunClaim *claim, const char *meta, size_t meta_bytes,
                                 bool *out_existed, GError **error);

/*
 * Makes the agent's claim (never CLAIM_STARTED) in an existing folder. True when a claim stands
 * durably there afterwards: *out_is_mine says whether it is this one, *out_claim what it is (kind
 * CLAIM_UNREADABLE when damaged). If the shim was first with `started`, write a cancel instead.
 */
bool run_folder_claim(const char *path, const RunClaim *claim, bool *out_is_mine,
                      RunClaim *out_claim, GError **error);

/* Tells the shim to end its command. Repeats are fine. */
bool run_folder_cancel(const char *path, GError **error);

/* Notes that agent1 has taken the outcome. Repeats are fine. Not synced: were it lost in a power
 * cut, the outcome would be told once more. */
bool run_folder_mark_done(const char *path, GError **error);

/* Everything about one folder but its output and its task. */
typedef struct RunSnapshot {
    char run[RUN_ID_CHARS + 1];
    int64_t attempt;
    FolderFacts facts;
    RunClaim claim; /* kind CLAIM_NONE when there is none */
    RunExit end;    /* valid when facts.exit is EXIT_READABLE */
    bool has_cancel;
    bool is_done;
    int64_t output_end; /* bytes of output so far, as far as they were kept */
} RunSnapshot;

/* True when a shim holds the lock, and when there is no descriptor to look with: who cannot look
 * has not seen the end of a shim. A folder that is not there counts as free. */
bool run_folder_is_locked(const char *path);

/*
 * Reads the folder. Damaged files are facts, not errors.
 *
 * is_news: what the folder says will be told for the first time. Then the file that decides, and
 * its name, are synced, since what was told may not be taken back by a power cut: an outcome is
 * told once and for all (delivery rule 8), of what runs nobody may hear later that it was never
 * started, and a cancel that was acknowledged stays (rule 3). What was told before, was taken by
 * agent1, or is said to be durable by its shim is durable already, and that nothing is decided is
 * no promise.
 */
bool run_folder_read(const char *path, const char *boot_id, bool is_news, RunSnapshot *out,
                     GError **error);

/* The order as it was written, with the text that it borrows from. */
typedef struct RunTaskFile {
    RunTask task;
    char *text;
} RunTaskFile;

RunTaskFile *run_folder_read_task(const char *path, GError **error);
void run_task_file_free(RunTaskFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunTaskFile, run_task_file_free)

/* What agent2 kept with the order, with a NUL after it. The caller owns it. */
char *run_folder_read_meta(const char *path, size_t *out_length, GError **error);

/*
 * Up to max_bytes of the output from offset on, raw. Where bytes were not kept, it goes on at the
 * next kept one: *out_offset is where the returned bytes begin. Nothing kept from there on: zero
 * bytes, and *out_offset = offset. The caller owns the result (a NUL stands after it). It copes
 * with a shim that rotates at the same time.
 */
char *run_folder_read_output(const char *path, int64_t offset, size_t max_bytes,
                             int64_t *out_offset, size_t *out_length, GError **error);

/* Where the output that was kept so far ends in the whole of it; 0 when there is none. */
int64_t run_folder_output_end(const char *path);

/* The last at most max_bytes that were kept, as run_folder_read_output() gives them; they end where
 * the output ends. Bytes before a gap are not returned. */
char *run_folder_read_tail(const char *path, size_t max_bytes, int64_t *out_offset,
                           size_t *out_length, GError **error);

/* The names (not paths) of the run folders in runs, in order, char *. Removes what an interrupted
 * create or remove left, so it is for the start. Other entries are ignored. NULL only on errors. */
GPtrArray *run_folder_list(const char *runs, GError **error);

/* Removes a folder for good: first out of sight, so that a crash leaves no half of one. Absent is
 * fine. */
bool run_folder_remove(const char *path, GError **error);

/*
 * Whether processes of an attempt live though its shim does not: those of the session that its
 * claim names, and those with its cookie in their environment, as far as this process may look.
 * Only for recovery_may_restart(): it walks through /proc.
 */
bool run_folder_has_survivors(const char *path, const RunClaim *claim);

#endif
