/*
 * How the tables of agent1/port/table.h lie in SQLite: the connection's settings, the texts that
 * create tables, indexes and triggers, the way from an older version to this one, and the check
 * that a database is sound. What only SQLite understands stands in store_schema.c alone.
 *
 * Besides the columns of table.h each table has one named STORE_CHECKSUM (store_rows.h), and there
 * is the table of the audit (store_audit.h).
 */
#ifndef AGENT1_EDGE_STORE_SCHEMA_H
#define AGENT1_EDGE_STORE_SCHEMA_H

#include "agent1/edge/store_sql.h"

/* Conditions of partial indexes: a query that is to use one says the same words. Not IN, for which
 * SQLite fills a table in memory at each row that it writes. */
#define STORE_RUN_FAILED                                                                           \
    "(state = 'failed' OR state = 'timed_out' OR state = 'unknown' OR "                            \
    "state = 'rejected' OR state = 'expired' OR state = 'missed')"
#define STORE_RUN_ENDED                                                                            \
    "(state = 'succeeded' OR state = 'failed' OR state = 'timed_out' OR "                          \
    "state = 'cancelled' OR state = 'rejected' OR state = 'expired' OR "                           \
    "state = 'denied' OR state = 'missed' OR state = 'skipped' OR state = 'unknown')"

/* Sets up a fresh connection: durable, exclusive, distrustful. */
bool store_schema_configure(sqlite3 *db, GError **error);

/* Creates everything in an empty database. */
bool store_schema_create(sqlite3 *db, GError **error);

/* Fails with PROBLEM_VALUE when the database is of a newer version than this program. */
bool store_schema_is_known(sqlite3 *db, GError **error);

/* Walks the whole file; the damage it finds is a PROBLEM_SYNTAX. */
bool store_schema_check_file(sqlite3 *db, GError **error);

/* Adds what an older version did not have yet: tables, columns, indexes. Then compares the texts of
 * all there is with those expected: something missing or different is a PROBLEM_SYNTAX, something
 * that this program did not make (say, a trigger) a PROBLEM_VALUE. */
bool store_schema_upgrade(sqlite3 *db, GError **error);

#endif
