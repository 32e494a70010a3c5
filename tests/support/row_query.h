/*
 * The answers that the tests' store gives to queries: those of agent1/edge/store_query.h, found the
 * plain way.
 */
#ifndef TESTS_SUPPORT_ROW_QUERY_H
#define TESTS_SUPPORT_ROW_QUERY_H

#include "agent1/port/event.h"
#include "tests/support/row_store.h"

static inline bool row_query_is_of(const Row *row, const char *agent)
{
    return !agent || strcmp(row_text(row, RUNS_AGENT), agent) == 0;
}

static inline bool row_query_failed(const Row *row)
{
    RunState state;

    return run_state_parse(row_text(row, RUNS_STATE), &state) && run_state_is_failure(state);
}

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

/* Every word of '"one"* "two"*' begins a word of the key or the value. */
static inline bool row_query_holds_words(const Row *row, const char *match)
{
    g_auto(GStrv) parts = g_strsplit(match, "\"", -1);

    for (unsigned i = 1; parts[i - 1] && parts[i]; i += 2) {
        if (!row_query_begins_a_word(row_text(row, MEMORIES_KEY), parts[i]) &&
            !row_query_begins_a_word(row_text(row, MEMORIES_VALUE), parts[i]))
            return false;
    }
    return true;
}

static inline bool row_query_fits(const Row *row, const EffectQuery *query)
{
    switch (query->kind) {
    case QUERY_RUN_BY_ID:
    case QUERY_MEMORY:
    case QUERY_PLAN:
        return g_strcmp0(row_text(row, 0), query->text) == 0;
    case QUERY_RUN_BY_NUMBER:
        return row_int(row, RUNS_NUMBER) == query->number;
    case QUERY_RUNS_RECENT:
        return row_query_is_of(row, query->text);
    case QUERY_RUNS_FAILED:
        return row_query_is_of(row, query->text) && row_query_failed(row);
    case QUERY_MEMORY_MATCH:
        return row_query_holds_words(row, query->text);
    case QUERY_STEPS:
        return g_strcmp0(row_text(row, STEPS_PLAN), query->text) == 0;
    case QUERY_AUDIT:
        return false;
    case QUERY_DAY_FIGURES:
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

/* ---- figures ---- */

static inline int row_query_compare_numbers(gconstpointer a, gconstpointer b)
{
    int64_t one = *(const int64_t *)a;
    int64_t other = *(const int64_t *)b;

    return one < other ? -1 : one > other;
}

static inline void row_query_set_quantile(Row *figures, unsigned column, GArray *took,
                                          unsigned percent)
{
    if (took->len > 0)
        row_set_int(figures, column,
                    g_array_index(took, int64_t, (took->len * percent + 99) / 100 - 1));
}

static inline void row_query_count(Row *figures, const Row *run)
{
    static const struct {
        RunState state;
        unsigned column;
    } columns[] = {
        { RUN_SUCCEEDED, FIGURES_SUCCEEDED }, { RUN_FAILED, FIGURES_FAILED },
        { RUN_TIMED_OUT, FIGURES_TIMED_OUT }, { RUN_UNKNOWN, FIGURES_UNKNOWN },
        { RUN_REJECTED, FIGURES_REFUSED },    { RUN_DENIED, FIGURES_DENIED },
        { RUN_EXPIRED, FIGURES_EXPIRED },     { RUN_MISSED, FIGURES_MISSED },
        { RUN_SKIPPED, FIGURES_SKIPPED },     { RUN_CANCELLED, FIGURES_CANCELLED },
    };

    row_set_int(figures, FIGURES_RUNS, row_int(figures, FIGURES_RUNS) + 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++) {
        if (strcmp(row_text(run, RUNS_STATE), run_state_name(columns[i].state)) == 0)
            row_set_int(figures, columns[i].column, row_int(figures, columns[i].column) + 1);
    }
}

/* The figures of one agent, or NULL when nothing of it ended. */
static inline Row *row_query_figures(const RowStore *store, const char *agent, int64_t from_ms)
{
    g_autoptr(GArray) took = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(Row) figures = row_new(RESULT_FIGURES);
    GHashTableIter iter;
    void *run;

    row_set_text(figures, FIGURES_AGENT, agent);
    for (unsigned column = FIGURES_RUNS; column < FIGURES_MEDIAN_MS; column++)
        row_set_int(figures, column, 0);
    g_hash_table_iter_init(&iter, store->tables[TABLE_RUNS]);
    while (g_hash_table_iter_next(&iter, NULL, &run)) {
        int64_t duration_ms = row_int(run, RUNS_DURATION_MS);
        RunState state;

        if (!row_query_is_of(run, agent) || row_int(run, RUNS_CHANGED) < from_ms ||
            !run_state_parse(row_text(run, RUNS_STATE), &state) || !run_state_is_terminal(state))
            continue;
        row_query_count(figures, run);
        if (row_is_set(run, RUNS_STARTED))
            g_array_append_val(took, duration_ms);
    }
    g_array_sort(took, row_query_compare_numbers);
    row_query_set_quantile(figures, FIGURES_MEDIAN_MS, took, 50);
    row_query_set_quantile(figures, FIGURES_P95_MS, took, 95);
    return row_int(figures, FIGURES_RUNS) > 0 ? g_steal_pointer(&figures) : NULL;
}

static inline void row_query_all_figures(const RowStore *store, const EffectQuery *query,
                                         GPtrArray *out)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    void *run;

    g_hash_table_iter_init(&iter, store->tables[TABLE_RUNS]);
    while (g_hash_table_iter_next(&iter, NULL, &run)) {
        const char *agent = row_text(run, RUNS_AGENT);
        Row *figures;

        if (!agent || !row_query_is_of(run, query->text) ||
            !g_hash_table_add(seen, (void *)(guintptr)agent))
            continue;
        figures = row_query_figures(store, agent, query->number);
        if (figures)
            g_ptr_array_add(out, figures);
    }
    g_ptr_array_sort(out, row_store_compare_keys);
}

static inline Table row_query_table(QueryKind kind)
{
    switch (kind) {
    case QUERY_MEMORY:
    case QUERY_MEMORY_MATCH:
        return TABLE_MEMORIES;
    case QUERY_PLAN:
        return TABLE_PLANS;
    case QUERY_STEPS:
        return TABLE_STEPS;
    case QUERY_RUN_BY_ID:
    case QUERY_RUN_BY_NUMBER:
    case QUERY_RUNS_RECENT:
    case QUERY_RUNS_FAILED:
    case QUERY_AUDIT:
    case QUERY_DAY_FIGURES:
        break;
    }
    return TABLE_RUNS;
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
    if (query->kind == QUERY_DAY_FIGURES) {
        row_query_all_figures(store, query, event->rows.rows);
        return event;
    }
    g_hash_table_iter_init(&iter, store->tables[table]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (row_query_fits(row, query))
            g_ptr_array_add(event->rows.rows, row_store_copy_row(row));
    }
    g_ptr_array_sort(event->rows.rows,
                     table == TABLE_RUNS ? row_query_newest_first : row_store_compare_keys);
    if (event->rows.rows->len > query->limit)
        g_ptr_array_set_size(event->rows.rows, (int)query->limit);
    return event;
}

#endif
