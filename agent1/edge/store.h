/*
 * The store: SQLite on its own thread, the only writer and the only reader.
 *
 * A batch is all that one turn of the loop wants stored; it commits in one transaction (WAL,
 * synchronous FULL), or not at all. Answers come back on the main loop, in order. The audit rows of
 * a batch are chained here: hash = SHA-256 over the previous hash and the row.
 *
 * Does not know what rows mean: agent1/port/table.h describes them.
 */
#ifndef AGENT1_EDGE_STORE_H
#define AGENT1_EDGE_STORE_H

#include "agent1/edge/store_outcome.h"
#include "agent1/port/effect.h"
#include "agent1/port/table.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Store Store;

typedef struct StoreAnswer {
    uint64_t batch;
    StoreOutcome outcome;
    char *error;       /* NULL when committed */
    GPtrArray *events; /* Event *, EVENT_ROWS for the batch's queries in order; steal or leave */
} StoreAnswer;

typedef void (*StoreHandler)(StoreAnswer *answer, void *data);

/*
 * Opens state_dir/agent1.db, creating or upgrading it. handler is called on the main loop for each
 * batch. The whole file is read first, each row against its checksum. A damaged database is renamed
 * to agent1.db.damaged-<time> together with its log, the reason is logged, a new one is begun, and
 * *out_set_aside gets the new name (the caller's; NULL otherwise). An audit that does not fit its
 * chain is only logged: it stays as evidence. Errors: PROBLEM_IO (cannot be opened, read-only,
 * locked by another agent1, not a local file system), PROBLEM_FULL, PROBLEM_VALUE (of a newer
 * version, or with tables or triggers that agent1 did not make).
 *
 * While it is open no other process can read it: what looks at the database asks agent1.
 */
Store *store_open(const char *state_dir, StoreHandler handler, void *data, char **out_set_aside,
                  GError **error);

/* Finishes what was committed, closes, joins the thread. */
void store_free(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_free)

/* The live rows of a table (TableInfo.live_where), Row *, in order of primary key. Waits for the
 * store's thread: only for start-up and for restoring after STORE_FULL. */
GPtrArray *store_load(Store *store, Table table, GError **error);

/* Hands over the stored effects and queries of one turn: Effect *, in order; the array is taken
 * over. The caller keeps one batch in flight. */
void store_commit(Store *store, uint64_t batch, GPtrArray *effects);

/* Walks the audit chain: the number of rows and the head's hash, or an error that names the first
 * row that does not fit. For --audit-verify. */
bool store_verify_audit(Store *store, int64_t *out_rows, char **out_head, GError **error);

#endif
