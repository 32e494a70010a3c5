/*
 * What the journal's threads (journal.c) and its start (journal_start.c) both know of the state
 * folder. For these two alone.
 */
#ifndef AGENT2_EDGE_JOURNAL_FILES_H
#define AGENT2_EDGE_JOURNAL_FILES_H

#include "agent2/port/worker_folder.h"

#include <glib.h>
#include <stdbool.h>

/* As many folders at a time: what waits for the disk together is one commit of the file system. */
#define JOURNAL_LANES     8
#define JOURNAL_RUNS_MODE 0700
#define JOURNAL_COUNTERS  "counters"

/* The file with a lane's notes of refusals. The caller owns it. */
char *journal_notes_path(const char *state_dir, unsigned lane);

/* The folder with what agent2 keeps of its task; is_news as in run_folder_read(). NULL on errors.
 */
WorkerFolder *journal_read_folder(const char *path, const char *boot_id, bool is_news,
                                  GError **error);

#endif
