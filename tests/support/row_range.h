/*
 * What ended in a range of time, for the tests' store: as agent1/edge/store_range.h, counted the
 * plain way.
 */
#ifndef TESTS_SUPPORT_ROW_RANGE_H
#define TESTS_SUPPORT_ROW_RANGE_H

#include "agent1/port/effect.h"
#include "common/wire/run_state.h"
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

/* The figures of these runs, or NULL when there are none. */
static inline Row *row_query_figures(const GPtrArray *runs, const char *agent)
{
    g_autoptr(GArray) took = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(Row) figures = row_new(RESULT_FIGURES);

    row_set_text(figures, FIGURES_AGENT, agent);
    for (unsigned column = FIGURES_RUNS; column < FIGURES_MEDIAN_MS; column++)
        row_set_int(figures, column, 0);
    for (unsigned i = 0; i < runs->len; i++) {
        const Row *run = runs->pdata[i];
        int64_t duration_ms = row_int(run, RUNS_DURATION_MS);

        if (!row_query_is_of(run, agent))
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

static inline void row_range_add_figures(const GPtrArray *runs, GPtrArray *out)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned first = out->len;

    for (unsigned i = 0; i < runs->len; i++) {
        const char *agent = row_text(runs->pdata[i], RUNS_AGENT);

        if (g_hash_table_add(seen, (void *)(guintptr)agent))
            g_ptr_array_add(out, row_query_figures(runs, agent));
    }
    g_assert(first == 0);
    g_ptr_array_sort(out, row_store_compare_keys);
}

static inline void row_range_add_all_figures(const GPtrArray *runs, GPtrArray *out)
{
    Row *figures = row_query_figures(runs, NULL);

    if (figures)
        g_ptr_array_add(out, figures);
}

static inline void row_range_add_slots(const GPtrArray *runs, GPtrArray *out)
{
    /* The oldest is the last. */
    for (unsigned i = runs->len; i > 0; i--) {
        const Row *run = runs->pdata[i - 1];
        g_autoptr(Row) counts = row_new(RESULT_FIGURES);
        int64_t at_ms = row_int(run, RUNS_CHANGED) / SLOT_MS * SLOT_MS;
        Row *slot = out->len ? out->pdata[out->len - 1] : NULL;

        if (!slot || slot->table != RESULT_SLOTS || row_int(slot, SLOTS_AT) != at_ms) {
            slot = row_new(RESULT_SLOTS);
            for (unsigned column = 0; column < SLOTS_COLUMNS; column++)
                row_set_int(slot, column, column == SLOTS_AT ? at_ms : 0);
            g_ptr_array_add(out, slot);
        }
        row_query_count(counts, run);
        for (unsigned column = SLOTS_SUCCEEDED; column < SLOTS_COLUMNS; column++)
            row_set_int(slot, column,
                        row_int(slot, column) +
                            row_int(counts, FIGURES_SUCCEEDED + column - SLOTS_SUCCEEDED));
    }
}

static inline void row_range_add_runs(const GPtrArray *runs, bool is_failed_only, unsigned limit,
                                      GPtrArray *out)
{
    unsigned count = 0;

    for (unsigned i = 0; i < runs->len && count < limit; i++) {
        if (is_failed_only && !row_query_failed(runs->pdata[i]))
            continue;
        g_ptr_array_add(out, row_copy(runs->pdata[i]));
        count++;
    }
}

static inline int row_range_newest_first(gconstpointer a, gconstpointer b)
{
    const Row *one = *(const Row *const *)a;
    const Row *other = *(const Row *const *)b;
    int64_t later = row_int(other, RUNS_CHANGED) - row_int(one, RUNS_CHANGED);

    if (later == 0)
        later = row_int(other, RUNS_NUMBER) - row_int(one, RUNS_NUMBER);
    return later > 0 ? 1 : later < 0 ? -1 : 0;
}

/* Those that ended in the range, borrowed, the newest first. */
static inline GPtrArray *row_range_runs(const RowStore *store, const EffectQuery *query)
{
    GPtrArray *runs = g_ptr_array_new();
    GHashTableIter iter;
    void *run;

    g_hash_table_iter_init(&iter, store->tables[TABLE_RUNS]);
    while (g_hash_table_iter_next(&iter, NULL, &run)) {
        RunState state;

        if (row_text(run, RUNS_AGENT) && row_query_is_of(run, query->text) &&
            row_int(run, RUNS_CHANGED) >= query->number &&
            row_int(run, RUNS_CHANGED) < query->until &&
            run_state_parse(row_text(run, RUNS_STATE), &state) && run_state_is_terminal(state) &&
            state != RUN_NOT_KNOWN)
            g_ptr_array_add(runs, run);
    }
    g_ptr_array_sort(runs, row_range_newest_first);
    return runs;
}

static inline void row_range_answer(const RowStore *store, const EffectQuery *query, GPtrArray *out)
{
    g_autoptr(GPtrArray) runs = row_range_runs(store, query);

    if (query->kind == QUERY_DAY)
        row_range_add_figures(runs, out);
    row_range_add_all_figures(runs, out);
    if (query->kind == QUERY_DAY)
        row_range_add_slots(runs, out);
    row_range_add_runs(runs, query->kind != QUERY_RANGE, query->limit, out);
}

#endif
