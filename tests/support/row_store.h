/*
 * agent1's store in memory, for tests: the rows of every table, with the answers that the real
 * store gives (agent1/edge/store_rows.h, store_query.h). Transactions are the caller's.
 */
#ifndef TESTS_SUPPORT_ROW_STORE_H
#define TESTS_SUPPORT_ROW_STORE_H

#include "agent1/port/effect.h"
#include "agent1/port/event.h"
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
    for (int table = 0; table < TABLE_COUNT; table++)
        store->tables[table] =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, row_store_free_row);
}

static inline void row_store_clear(RowStore *store)
{
    for (int table = 0; table < TABLE_COUNT; table++)
        g_clear_pointer(&store->tables[table], g_hash_table_unref);
}

static inline Row *row_store_copy_row(const Row *row)
{
    Row *copy = row_new(row->table);

    for (unsigned i = 0; i < table_info(row->table)->column_count; i++) {
        copy->values[i] = row->values[i];
        copy->values[i].text = g_strdup(row->values[i].text);
    }
    return copy;
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

    if (row->table == TABLE_ORPHANS)
        return false;
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
            g_ptr_array_add(rows, row_store_copy_row(row));
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
            row_store_put(store, row_store_copy_row(row));
    }
}

static inline int row_store_newest_first(gconstpointer a, gconstpointer b)
{
    int64_t one = row_int(*(const Row *const *)a, RUNS_NUMBER);
    int64_t other = row_int(*(const Row *const *)b, RUNS_NUMBER);

    return one > other ? -1 : one < other;
}

static inline bool row_store_matches(const Row *row, const EffectQuery *query)
{
    RunState state;

    switch (query->kind) {
    case QUERY_RUN_BY_ID:
        return strcmp(row_text(row, RUNS_ID), query->text) == 0;
    case QUERY_RUN_BY_NUMBER:
        return row_int(row, RUNS_NUMBER) == query->number;
    case QUERY_RUNS_RECENT:
        return !query->text || strcmp(row_text(row, RUNS_AGENT), query->text) == 0;
    case QUERY_RUNS_FAILED:
        return (!query->text || strcmp(row_text(row, RUNS_AGENT), query->text) == 0) &&
               run_state_parse(row_text(row, RUNS_STATE), &state) && run_state_is_failure(state);
    case QUERY_AUDIT:
        return false;
    }
    g_assert_not_reached();
}

static inline void row_store_add_fact(GPtrArray *rows, const char *name, const char *value)
{
    Row *row = row_new(TABLE_META);

    row_set_text(row, META_NAME, name);
    row_set_text(row, META_VALUE, value);
    g_ptr_array_add(rows, row);
}

/* The hash that an audit row of this number has here: nothing is computed. The caller owns it. */
static inline char *row_store_audit_hash(int64_t number)
{
    return g_strdup_printf("%064" G_GINT64_MODIFIER "x", number);
}

/* An audit of audit_rows rows, of which the one after audit_sound does not fit. */
static inline void row_store_check_audit(const RowStore *store, const EffectQuery *query,
                                         GPtrArray *rows)
{
    int64_t sound = MIN(store->audit_rows, store->audit_sound);
    int64_t last = MIN(query->number + (int64_t)query->limit, sound);
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, last);
    g_autofree char *hash = row_store_audit_hash(last);
    g_autofree char *before = row_store_audit_hash(query->number);

    g_assert(query->number == 0 || g_strcmp0(query->text, before) == 0);
    row_store_add_fact(rows, AUDIT_CHECKED, number);
    row_store_add_fact(rows, AUDIT_HASH, hash);
    if (last < query->number + (int64_t)query->limit && sound < store->audit_rows)
        row_store_add_fact(rows, AUDIT_BROKEN, "was changed: its hash does not fit");
    else if (last < query->number + (int64_t)query->limit)
        row_store_add_fact(rows, AUDIT_ENDS, "");
}

/* The answer to a query: an event without time and seed. */
static inline Event *row_store_query(const RowStore *store, const EffectQuery *query)
{
    Event *event = event_new(EVENT_ROWS);
    GHashTableIter iter;
    void *row;

    event->rows.cookie = query->cookie;
    event->rows.rows = g_ptr_array_new_with_free_func(row_store_free_row);
    if (query->kind == QUERY_AUDIT) {
        row_store_check_audit(store, query, event->rows.rows);
        return event;
    }
    g_hash_table_iter_init(&iter, store->tables[TABLE_RUNS]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (row_store_matches(row, query))
            g_ptr_array_add(event->rows.rows, row_store_copy_row(row));
    }
    g_ptr_array_sort(event->rows.rows, row_store_newest_first);
    if (event->rows.rows->len > query->limit)
        g_ptr_array_set_size(event->rows.rows, (int)query->limit);
    return event;
}

#endif
