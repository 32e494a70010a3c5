#include "agent1/edge/store_tally.h"

#include <string.h>

#include "common/base/banned.h"

/* The counts in the order of the columns, which is the same in both results. */
#define COUNTS (SLOTS_COLUMNS - SLOTS_SUCCEEDED)
G_STATIC_ASSERT(FIGURES_SKIPPED - FIGURES_SUCCEEDED == SLOTS_SKIPPED - SLOTS_SUCCEEDED);

static const unsigned places[RUN_STATE_COUNT] = {
    [RUN_SUCCEEDED] = SLOTS_SUCCEEDED, [RUN_FAILED] = SLOTS_FAILED,
    [RUN_TIMED_OUT] = SLOTS_TIMED_OUT, [RUN_UNKNOWN] = SLOTS_UNKNOWN,
    [RUN_EXPIRED] = SLOTS_EXPIRED,     [RUN_MISSED] = SLOTS_MISSED,
    [RUN_REJECTED] = SLOTS_REFUSED,    [RUN_CANCELLED] = SLOTS_CANCELLED,
    [RUN_DENIED] = SLOTS_DENIED,       [RUN_SKIPPED] = SLOTS_SKIPPED,
};

typedef struct Figures {
    char *agent; /* NULL: of all */
    unsigned runs;
    unsigned counts[COUNTS];
    unsigned started; /* those with a duration */
    unsigned seen;    /* of these, while they are walked through in their order */
    int64_t median_ms;
    int64_t p95_ms;
} Figures;

typedef struct Duration {
    int64_t took_ms;
    Figures *figures;
} Duration;

typedef struct Slot {
    int64_t at_ms;
    unsigned counts[COUNTS];
} Slot;

struct Tally {
    GHashTable *agents; /* name → Figures * */
    GHashTable *slots;  /* &at_ms → Slot * */
    GArray *durations;  /* Duration */
    Figures all;
    bool is_sorted;
};

static void figures_free(void *data)
{
    Figures *figures = data;

    g_free(figures->agent);
    g_free(figures);
}

Tally *tally_new(void)
{
    Tally *tally = g_new0(Tally, 1);

    tally->agents = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, figures_free);
    tally->slots = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    tally->durations = g_array_new(FALSE, FALSE, sizeof(Duration));
    return tally;
}

void tally_free(Tally *tally)
{
    if (!tally)
        return;

    g_hash_table_unref(tally->agents);
    g_hash_table_unref(tally->slots);
    g_array_unref(tally->durations);
    g_free(tally);
}

/* ---- adding ---- */

static Figures *figures_of(Tally *tally, const char *agent)
{
    Figures *figures = g_hash_table_lookup(tally->agents, agent);

    if (!figures) {
        figures = g_new0(Figures, 1);
        figures->agent = g_strdup(agent);
        g_hash_table_insert(tally->agents, figures->agent, figures);
    }
    return figures;
}

static Slot *slot_of(Tally *tally, int64_t ended_ms)
{
    int64_t at_ms = ended_ms / SLOT_MS * SLOT_MS;
    Slot *slot = g_hash_table_lookup(tally->slots, &at_ms);

    if (!slot) {
        slot = g_new0(Slot, 1);
        slot->at_ms = at_ms;
        g_hash_table_insert(tally->slots, &slot->at_ms, slot);
    }
    return slot;
}

void tally_add(Tally *tally, const char *agent, RunState state, int64_t ended_ms, int64_t took_ms)
{
    Duration duration = { .took_ms = took_ms, .figures = figures_of(tally, agent) };
    unsigned place = places[state] - SLOTS_SUCCEEDED;

    g_assert(run_state_is_terminal(state) && state != RUN_NOT_KNOWN);
    duration.figures->runs++;
    duration.figures->counts[place]++;
    tally->all.runs++;
    tally->all.counts[place]++;
    slot_of(tally, ended_ms)->counts[place]++;
    if (took_ms == TALLY_NOT_STARTED)
        return;
    duration.figures->started++;
    tally->all.started++;
    g_array_append_val(tally->durations, duration);
    tally->is_sorted = false;
}

/* ---- quantiles ---- */

static int compare_durations(gconstpointer a, gconstpointer b)
{
    int64_t one = ((const Duration *)a)->took_ms;
    int64_t other = ((const Duration *)b)->took_ms;

    return one < other ? -1 : one > other;
}

static unsigned rank(unsigned count, unsigned percent)
{
    return (unsigned)(((uint64_t)count * percent + 99) / 100);
}

static void see(Figures *figures, int64_t took_ms)
{
    figures->seen++;
    if (figures->seen == rank(figures->started, 50))
        figures->median_ms = took_ms;
    if (figures->seen == rank(figures->started, 95))
        figures->p95_ms = took_ms;
}

/* All are sorted once, so that each agent's come in their order, too. */
static void sort(Tally *tally)
{
    unsigned i;

    if (tally->is_sorted)
        return;

    g_array_sort(tally->durations, compare_durations);
    for (i = 0; i < tally->durations->len; i++)
        g_array_index(tally->durations, Duration, i).figures->seen = 0;
    tally->all.seen = 0;
    for (i = 0; i < tally->durations->len; i++) {
        const Duration *duration = &g_array_index(tally->durations, Duration, i);

        see(duration->figures, duration->took_ms);
        see(&tally->all, duration->took_ms);
    }
    tally->is_sorted = true;
}

/* ---- rows ---- */

static void set_counts(Row *row, unsigned first, const unsigned *counts)
{
    unsigned i;

    for (i = 0; i < COUNTS; i++)
        row_set_int(row, first + i, counts[i]);
}

static void add_figures(const Figures *figures, GPtrArray *rows)
{
    Row *row = row_new(RESULT_FIGURES);

    row_set_text(row, FIGURES_AGENT, figures->agent);
    row_set_int(row, FIGURES_RUNS, figures->runs);
    set_counts(row, FIGURES_SUCCEEDED, figures->counts);
    if (figures->started > 0) {
        row_set_int(row, FIGURES_MEDIAN_MS, figures->median_ms);
        row_set_int(row, FIGURES_P95_MS, figures->p95_ms);
    }
    g_ptr_array_add(rows, row);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static int compare_times(gconstpointer a, gconstpointer b)
{
    int64_t one = *(const int64_t *)a;
    int64_t other = *(const int64_t *)b;

    return one < other ? -1 : one > other;
}

void tally_add_agents(Tally *tally, GPtrArray *rows)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(tally->agents), compare_names);
    const GList *name;

    sort(tally);
    for (name = names; name; name = name->next)
        add_figures(g_hash_table_lookup(tally->agents, name->data), rows);
}

void tally_add_all(Tally *tally, GPtrArray *rows)
{
    sort(tally);
    if (tally->all.runs > 0)
        add_figures(&tally->all, rows);
}

void tally_add_slots(Tally *tally, GPtrArray *rows)
{
    g_autoptr(GList) times = g_list_sort(g_hash_table_get_keys(tally->slots), compare_times);
    const GList *time;

    for (time = times; time; time = time->next) {
        const Slot *slot = g_hash_table_lookup(tally->slots, time->data);
        Row *row = row_new(RESULT_SLOTS);

        row_set_int(row, SLOTS_AT, slot->at_ms);
        set_counts(row, SLOTS_SUCCEEDED, slot->counts);
        g_ptr_array_add(rows, row);
    }
}
