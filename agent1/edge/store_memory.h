/*
 * The full-text index of what people had remembered (TABLE_MEMORIES), by FTS5. It holds no text of
 * its own, and whatever becomes of it, it can be made anew from the rows. No triggers keep it:
 * where the schema is not trusted, SQLite before 3.41 lets none write to a virtual table.
 */
#ifndef AGENT1_EDGE_STORE_MEMORY_H
#define AGENT1_EDGE_STORE_MEMORY_H

#include "agent1/edge/store_sql.h"

#define STORE_MEMORY_INDEX "memory_index"

/* What makes it; the table of memories comes first. */
#define STORE_MEMORY_TEXT                                                                          \
    "CREATE VIRTUAL TABLE \"" STORE_MEMORY_INDEX "\" USING fts5 (\"key\", \"value\", "             \
    "content = 'memories', tokenize = 'unicode61 remove_diacritics 2')"

/* The tables that FTS5 makes for itself, as a list for SQL's IN. */
#define STORE_MEMORY_OWN_TABLES                                                                    \
    "('memory_index_data', 'memory_index_idx', 'memory_index_docsize', 'memory_index_config')"

/* An SQL function of now, of when a note was changed and of when it was last recalled (or NULL), in
 * ms: 1, and half of that with every MEMORY_HALF_LIFE_MS since the later of the two. */
#define STORE_MEMORY_WORTH "memory_worth"

/* An SQL function of the index, in a query with MATCH: how well the note fits its words; more is
 * better. It reads nothing of other notes, so that none of them changes an order. */
#define STORE_MEMORY_FIT "memory_fit"

/* The same in C; 0: it was never recalled. */
double store_memory_worth(int64_t now_ms, int64_t changed_ms, int64_t recalled_ms);

/* Conditions on rows of memories, in queries of which parameter 4 is a user or NULL, and 6 another.
 * Nobody's private notes but those of the one: */
#define STORE_MEMORY_OWN "(\"scope\" = '" SCOPE_PRIVATE "' AND \"user_name\" = ?4)"

/* and all that are shared; */
#define STORE_MEMORY_SEEN "(\"scope\" = '" SCOPE_SHARED "' OR " STORE_MEMORY_OWN ")"

/* written by the other by hand, where one is named: what is not shown takes no place among the
 * first. */
#define STORE_MEMORY_WRITTEN                                                                       \
    "(?6 IS NULL OR (\"user_name\" = ?6 AND \"how\" = '" HOW_TYPED "' AND \"is_tainted\" = 0))"

/* Makes the functions known to a connection. */
bool store_memory_register(sqlite3 *db, GError **error);

/* Compares the index with the rows, and makes it anew when it does not fit them. */
bool store_memory_check(sqlite3 *db, GError **error);

/* Around every change of a memory's row, in the same transaction: before it, and after it. */
bool store_memory_drop(sqlite3 *db, const char *id, GError **error);
bool store_memory_add(sqlite3 *db, const char *id, GError **error);

#endif
