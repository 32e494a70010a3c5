/*
 * Rows to and from SQL: one kept statement for each thing done to each table.
 *
 * SQLite does not notice a byte that changed inside a value, so every row carries a checksum over
 * its values, which is compared whenever a row is read. It tells accidents, not intent: that is the
 * audit's part. Values that are not set do not count, so that a column added later changes nothing.
 */
#ifndef AGENT1_EDGE_STORE_ROWS_H
#define AGENT1_EDGE_STORE_ROWS_H

#include "agent1/edge/store_sql.h"
#include "agent1/port/table.h"

/* The column of every table. */
#define STORE_CHECKSUM "checksum"

typedef struct StoreRows StoreRows;

/* Prepares the statements; the connection is borrowed. */
StoreRows *store_rows_new(sqlite3 *db, GError **error);
void store_rows_free(StoreRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreRows, store_rows_free)

/* Inserts the row, or replaces the one with its primary key. */
bool store_rows_put(StoreRows *rows, const Row *row, GError **error);

/* Absent is fine. */
bool store_rows_delete(StoreRows *rows, Table table, const char *key, GError **error);

/* The live rows, Row *, in order of primary key. */
GPtrArray *store_rows_load(sqlite3 *db, Table table, GError **error);

/* Prepares "SELECT <the table's columns> FROM <table> <rest>" for store_rows_read(). */
sqlite3_stmt *store_rows_select(sqlite3 *db, Table table, const char *rest, GError **error);

/* Steps a bound statement of store_rows_select() to its end, resets it, and returns its rows. */
GPtrArray *store_rows_read(sqlite3_stmt *select, Table table, GError **error);

/* Reads every row of every table, to see that each fits its checksum. */
bool store_rows_check(sqlite3 *db, GError **error);

#endif
