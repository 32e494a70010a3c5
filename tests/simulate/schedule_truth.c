#include "tests/simulate/schedule_truth.h"

#include <string.h>

#include "agent1/model/occurrence.h"
#include "common/base/banned.h"

#define PERIOD_MS (30 * SECOND_MS)

struct ScheduleTruth {
    Sim *sim;
    GHashTable *runs; /* "tick 0 1790000000000" → the id of its run */
};

ScheduleTruth *schedule_truth_new(Sim *sim)
{
    ScheduleTruth *truth = g_new0(ScheduleTruth, 1);

    truth->sim = sim;
    truth->runs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return truth;
}

void schedule_truth_free(ScheduleTruth *truth)
{
    if (!truth)
        return;
    g_hash_table_unref(truth->runs);
    g_free(truth);
}

void schedule_truth_forgot(ScheduleTruth *truth)
{
    g_hash_table_remove_all(truth->runs);
}

static char *time_key(const char *schedule, int64_t turn, int64_t nominal_ms)
{
    return g_strdup_printf("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, schedule, turn, nominal_ms);
}

void schedule_truth_record_run(ScheduleTruth *truth, const Row *row)
{
    const char *id = row_text(row, RUNS_ID);
    const char *known;
    g_autofree char *key = NULL;

    if (!row_is_set(row, RUNS_NOMINAL))
        return;
    key =
        time_key(row_text(row, RUNS_SCHEDULE), row_int(row, RUNS_TURN), row_int(row, RUNS_NOMINAL));
    known = g_hash_table_lookup(truth->runs, key);
    if (known && strcmp(known, id) != 0)
        sim_break(truth->sim, PROMISE_TIME_ONCE, "%s has two rows: %s and %s", key, known, id);
    g_hash_table_insert(truth->runs, g_steal_pointer(&key), g_strdup(id));
}

/* The times between two marks, as an interval has them. */
static void check_between(ScheduleTruth *truth, const Row *row, int64_t after_ms, int64_t until_ms)
{
    int64_t at_ms = after_ms;

    /* Of a long row of missed ones only the last is there. */
    if ((until_ms - after_ms) / PERIOD_MS > OCCURRENCE_MISSED_ROWS)
        return;
    for (at_ms += PERIOD_MS; at_ms <= until_ms; at_ms += PERIOD_MS) {
        g_autofree char *key =
            time_key(row_text(row, SCHEDULES_ID), row_int(row, SCHEDULES_TURN), at_ms);

        if (!g_hash_table_contains(truth->runs, key))
            sim_break(truth->sim, PROMISE_TIME_DECIDED, "%s is passed over without a row", key);
    }
}

void schedule_truth_record(ScheduleTruth *truth, const RowStore *store, const Row *row)
{
    const Row *before = row_store_find(store, TABLE_SCHEDULES, row_text(row, SCHEDULES_ID));

    if (before && row_int(before, SCHEDULES_ANCHOR) == row_int(row, SCHEDULES_ANCHOR) &&
        row_int(before, SCHEDULES_TURN) == row_int(row, SCHEDULES_TURN))
        check_between(truth, row, row_int(before, SCHEDULES_MARK), row_int(row, SCHEDULES_MARK));
}

Json *schedule_truth_file(const Sim *sim)
{
    static const char *const overlaps[] = { "allow", "queue", "forbid" };
    static const char *const catchups[] = { "all", "once", "skip" };
    g_autofree char *text = NULL;

    if (!sim->plan.has_schedule)
        return NULL;
    text = g_strdup_printf(
        "{\"tasks\":[{\"id\":\"tick\",\"agent\":\"web1\",\"task\":\"run tick\",\"cron\":\"every "
        "30s\","
        "\"overlap\":\"%s\",\"catchup\":\"%s\",\"max_lateness\":\"2m\",\"on_blocked\":\"%s\","
        "\"user\":\"ana\",\"enabled\":%s}]}",
        /* What waits for people one after another takes longer than a world. */
        overlaps[sim->plan.has_policy ? 0 : sim->seed / 4 % 3], catchups[sim->seed / 12 % 3],
        sim->seed / 36 % 2 ? "skip" : "defer", sim->is_healed ? "false" : "true");
    return json_parse(text, strlen(text), strlen(text) + 1, NULL);
}
