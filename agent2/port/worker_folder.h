/*
 * A run folder as the worker's core sees it: what its files say, read by the journal. The files
 * themselves: agent2/folder/names.h.
 */
#ifndef AGENT2_PORT_WORKER_FOLDER_H
#define AGENT2_PORT_WORKER_FOLDER_H

#include "agent2/folder/claim.h"
#include "agent2/folder/decide.h"
#include "agent2/folder/exit.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WorkerFolder {
    char *run;
    int64_t attempt;
    FolderFacts facts;
    RunClaim claim; /* kind CLAIM_NONE when there is none */
    RunExit end;    /* valid when facts.exit is EXIT_READABLE */
    bool has_cancel;
    bool is_done;
    int64_t output_end; /* bytes written so far, as far as they were kept */
    bool has_survivors; /* processes of it live without their shim; looked for only when its end is
                           not known */
    char *meta;         /* what the worker kept with the order; NULL: nothing readable */
    bool is_noted;      /* there is no folder: a refusal that had no room, with claim and meta */
    char *problem;      /* why nothing is known of it but its name; NULL: it could be read */
} WorkerFolder;

WorkerFolder *worker_folder_new(const char *run, int64_t attempt);
void worker_folder_free(WorkerFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerFolder, worker_folder_free)

#endif
