#include "tests/simulate/plan_truth.h"

#include "tests/simulate/truth.h"

#include <string.h>

#include "common/base/banned.h"

struct PlanTruth {
    Sim *sim;
    GHashTable *runs; /* id of a step → the id of its run */
    GHashTable *ends; /* id of a step → its outcome, or its state where it has none */
};

PlanTruth *plan_truth_new(Sim *sim)
{
    PlanTruth *truth = g_new0(PlanTruth, 1);

    truth->sim = sim;
    truth->runs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    truth->ends = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return truth;
}

void plan_truth_free(PlanTruth *truth)
{
    if (!truth)
        return;
    g_hash_table_unref(truth->runs);
    g_hash_table_unref(truth->ends);
    g_free(truth);
}

void plan_truth_forgot(PlanTruth *truth)
{
    g_hash_table_remove_all(truth->runs);
    g_hash_table_remove_all(truth->ends);
}

static void check_same(PlanTruth *truth, GHashTable *known, const char *step, const char *now)
{
    const char *before = g_hash_table_lookup(known, step);

    if (!before)
        g_hash_table_insert(known, g_strdup(step), g_strdup(now));
    else if (strcmp(before, now) != 0)
        sim_break(truth->sim, PROMISE_STEP_ONCE, "step %s was %s, and is %s", step, before, now);
}

/* What lets the stages behind a step begin. */
static bool went_well(const RowStore *store, const Row *step)
{
    const Row *plan = row_store_find(store, TABLE_PLANS, row_text(step, STEPS_PLAN));
    const char *outcome = row_text(step, STEPS_OUTCOME);
    bool is_fan_out = plan && strcmp(row_text(plan, PLANS_KIND), "fan_out") == 0;

    if (!outcome)
        return false;
    return strcmp(outcome, "succeeded") == 0 ||
           (is_fan_out && (strcmp(outcome, "refused") == 0 || strcmp(outcome, "rejected") == 0 ||
                           strcmp(outcome, "offline") == 0));
}

/* Its run and everything before it are stored when a step is said to have begun. */
static void check_turn(PlanTruth *truth, const RowStore *store, const Row *row)
{
    GHashTableIter iter;
    void *value;

    if (!row_store_find(store, TABLE_RUNS, row_text(row, STEPS_RUN)))
        sim_break(truth->sim, PROMISE_STEP_TURN, "step %s has begun, and its run is not stored",
                  row_text(row, STEPS_ID));
    g_hash_table_iter_init(&iter, store->tables[TABLE_STEPS]);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Row *other = value;

        if (strcmp(row_text(other, STEPS_PLAN), row_text(row, STEPS_PLAN)) == 0 &&
            row_int(other, STEPS_STAGE) < row_int(row, STEPS_STAGE) && !went_well(store, other))
            sim_break(truth->sim, PROMISE_STEP_TURN, "step %s has begun; step %s is %s",
                      row_text(row, STEPS_ID), row_text(other, STEPS_ID),
                      row_text(other, STEPS_OUTCOME) ? row_text(other, STEPS_OUTCOME)
                                                     : row_text(other, STEPS_STATE));
    }
}

void plan_truth_record(PlanTruth *truth, const RowStore *store, const Row *row)
{
    const char *id = row_text(row, STEPS_ID);
    const char *run = row_text(row, STEPS_RUN);
    const char *state = row_text(row, STEPS_STATE);

    if (run)
        check_same(truth, truth->runs, id, run);
    else if (g_hash_table_contains(truth->runs, id))
        sim_break(truth->sim, PROMISE_STEP_ONCE, "step %s was a run, and is none", id);
    if (strcmp(state, "ended") == 0 || strcmp(state, "not_run") == 0)
        check_same(truth, truth->ends, id,
                   row_text(row, STEPS_OUTCOME) ? row_text(row, STEPS_OUTCOME) : "not_run");
    if (strcmp(state, "begun") == 0)
        check_turn(truth, store, row);
}

char *plan_truth_find_open(const RowStore *store)
{
    g_autoptr(GPtrArray) rows = row_store_load(store, TABLE_PLANS);
    const Row *row = rows->len > 0 ? rows->pdata[0] : NULL;

    return row ? g_strdup_printf("%s is %s", row_text(row, PLANS_ID), row_text(row, PLANS_STATE))
               : NULL;
}

/* -1: it is not about this chat. */
static int openness(const Row *row, const char *chat)
{
    const char *chat_id = row_text(row, PLANS_CHAT_ID);
    const char *state = row_text(row, PLANS_STATE);
    bool is_live = strcmp(state, "open") == 0 || strcmp(state, "running") == 0;

    if (!chat_id || !g_str_has_suffix(chat_id, chat))
        return -1;
    return is_live && !row_int(row, PLANS_IS_TOLD);
}

bool plan_truth_is_open(const RowStore *store, const Effects *effects, const char *chat)
{
    GHashTableIter iter;
    int is_open = 0;
    void *row;

    g_hash_table_iter_init(&iter, store->tables[TABLE_PLANS]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (openness(row, chat) >= 0)
            is_open |= openness(row, chat);
    }
    /* A chat makes one plan, or some; what is about to be stored is newer. */
    for (guint i = 0; effects && i < effects->list->len; i++) {
        const Effect *effect = effects->list->pdata[i];

        if (effect->kind == EFFECT_PUT && effect->row->table == TABLE_PLANS &&
            openness(effect->row, chat) >= 0)
            is_open = openness(effect->row, chat);
    }
    return is_open != 0;
}
