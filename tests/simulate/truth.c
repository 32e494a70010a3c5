#include "tests/simulate/truth.h"

#include "tests/simulate/errand_truth.h"
#include "tests/simulate/gate_truth.h"
#include "tests/simulate/host.h"
#include "tests/simulate/orchestrator.h"
#include "tests/simulate/plan_truth.h"
#include "tests/simulate/schedule_truth.h"

#include <string.h>

#include "common/base/banned.h"

/* A path free of faults for so long has delivered whatever was to be delivered: the outbox repeats
 * every 30 s at the latest, and an agent that comes late registers within a minute. */
#define CLEAN_MS    (4 * MINUTE_MS)
#define LATENESS_MS MINUTE_MS

typedef struct TruthAttempt {
    unsigned claims; /* started ones */
    ClaimKind claim;
    bool is_filed;
    bool is_fresh; /* a frame of it was heard that was of no epoch that was over for the agent */
    bool is_stale; /* one was heard that was */
    bool is_lost;
    bool has_exit;
    EndKind end;
    int64_t exit_code;
} TruthAttempt;

typedef struct TruthRun {
    char *id;
    char *agent;
    unsigned starts;
    bool is_idempotent;
    bool is_lost;         /* with its journal, or by a revoke */
    bool is_forgiven;     /* agent1 lost what it knew of it */
    bool may_repeat;      /* no memory of its start is left: see lose_runs() */
    GHashTable *attempts; /* number → TruthAttempt * */
} TruthRun;

struct Truth {
    Sim *sim;
    GHashTable *runs; /* id → TruthRun * */
    int64_t highest_number;
    bool has_forgotten;
    int64_t clean_since_ms[SIM_HOSTS_MAX];
    unsigned journals_lost[SIM_HOSTS_MAX];
    bool was_put_back[SIM_HOSTS_MAX]; /* its clock */
    bool was_full[SIM_HOSTS_MAX];     /* its disk */
    int64_t highest_epoch;
    GHashTable *answers;     /* chat → the outcome of its last word */
    GHashTable *early_words; /* ids of replies */
};

static void free_run(void *data)
{
    TruthRun *run = data;

    g_hash_table_unref(run->attempts);
    g_free(run->id);
    g_free(run->agent);
    g_free(run);
}

Truth *truth_new(Sim *sim)
{
    Truth *truth = g_new0(Truth, 1);

    truth->sim = sim;
    truth->early_words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    truth->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    truth->runs = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_run);
    return truth;
}

void truth_free(Truth *truth)
{
    if (!truth)
        return;
    g_hash_table_unref(truth->answers);
    g_hash_table_unref(truth->early_words);
    g_hash_table_unref(truth->runs);
    g_free(truth);
}

static TruthRun *get_run(Truth *truth, const char *id)
{
    TruthRun *run = g_hash_table_lookup(truth->runs, id);

    if (run)
        return run;
    run = g_new0(TruthRun, 1);
    run->id = g_strdup(id);
    run->attempts = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    g_hash_table_insert(truth->runs, run->id, run);
    return run;
}

static TruthAttempt *get_attempt(Truth *truth, const char *id, int64_t number)
{
    TruthRun *run = get_run(truth, id);
    TruthAttempt *attempt = g_hash_table_lookup(run->attempts, GINT_TO_POINTER((int)number));

    if (attempt)
        return attempt;
    attempt = g_new0(TruthAttempt, 1);
    g_hash_table_insert(run->attempts, GINT_TO_POINTER((int)number), attempt);
    return attempt;
}

/* ---- the way between agent1 and the agents ---- */

void truth_disturb(Truth *truth, const Host *host)
{
    if (!truth)
        return;
    for (unsigned i = 0; i < truth->sim->host_count; i++) {
        if (!host || truth->sim->hosts[i] == host)
            truth->clean_since_ms[i] = truth->sim->now_ms;
    }
}

bool truth_is_forgiven(const Truth *truth, const char *run)
{
    const TruthRun *known = g_hash_table_lookup(truth->runs, run);

    return truth->has_forgotten && (!known || known->is_forgiven);
}

bool truth_has_forgotten(const Truth *truth)
{
    return truth->has_forgotten;
}

/* ---- what happens on a host ---- */

/* The epoch that the agent is known to have on its disk. */
static int64_t durable_epoch(const Host *host)
{
    const char *text = host_disk((Host *)(uintptr_t)host)->counters;
    g_autoptr(Json) counters = text ? json_parse(text, strlen(text), strlen(text) + 1, NULL) : NULL;
    int64_t epoch = 0;

    json_int(json_member(counters, "epoch"), &epoch);
    return epoch;
}

void truth_heard(Truth *truth, const Host *host, const Message *message)
{
    const MessageTask *task = &message->task;
    TruthAttempt *attempt;
    int64_t epoch = 0;

    if (message->kind == MESSAGE_CONTROL &&
        json_int(json_member(message->control.policy, "epoch"), &epoch))
        truth->highest_epoch = MAX(truth->highest_epoch, epoch);
    if (message->kind != MESSAGE_TASK)
        return;
    attempt = get_attempt(truth, task->run, task->attempt);
    if (task->epoch < truth->highest_epoch && task->epoch < durable_epoch(host))
        attempt->is_stale = true;
    else
        attempt->is_fresh = true;
    truth->highest_epoch = MAX(truth->highest_epoch, task->epoch);
}

void truth_filed(Truth *truth, const Host *host, const char *run, int64_t attempt)
{
    TruthAttempt *known = get_attempt(truth, run, attempt);

    known->is_filed = true;
    if (known->is_stale && !known->is_fresh)
        sim_break(truth->sim, PROMISE_EPOCH, "%s took %s attempt %d of an epoch that is over",
                  host_name(host), run, (int)attempt);
}

static const char *recorded_state(const Truth *truth, const char *run, int64_t *out_attempt)
{
    const Row *row = row_store_find(orchestrator_store(truth->sim->agent1), TABLE_RUNS, run);

    *out_attempt = row ? row_int(row, RUNS_ATTEMPT) : 0;
    return row ? row_text(row, RUNS_STATE) : NULL;
}

/* States that say that nothing was started, and nothing will be. */
static bool is_unstarted(RunState state)
{
    return state == RUN_EXPIRED || state == RUN_REJECTED || state == RUN_MISSED ||
           state == RUN_DENIED || state == RUN_SKIPPED;
}

static void check_start_is_late(Truth *truth, const char *run)
{
    const Row *row = row_store_find(orchestrator_store(truth->sim->agent1), TABLE_RUNS, run);
    int64_t late_ms = row ? orchestrator_now(truth->sim->agent1) - row_int(row, RUNS_EXPIRES) : 0;

    if (row && !truth->sim->plan.has_clock_faults && !truth_is_forgiven(truth, run) &&
        !get_run(truth, run)->may_repeat && late_ms > LATENESS_MS)
        sim_break(truth->sim, PROMISE_EXPIRY, "%s is claimed for its start %.1f s after its expiry",
                  run, (double)late_ms / 1000);
}

void truth_claimed(Truth *truth, const char *run, int64_t attempt, ClaimKind kind)
{
    TruthAttempt *known = get_attempt(truth, run, attempt);
    int64_t recorded_attempt;
    const char *state_name = recorded_state(truth, run, &recorded_attempt);
    RunState state;

    known->claim = kind;
    if (kind != CLAIM_STARTED)
        return;
    known->claims++;
    if (known->claims > 1 && !get_run(truth, run)->may_repeat)
        sim_break(truth->sim, PROMISE_ONE_CLAIM, "%s attempt %d is claimed as started %u times",
                  run, (int)attempt, known->claims);
    if (state_name && run_state_parse(state_name, &state) && is_unstarted(state) &&
        !truth_is_forgiven(truth, run) && !get_run(truth, run)->may_repeat)
        sim_break(truth->sim, PROMISE_NOT_STARTED,
                  "%s attempt %d is claimed as started; agent1 "
                  "recorded %s",
                  run, (int)attempt, state_name);
    check_start_is_late(truth, run);
}

void truth_started(Truth *truth, const char *id, int64_t attempt)
{
    TruthRun *run = get_run(truth, id);

    truth->sim->counts->starts++;
    run->starts++;
    sim_trace(truth->sim, "the command of %s.%d starts (%u)", id, (int)attempt, run->starts);
    if (run->starts > 1 && !run->is_idempotent && !run->may_repeat)
        sim_break(truth->sim, PROMISE_ONE_START, "%s was started %u times", id, run->starts);
}

void truth_exited(Truth *truth, const char *run, int64_t attempt, const RunExit *end)
{
    TruthAttempt *known = get_attempt(truth, run, attempt);

    known->has_exit = true;
    known->end = end->kind;
    known->exit_code = end->exit_code;
}

void truth_lost(Truth *truth, const char *run, int64_t attempt)
{
    get_attempt(truth, run, attempt)->is_lost = true;
}

static void lose_runs(Truth *truth, const char *agent, bool is_older_copy)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, truth->runs);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        TruthRun *run = value;

        if (g_strcmp0(run->agent, agent) == 0) {
            run->is_lost = true;
            /* With its journal lost and agent1's database restored, nobody knows that it ran. */
            run->may_repeat |= is_older_copy || run->is_forgiven;
        }
    }
}

void truth_lost_journal(Truth *truth, const Host *host, bool is_older_copy)
{
    truth->journals_lost[host_index(host)]++;
    lose_runs(truth, host_name(host), is_older_copy);
    truth_disturb(truth, host);
}

void truth_restored_folder(Truth *truth, const char *run)
{
    get_run(truth, run)->is_lost = true;
    get_run(truth, run)->may_repeat = true;
}

void truth_put_back_clock(Truth *truth, const Host *host)
{
    truth->was_put_back[host_index(host)] = true;
}

void truth_filled_disk(Truth *truth, const Host *host)
{
    truth->was_full[host_index(host)] = true;
}

void truth_forgot(Truth *truth)
{
    GHashTableIter iter;
    void *value;

    truth->has_forgotten = true;
    truth->highest_number = 0;
    plan_truth_forgot(truth->sim->plan_truth);
    schedule_truth_forgot(truth->sim->schedule_truth);
    errand_truth_forgot(truth->sim->errand_truth, orchestrator_store(truth->sim->agent1));
    g_hash_table_iter_init(&iter, truth->runs);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        TruthRun *run = value;

        run->is_forgiven = true;
        run->may_repeat |= run->is_lost;
    }
    truth_disturb(truth, NULL);
}

void truth_made_early(Truth *truth, const char *reply)
{
    g_hash_table_add(truth->early_words, g_strdup(reply));
}

bool truth_was_made_early(const Truth *truth, const char *reply)
{
    return g_hash_table_contains(truth->early_words, reply);
}

static bool is_refusal(const char *outcome)
{
    return strcmp(outcome, TRUTH_NOT_ACCEPTED) == 0 || strcmp(outcome, OUTCOME_REFUSED) == 0;
}

void truth_answered(Truth *truth, const char *chat, const char *outcome)
{
    const char *known = g_hash_table_lookup(truth->answers, chat);

    if (!known)
        g_hash_table_insert(truth->answers, g_strdup(chat), g_strdup(outcome));
    else if (is_refusal(known) && is_refusal(outcome))
        return;
    else if (g_strcmp0(known, outcome) != 0 && !truth->has_forgotten &&
             /* A clock that goes on by an hour makes agent1 forget a chat before its time. */
             !truth->sim->plan.has_clock_faults)
        sim_break(truth->sim, PROMISE_ONE_ANSWER, "the last word on %s was %s, and is %s", chat,
                  known, outcome);
}

static gboolean is_not_accepted(void *chat, void *outcome, void *data)
{
    (void)chat;
    (void)data;
    return strcmp(outcome, TRUTH_NOT_ACCEPTED) == 0;
}

void truth_crashed(Truth *truth)
{
    g_hash_table_foreach_remove(truth->answers, is_not_accepted, NULL);
    truth_disturb(truth, NULL);
}

/* ---- what agent1 records ---- */

static bool has_audit(const GPtrArray *batch, const char *run)
{
    for (guint i = 0; i < batch->len; i++) {
        const Effect *effect = batch->pdata[i];

        if (effect->kind == EFFECT_AUDIT && g_strcmp0(effect->audit.run, run) == 0)
            return true;
    }
    return false;
}

static void check_number(Truth *truth, const Row *old, const Row *row)
{
    int64_t number = row_int(row, RUNS_NUMBER);

    if (old && row_int(old, RUNS_NUMBER) != number)
        sim_break(truth->sim, PROMISE_NUMBERS_RISE, "%s changed its number",
                  row_text(row, RUNS_ID));
    if (old)
        return;
    if (number <= truth->highest_number)
        sim_break(truth->sim, PROMISE_NUMBERS_RISE, "number %d follows %d", (int)number,
                  (int)truth->highest_number);
    truth->highest_number = number;
}

static bool is_same_outcome(const Row *old, const Row *row)
{
    static const unsigned columns[] = { RUNS_EXIT_CODE, RUNS_SIGNAL, RUNS_STARTED, RUNS_FINISHED,
                                        RUNS_ATTEMPT };

    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        if (row_int(old, columns[i]) != row_int(row, columns[i]))
            return false;
    }
    return strcmp(row_text(old, RUNS_STATE), row_text(row, RUNS_STATE)) == 0;
}

static void check_end(Truth *truth, const Row *row, RunState state)
{
    const char *id = row_text(row, RUNS_ID);
    int64_t number = row_int(row, RUNS_ATTEMPT);
    const TruthAttempt *attempt = get_attempt(truth, id, number);
    static const EndKind ends[RUN_STATE_COUNT] = {
        [RUN_TIMED_OUT] = END_TIMED_OUT,
        [RUN_CANCELLED] = END_CANCELLED,
    };
    bool is_true = true;

    if (state == RUN_SUCCEEDED)
        is_true = attempt->has_exit && attempt->end == END_EXITED && attempt->exit_code == 0;
    else if (state == RUN_FAILED)
        is_true = attempt->has_exit && attempt->end != END_TIMED_OUT &&
                  attempt->end != END_CANCELLED &&
                  !(attempt->end == END_EXITED && attempt->exit_code == 0);
    else if (state == RUN_TIMED_OUT)
        is_true = attempt->has_exit && attempt->end == ends[state];
    else if (state == RUN_CANCELLED)
        is_true = attempt->claims == 0 || (attempt->has_exit && attempt->end == ends[state]);
    if (!is_true)
        sim_break(truth->sim, PROMISE_TRUE_OUTCOME,
                  "%s attempt %d is recorded as %s; it was claimed %u times, and %s", id,
                  (int)number, run_state_name(state), attempt->claims,
                  attempt->has_exit ? end_kind_name(attempt->end) : "has no exit");
}

static unsigned count_claims(const TruthRun *run, int64_t number)
{
    GHashTableIter iter;
    unsigned count = 0;
    void *key;
    void *value;

    g_hash_table_iter_init(&iter, run->attempts);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (!run->is_idempotent || GPOINTER_TO_INT(key) == (int)number)
            count += ((const TruthAttempt *)value)->claims;
    }
    return count;
}

static void check_unstarted(Truth *truth, const Row *row, RunState state)
{
    const char *id = row_text(row, RUNS_ID);
    unsigned claims = count_claims(get_run(truth, id), row_int(row, RUNS_ATTEMPT));

    if (claims > 0)
        sim_break(truth->sim, PROMISE_NOT_STARTED, "%s is recorded as %s, and was claimed %u times",
                  id, run_state_name(state), claims);
}

/* The agent never had it, and nothing was in the way for long enough. */
static void check_delivered(Truth *truth, const Row *row)
{
    const char *id = row_text(row, RUNS_ID);
    int64_t number = row_int(row, RUNS_ATTEMPT);
    const Host *host = host_find(truth->sim, row_text(row, RUNS_AGENT));
    int64_t end_ms = orchestrator_true_ms(truth->sim->agent1, row_int(row, RUNS_EXPIRES));
    int64_t begin_ms = orchestrator_true_ms(truth->sim->agent1, row_int(row, RUNS_CREATED));

    /* Nobody approved it. */
    if (row_text(row, RUNS_APPROVAL) && !row_text(row, RUNS_DECIDED_BY))
        return;
    if (!host || !host_is_linked(host) || number > 1 || get_attempt(truth, id, number)->is_filed)
        return;
    begin_ms = MAX(begin_ms, truth->clean_since_ms[host_index(host)]);
    if (!truth->sim->plan.has_clock_faults && end_ms - begin_ms > CLEAN_MS)
        sim_break(truth->sim, PROMISE_DELIVERED,
                  "%s expired unheard, though nothing was in its way for %.0f s", id,
                  (double)(end_ms - begin_ms) / 1000);
}

static void check_unknown(Truth *truth, const Row *row)
{
    const char *id = row_text(row, RUNS_ID);
    const TruthRun *run = get_run(truth, id);
    const TruthAttempt *attempt = get_attempt(truth, id, row_int(row, RUNS_ATTEMPT));

    if (!run->is_lost && !attempt->is_lost)
        sim_break(truth->sim, PROMISE_UNKNOWN_CAUSE,
                  "%s attempt %d is recorded as unknown (%s), though nothing of it was lost", id,
                  (int)row_int(row, RUNS_ATTEMPT), row_text(row, RUNS_REASON));
}

static void check_outcome(Truth *truth, const Row *row, RunState state)
{
    truth->sim->counts->outcomes[state]++;
    if (state == RUN_SUCCEEDED &&
        (!row_is_set(row, RUNS_EXIT_CODE) || row_int(row, RUNS_EXIT_CODE)))
        sim_break(truth->sim, PROMISE_EXIT_ZERO, "%s", row_text(row, RUNS_ID));
    /* An older copy of a journal has the same name, and nobody notices: no promise holds for it. */
    if (truth_is_forgiven(truth, row_text(row, RUNS_ID)) ||
        get_run(truth, row_text(row, RUNS_ID))->may_repeat)
        return;
    if (is_unstarted(state))
        check_unstarted(truth, row, state);
    if (state == RUN_EXPIRED)
        check_delivered(truth, row);
    if (state == RUN_UNKNOWN)
        check_unknown(truth, row);
    else
        check_end(truth, row, state);
}

static void check_run(Truth *truth, const RowStore *store, const Row *row, const GPtrArray *batch)
{
    const char *id = row_text(row, RUNS_ID);
    const Row *old = row_store_find(store, TABLE_RUNS, id);
    TruthRun *run = get_run(truth, id);
    RunState state = RUN_PROPOSED;
    RunState before = RUN_PROPOSED;

    run_state_parse(row_text(row, RUNS_STATE), &state);
    if (old)
        run_state_parse(row_text(old, RUNS_STATE), &before);
    else
        truth->sim->counts->runs++;
    run->is_idempotent = row_int(row, RUNS_IS_IDEMPOTENT) != 0;
    check_number(truth, old, row);
    gate_truth_record(truth->sim, old, row);
    if (old && run_state_is_terminal(before)) {
        if (!is_same_outcome(old, row))
            sim_break(truth->sim, PROMISE_OUTCOME_ONCE, "%s was %s and becomes %s", id,
                      run_state_name(before), run_state_name(state));
        return;
    }
    if (state != before && !has_audit(batch, id))
        sim_break(truth->sim, PROMISE_AUDITED, "%s becomes %s without an audit row", id,
                  run_state_name(state));
    if (row_int(row, RUNS_IS_UNCONFIRMED) && (!old || !row_int(old, RUNS_IS_UNCONFIRMED)))
        truth->sim->counts->unconfirmed++;
    if (state != before)
        sim_trace(truth->sim, "#%d %s attempt %d is recorded as %s", (int)row_int(row, RUNS_NUMBER),
                  id, (int)row_int(row, RUNS_ATTEMPT), run_state_name(state));
    if (run_state_is_terminal(state))
        check_outcome(truth, row, state);
}

static void know_agent(Truth *truth, const Row *row)
{
    TruthRun *run = get_run(truth, row_text(row, RUNS_ID));

    if (!run->agent)
        run->agent = g_strdup(row_text(row, RUNS_AGENT));
}

/* agent1 sees another journal: whatever it handed to the old one may be lost. An agent shows one
 * when it lost its own, or when its sessions do not rise: on a full disk it cannot note them, and
 * goes by its clock. */
static void check_agent(Truth *truth, const RowStore *store, const Row *row)
{
    const char *name = row_text(row, AGENTS_NAME);
    const Row *old = row_store_find(store, TABLE_AGENTS, name);
    unsigned index = host_index(host_find(truth->sim, name));

    if (!old || !row_is_set(old, AGENTS_JOURNAL) ||
        g_strcmp0(row_text(old, AGENTS_JOURNAL), row_text(row, AGENTS_JOURNAL)) == 0)
        return;
    if (!truth->has_forgotten && truth->journals_lost[index] == 0 &&
        !(truth->was_put_back[index] && truth->was_full[index]))
        sim_break(truth->sim, PROMISE_UNKNOWN_CAUSE, "%s shows a new journal, though it lost none",
                  name);
    lose_runs(truth, name, false);
}

void truth_begin_commit(Truth *truth, const RowStore *store, const GPtrArray *batch)
{
    errand_truth_record(truth->sim->errand_truth, store, batch);
    for (guint i = 0; i < batch->len; i++) {
        const Effect *effect = batch->pdata[i];

        if (effect->kind == EFFECT_PUT && effect->row->table == TABLE_RUNS)
            know_agent(truth, effect->row);
    }
    for (guint i = 0; i < batch->len; i++) {
        const Effect *effect = batch->pdata[i];

        if (effect->kind == EFFECT_PUT && effect->row->table == TABLE_AGENTS)
            check_agent(truth, store, effect->row);
        else if (effect->kind == EFFECT_DELETE && effect->removal.table == TABLE_AGENTS)
            lose_runs(truth, effect->removal.key, false);
    }
}

void truth_record(Truth *truth, const RowStore *store, const Row *row, const GPtrArray *batch)
{
    if (row->table == TABLE_RUNS)
        check_run(truth, store, row, batch);
    if (row->table == TABLE_RUNS)
        schedule_truth_record_run(truth->sim->schedule_truth, row);
    else if (row->table == TABLE_SCHEDULES)
        schedule_truth_record(truth->sim->schedule_truth, store, row);
    else if (row->table == TABLE_STEPS)
        plan_truth_record(truth->sim->plan_truth, store, row);
}
