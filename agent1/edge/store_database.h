/*
 * The database file and its connection: created whole or not at all, checked when it is opened, set
 * aside when it is damaged, and one batch at a time written to it. All of it on one thread.
 */
#ifndef AGENT1_EDGE_STORE_DATABASE_H
#define AGENT1_EDGE_STORE_DATABASE_H

#include "agent1/edge/store_audit.h"
#include "agent1/edge/store_outcome.h"
#include "agent1/port/table.h"

#include <glib.h>
#include <stdbool.h>

typedef struct StoreDatabase StoreDatabase;

/*
 * Opens the database at this absolute path. One that is missing is created. One that is damaged is
 * renamed, together with its log, to path.damaged-<time>, a new one is created, and *out_set_aside
 * gets the new name (the caller's). Errors as for store_open().
 */
StoreDatabase *store_database_open(const char *path, char **out_set_aside, GError **error);
void store_database_free(StoreDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreDatabase, store_database_free)

/*
 * Writes a batch (Effect *) in one transaction, and appends the answers to its queries to events
 * (Event *). When not committed: nothing is written, events is empty, the error says why, and after
 * STORE_BROKEN the database must not be used any more.
 */
StoreOutcome store_database_write(StoreDatabase *database, GPtrArray *effects, GPtrArray *events,
                                  GError **error);

/* Moves what was written from the log into the database when the log has grown long. May take a
 * while. A full disk is no failure, for the log keeps it all. */
bool store_database_tidy(StoreDatabase *database, GError **error);

GPtrArray *store_database_load(StoreDatabase *database, Table table, GError **error);

bool store_database_verify(StoreDatabase *database, AuditHead *out_head, GError **error);

#endif
