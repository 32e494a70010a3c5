/*
 * The answers that the tests' store gives to queries: those of agent1/edge/store_query.h, found the
 * plain way.
 */
#ifndef TESTS_SUPPORT_ROW_QUERY_H
#define TESTS_SUPPORT_ROW_QUERY_H

#include "agent1/port/event.h"
#include "tests/support/row_range.h"
#include "tests/support/row_store.h"

static inline bool row_query_begins_a_word(const char *text, const char *word)
{
    g_autofree char *folded = g_utf8_casefold(text, -1);
    g_autofree char *wanted = g_utf8_casefold(word, -1);
    const char *at = folded;

    while ((at = strstr(at, wanted))) {
        const char *before = at > folded ? g_utf8_prev_char(at) : NULL;

        if (!before || !g_unichar_isalnum(g_utf8_get_char(before)))
            return true;
        at++;
    }
    return false;
}

/* Every word of '"one"* "two"*' begins a word of the key or the value; or any of them does. */
static inline bool row_query_holds_words(const Row *row, const char *match, bool is_any)
{
    g_auto(GStrv) parts = g_strsplit(match, "\"", -1);

    for (unsigned i = 1; parts[i - 1] && parts[i]; i += 2) {
        if ((row_query_begins_a_word(row_text(row, MEMORIES_KEY), parts[i]) ||
             row_query_begins_a_word(row_text(row, MEMORIES_VALUE), parts[i])) == is_any)
            return is_any;
    }
    return !is_any;
}

static inline bool row_query_is_private(const Row *row)
{
    return g_strcmp0(row_text(row, MEMORIES_SCOPE), SCOPE_PRIVATE) == 0;
}

/* Shared, or private and of this user. */
static inline bool row_query_is_seen(const Row *row, const char *user)
{
    if (row_query_is_private(row))
        return user && g_strcmp0(row_text(row, MEMORIES_USER), user) == 0;
    return g_strcmp0(row_text(row, MEMORIES_SCOPE), SCOPE_SHARED) == 0;
}

/* Of the writer, where one is named. */
static inline bool row_query_is_written(const Row *row, const char *writer)
{
    return !writer ||
           (g_strcmp0(row_text(row, MEMORIES_USER), writer) == 0 &&
            g_strcmp0(row_text(row, MEMORIES_HOW), HOW_TYPED) == 0 &&
            row_is_set(row, MEMORIES_IS_TAINTED) && row_int(row, MEMORIES_IS_TAINTED) == 0);
}

/* The row of a vector that this model made of the note as it is, or NULL. */
static inline const Row *row_query_vector(const RowStore *store, const Row *note, const char *model)
{
    const Row *row = row_store_find(store, TABLE_VECTORS, row_text(note, MEMORIES_ID));

    return row && g_strcmp0(row_text(row, VECTORS_MODEL), model) == 0 &&
                   row_int(row, VECTORS_MADE) == row_int(note, MEMORIES_CHANGED)
               ? row
               : NULL;
}

/* Near is the same, here. */
static inline bool row_query_is_near(const RowStore *store, const Row *note,
                                     const EffectQuery *query)
{
    const Row *row = row_query_vector(store, note, query->text);

    return row && query->vector && row_bytes(row, VECTORS_VECTOR) &&
           g_bytes_equal(row_bytes(row, VECTORS_VECTOR), query->vector);
}

static inline bool row_query_fits(const RowStore *store, const Row *row, const EffectQuery *query)
{
    switch (query->kind) {
    case QUERY_MEMORY:
        return g_strcmp0(row_text(row, 0), query->text) == 0 ||
               (query->beside && g_strcmp0(row_text(row, 0), query->beside) == 0);
    case QUERY_RUN_BY_ID:
    case QUERY_PLAN:
        return g_strcmp0(row_text(row, 0), query->text) == 0;
    case QUERY_RUN_BY_NUMBER:
        return row_int(row, RUNS_NUMBER) == query->number;
    case QUERY_RUNS_RECENT:
        return row_query_is_of(row, query->text);
    case QUERY_RUNS_FAILED:
        return row_query_is_of(row, query->text) && row_query_failed(row);
    case QUERY_MEMORY_MATCH:
    case QUERY_MEMORY_ANY:
        return row_query_is_seen(row, query->beside) && row_query_is_written(row, query->writer) &&
               row_query_holds_words(row, query->text, query->kind == QUERY_MEMORY_ANY);
    case QUERY_MEMORY_OWN:
        return row_query_is_private(row) && row_query_is_seen(row, query->beside) &&
               row_query_holds_words(row, query->text, false);
    case QUERY_MEMORY_NEAR:
        return row_query_is_seen(row, query->beside) && row_query_is_written(row, query->writer) &&
               row_query_is_near(store, row, query);
    case QUERY_MEMORY_BARE:
        return !row_query_vector(store, row, query->text);
    case QUERY_VECTORS_REFUSED:
        return !row_bytes(row, VECTORS_VECTOR);
    case QUERY_PLAN_RUNS:
        return query->text && g_strcmp0(row_text(row, RUNS_PLAN), query->text) == 0;
    case QUERY_STEPS:
        return g_strcmp0(row_text(row, STEPS_PLAN), query->text) == 0;
    case QUERY_DAILY:
        return query->text && g_str_has_prefix(row_text(row, 0), query->text);
    case QUERY_AUDIT:
        return false;
    case QUERY_DAY:
    case QUERY_RANGE:
    case QUERY_RANGE_FAILED:
        break;
    }
    g_assert_not_reached();
}

static inline int row_query_newest_first(gconstpointer a, gconstpointer b)
{
    int64_t one = row_int(*(const Row *const *)a, RUNS_NUMBER);
    int64_t other = row_int(*(const Row *const *)b, RUNS_NUMBER);

    return one > other ? -1 : one < other;
}

/* ---- the audit ---- */

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

static inline void row_store_add_head(const RowStore *store, GPtrArray *rows)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, store->audit_rows);
    g_autofree char *hash = row_store_audit_hash(store->audit_rows);

    row_store_add_fact(rows, AUDIT_CHECKED, number);
    row_store_add_fact(rows, AUDIT_HASH, hash);
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

static inline Table row_query_table(QueryKind kind)
{
    switch (kind) {
    case QUERY_MEMORY:
    case QUERY_MEMORY_MATCH:
    case QUERY_MEMORY_ANY:
    case QUERY_MEMORY_OWN:
    case QUERY_MEMORY_NEAR:
    case QUERY_MEMORY_BARE:
        return TABLE_MEMORIES;
    case QUERY_VECTORS_REFUSED:
        return TABLE_VECTORS;
    case QUERY_PLAN:
        return TABLE_PLANS;
    case QUERY_STEPS:
        return TABLE_STEPS;
    case QUERY_DAILY:
        return TABLE_DAILIES;
    case QUERY_RUN_BY_ID:
    case QUERY_RUN_BY_NUMBER:
    case QUERY_RUNS_RECENT:
    case QUERY_RUNS_FAILED:
    case QUERY_PLAN_RUNS:
    case QUERY_AUDIT:
    case QUERY_DAY:
    case QUERY_RANGE:
    case QUERY_RANGE_FAILED:
        break;
    }
    return TABLE_RUNS;
}

/* The id of a private note may come behind that of a shared one: it is shown first all the same. */
static inline int row_query_private_first(gconstpointer a, gconstpointer b)
{
    return row_query_is_private(*(const Row *const *)b) -
           row_query_is_private(*(const Row *const *)a);
}

static inline GCompareFunc row_query_order(QueryKind kind)
{
    if (kind == QUERY_MEMORY)
        return row_query_private_first;
    return row_query_table(kind) == TABLE_RUNS && kind != QUERY_PLAN_RUNS ? row_query_newest_first
                                                                          : row_store_compare_keys;
}

/* The answer to a query: an event without time and seed. */
static inline Event *row_store_query(const RowStore *store, const EffectQuery *query)
{
    Table table = row_query_table(query->kind);
    Event *event = event_new(EVENT_ROWS);
    GHashTableIter iter;
    void *row;

    event->rows.cookie = query->cookie;
    event->rows.rows = g_ptr_array_new_with_free_func(row_store_free_row);
    if (query->kind == QUERY_AUDIT) {
        row_store_check_audit(store, query, event->rows.rows);
        return event;
    }
    if (query->until > 0) {
        row_range_answer(store, query, event->rows.rows);
        if (query->kind == QUERY_DAY)
            row_store_add_head(store, event->rows.rows);
        return event;
    }
    g_hash_table_iter_init(&iter, store->tables[table]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (row_query_fits(store, row, query))
            g_ptr_array_add(event->rows.rows, row_copy(row));
    }
    g_ptr_array_sort(event->rows.rows, row_query_order(query->kind));
    if (query->kind == QUERY_MEMORY_BARE && query->number > 0)
        g_ptr_array_remove_range(event->rows.rows, 0,
                                 (unsigned)MIN(query->number, event->rows.rows->len));
    if (event->rows.rows->len > query->limit)
        g_ptr_array_set_size(event->rows.rows, (int)query->limit);
    return event;
}

#endif
