/*
 * agent1's store in memory, for tests: the rows of every table, as agent1/edge/store_rows.h keeps
 * them. Transactions are the caller's; what queries find is tests/support/row_query.h.
 */
#ifndef TESTS_SUPPORT_ROW_STORE_H
#define TESTS_SUPPORT_ROW_STORE_H

#include "agent1/port/effect.h"
#include "agent1/port/table.h"
#include "common/wire/run_state.h"

#include <glib.h>
#include <string.h>

typedef struct RowStore {
    GHashTable *tables[TABLE_COUNT]; /* primary key → Row * */
    int64_t audit_rows;              /* so many rows has the audit, as its checks tell */
    int64_t audit_sound;             /* so many of them fit */
} RowStore;

static inline void row_store_free_row(void *row)
{
    row_free(row);
}

static inline void row_store_init(RowStore *store)
{
    store->audit_rows = 0;
    store->audit_sound = 0;
    for (int table = 0; table < TABLE_COUNT; table++)
        store->tables[table] =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, row_store_free_row);
}

static inline void row_store_clear(RowStore *store)
{
    for (int table = 0; table < TABLE_COUNT; table++)
        g_clear_pointer(&store->tables[table], g_hash_table_unref);
}

/* Borrowed, or NULL. */
static inline Row *row_store_find(const RowStore *store, Table table, const char *key)
{
    return key ? g_hash_table_lookup(store->tables[table], key) : NULL;
}

/* Takes the row over. */
static inline void row_store_put(RowStore *store, Row *row)
{
    g_hash_table_replace(store->tables[row->table], row->values[0].text, row);
}

static inline void row_store_delete(RowStore *store, Table table, const char *key)
{
    g_hash_table_remove(store->tables[table], key);
}

static inline int row_store_compare_keys(gconstpointer a, gconstpointer b)
{
    return strcmp(row_text(*(const Row *const *)a, 0), row_text(*(const Row *const *)b, 0));
}

static inline bool row_store_is_live(const Row *row)
{
    RunState state;

    if (g_strcmp0(table_info(row->table)->live_where, "0") == 0)
        return false;
    if (row->table == TABLE_PLANS)
        return strcmp(row_text(row, PLANS_STATE), "open") == 0 ||
               strcmp(row_text(row, PLANS_STATE), "running") == 0;
    return row->table != TABLE_RUNS || !run_state_parse(row_text(row, RUNS_STATE), &state) ||
           !run_state_is_terminal(state);
}

/* The rows that core_restore() needs, in order of primary key: copies. */
static inline GPtrArray *row_store_load(const RowStore *store, Table table)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_store_free_row);
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, store->tables[table]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (row_store_is_live(row))
            g_ptr_array_add(rows, row_copy(row));
    }
    g_ptr_array_sort(rows, row_store_compare_keys);
    return rows;
}

/* All of another store's rows in place of its own. */
static inline void row_store_copy(RowStore *store, const RowStore *from)
{
    for (int table = 0; table < TABLE_COUNT; table++) {
        GHashTableIter iter;
        void *row;

        g_hash_table_remove_all(store->tables[table]);
        g_hash_table_iter_init(&iter, from->tables[table]);
        while (g_hash_table_iter_next(&iter, NULL, &row))
            row_store_put(store, row_copy(row));
    }
}

#endif
