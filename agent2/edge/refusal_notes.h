/*
 * Refusals for which the disk has no room: a file of fixed size, made while there is room, whose
 * slots are overwritten in place. A note stands for a tombstone until there is one. On a file
 * system that copies what it overwrites a note may fail, too: then it is false, and nothing is
 * promised.
 *
 * One thread owns an object. It holds a descriptor, since there may be none left when one is
 * needed.
 */
#ifndef AGENT2_EDGE_REFUSAL_NOTES_H
#define AGENT2_EDGE_REFUSAL_NOTES_H

#include "agent2/port/worker_folder.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct RefusalNotes RefusalNotes;

/* Makes the file where there is none and there is room for it. What was read is durable: who wrote
 * it may have been killed before it was. NULL with PROBLEM_IO or PROBLEM_BUSY when there is a file
 * and it cannot be read or synced: what it says was told. */
RefusalNotes *refusal_notes_new(const char *path, GError **error);
void refusal_notes_free(RefusalNotes *notes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RefusalNotes, refusal_notes_free)

/* True once it is durable; a repeat is fine. False when all slots are taken, it does not fit into
 * one, or the disk refuses. */
bool refusal_notes_put(RefusalNotes *notes, const char *run, int64_t attempt, const RunClaim *claim,
                       const char *meta);

/* There is a tombstone now. Not synced: a note too many makes one more attempt at a tombstone. */
void refusal_notes_drop(RefusalNotes *notes, const char *run, int64_t attempt);

/* What is noted, WorkerFolder *, appended. */
void refusal_notes_list(const RefusalNotes *notes, GPtrArray *folders);

#endif
