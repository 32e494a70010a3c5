#include "tests/simulate/orchestrator_state.h"

#include "tests/simulate/file_share.h"
#include "tests/simulate/told.h"
#include "tests/simulate/truth.h"
#include "tests/simulate/xmpp_server.h"
#include "tests/support/row_query.h"

#include <string.h>

#include "common/base/banned.h"

#define FULL_WAIT_MS 1000
#define COMPANY_MS   50  /* rows from which nothing follows wait so long for others */
#define TICKS_MAX    400 /* at one instant: more is a loop that spins */

static void take_event(Orchestrator *agent1, Event *event);
static void post_now(Orchestrator *agent1, Event *event);

/* ---- clocks ---- */

int64_t orchestrator_now(const Orchestrator *agent1)
{
    return SIM_START_MS + agent1->sim->now_ms + agent1->clock_ms;
}

int64_t orchestrator_true_ms(const Orchestrator *agent1, int64_t wall_ms)
{
    return wall_ms - SIM_START_MS - agent1->clock_ms;
}

static void stamp(Orchestrator *agent1, Event *event)
{
    event->now_ms = orchestrator_now(agent1);
    event->boot_ms = agent1->sim->now_ms + 1;
    dice_fill(&agent1->sim->dice, event->seed, sizeof event->seed);
}

static void on_time(void *owner, void *item)
{
    Orchestrator *agent1 = owner;
    Sim *sim = agent1->sim;

    if (GPOINTER_TO_UINT(item) != agent1->timer)
        return;
    agent1->ticks = agent1->last_tick_ms == sim->now_ms ? agent1->ticks + 1 : 0;
    agent1->last_tick_ms = sim->now_ms;
    if (agent1->ticks > TICKS_MAX)
        sim_break(sim, PROMISE_SLEEPS, "agent1 is woken over and over at one instant");
    post_now(agent1, event_new(EVENT_TICK));
}

static void arm_timer(Orchestrator *agent1)
{
    int64_t next_ms = MAX(core_next_deadline(agent1->core), agent1->full_until_ms);

    agent1->timer++;
    if (next_ms != INT64_MAX)
        sim_later(agent1->sim, next_ms - orchestrator_now(agent1), on_time, agent1,
                  GUINT_TO_POINTER(agent1->timer), NULL, &agent1->life);
}

static void free_effect(void *effect)
{
    effect_free(effect);
}

/* ---- outward ---- */

/* False when the process crashed on the way. */
static bool perform_all(Orchestrator *agent1, Effects *outward)
{
    for (guint i = 0; i < outward->list->len; i++) {
        orchestrator_perform(agent1, g_steal_pointer(&outward->list->pdata[i]));
        if (sim_strikes(agent1->sim, PROCESS_AGENT1)) {
            effects_free(outward);
            orchestrator_crash(agent1, -1);
            return false;
        }
    }
    effects_free(outward);
    return true;
}

/* ---- batches ---- */

static void apply(Orchestrator *agent1, Effect *effect, GPtrArray *events)
{
    switch (effect->kind) {
    case EFFECT_PUT:
        truth_record(agent1->sim->truth, &agent1->store, effect->row, agent1->committing);
        row_store_put(&agent1->store, row_copy(effect->row));
        break;
    case EFFECT_DELETE:
        row_store_delete(&agent1->store, effect->removal.table, effect->removal.key);
        break;
    case EFFECT_QUERY:
        g_ptr_array_add(events, row_store_query(&agent1->store, &effect->query));
        break;
    case EFFECT_AUDIT:
    case EFFECT_PUBLISH:
    case EFFECT_PUBLISH_PLAIN:
    case EFFECT_LISTEN:
    case EFFECT_UPDATE:
    case EFFECT_MODEL_CALL:
    case EFFECT_MODEL_CANCEL:
    case EFFECT_PAGE_CALL:
    case EFFECT_PAGE_CANCEL:
    case EFFECT_EMBED:
    case EFFECT_SAY:
    case EFFECT_XMPP:
    case EFFECT_TRUST:
    case EFFECT_EDIT_FILE:
    case EFFECT_LOG:
        break;
    }
}

static void free_event(void *event)
{
    event_free(event);
}

static void free_events(void *events)
{
    g_ptr_array_unref(events);
}

static void flush(Orchestrator *agent1);
static void start_over(Orchestrator *agent1);

static void on_stored(void *owner, void *item)
{
    Orchestrator *agent1 = owner;
    GPtrArray *events = item;

    refusals_stored(agent1->refusals);
    outside_batch_stored(agent1->outside);
    if (agent1->sim->mutant != MUTANT_PUBLISH &&
        !perform_all(agent1, g_steal_pointer(&agent1->in_flight)))
        return;
    g_clear_pointer(&agent1->in_flight, effects_free);
    for (guint i = 0; i < events->len; i++) {
        take_event(agent1, g_steal_pointer(&events->pdata[i]));
        if (!agent1->core)
            return;
    }
    flush(agent1);
    if (agent1->core)
        arm_timer(agent1);
}

static int64_t draw_store_delay(Orchestrator *agent1)
{
    Sim *sim = agent1->sim;

    if (agent1->slow_until_ms > sim->now_ms)
        return dice_between(&sim->dice, 500, 5000);
    return dice_between(&sim->dice, 0, sim->plan.store_max_ms);
}

static void commit(void *owner, void *item)
{
    Orchestrator *agent1 = owner;
    Sim *sim = agent1->sim;
    GPtrArray *events;

    (void)item;
    if (agent1->is_broken) {
        agent1->is_broken = false;
        orchestrator_crash(agent1, -1);
        return;
    }
    if (agent1->is_full) {
        sim_trace(sim, "agent1: a batch does not fit on the disk");
        agent1->full_until_ms = orchestrator_now(agent1) + FULL_WAIT_MS;
        start_over(agent1);
        return;
    }
    if (sim->mutant == MUTANT_COMMIT)
        row_store_copy(&agent1->unsynced, &agent1->store);
    events = g_ptr_array_new_with_free_func(free_event);
    truth_begin_commit(sim->truth, &agent1->store, agent1->committing);
    for (guint i = 0; i < agent1->committing->len; i++)
        apply(agent1, agent1->committing->pdata[i], events);
    g_clear_pointer(&agent1->committing, g_ptr_array_unref);
    if (sim_strikes(sim, PROCESS_AGENT1)) {
        g_ptr_array_unref(events);
        orchestrator_crash(agent1, -1);
        return;
    }
    sim_later(sim, dice_between(&sim->dice, 0, 2), on_stored, agent1, events, free_events,
              &agent1->life);
}

static void split(Refusals *refusals, Effects *from, GPtrArray *stored, Effects *outward)
{
    for (guint i = 0; i < from->list->len; i++) {
        Effect *effect = g_steal_pointer(&from->list->pdata[i]);
        bool is_for_store = effect_is_stored(effect) || effect->kind == EFFECT_QUERY;

        refusals_watch(refusals, effect);
        g_ptr_array_add(is_for_store ? stored : outward->list, effect);
    }
    g_ptr_array_set_size(from->list, 0);
}

static bool may_wait(const Effects *effects)
{
    bool has_rows = false;

    for (guint i = 0; i < effects->list->len; i++) {
        const Effect *effect = effects->list->pdata[i];

        if (!effect_is_stored(effect) && effect->kind != EFFECT_LOG)
            return false;
        has_rows |= effect_is_stored(effect);
    }
    return has_rows;
}

static void flush_now(Orchestrator *agent1)
{
    GPtrArray *stored;
    Effects *outward;

    stored = g_ptr_array_new_with_free_func(free_effect);
    outward = effects_new();
    told_watch(agent1->sim, &agent1->store, agent1->next);
    split(agent1->refusals, agent1->next, stored, outward);
    if (stored->len == 0) {
        g_ptr_array_unref(stored);
        perform_all(agent1, outward);
        return;
    }
    outside_batch_begins(agent1->outside);
    agent1->committing = stored;
    if (agent1->sim->mutant == MUTANT_PUBLISH) {
        agent1->in_flight = effects_new();
        if (!perform_all(agent1, outward))
            return;
    } else {
        agent1->in_flight = outward;
    }
    sim_later(agent1->sim, draw_store_delay(agent1), commit, agent1, NULL, NULL, &agent1->life);
}

static void end_company(void *owner, void *item)
{
    Orchestrator *agent1 = owner;

    (void)item;
    agent1->waits_for_company = false;
    if (!agent1->in_flight && agent1->next->list->len > 0)
        flush_now(agent1);
}

static void flush(Orchestrator *agent1)
{
    if (agent1->in_flight || agent1->next->list->len == 0)
        return;
    if (!may_wait(agent1->next)) {
        flush_now(agent1);
    } else if (!agent1->waits_for_company) {
        agent1->waits_for_company = true;
        sim_later(agent1->sim, COMPANY_MS, end_company, agent1, NULL, NULL, &agent1->life);
    }
}

/* ---- a core from the store ---- */

void orchestrator_configure(Orchestrator *agent1)
{
    bool is_blind = agent1->sim->mutant == MUTANT_WINDOW && agent1->cores++ > 0;
    CoreFiles files = { .config = agent1->config,
                        .registry = agent1->registry,
                        .blackouts = is_blind ? NULL : agent1->blackouts,
                        .policy = agent1->policy,
                        .tasks = agent1->tasks,
                        .zones = agent1->sim->zones,
                        .host_zone = "UTC" };
    g_autoptr(GError) error = NULL;

    if (!core_configure(agent1->core, &files, NULL, &error))
        g_error("%s", error->message);
}

static void make_core(Orchestrator *agent1)
{
    g_autoptr(Event) start = event_new(EVENT_TICK);

    core_free(agent1->core);
    agent1->core = core_new();
    for (int table = 0; table < TABLE_COUNT; table++) {
        g_autoptr(GPtrArray) rows = row_store_load(&agent1->store, (Table)table);

        core_restore(agent1->core, (Table)table, rows);
    }
    orchestrator_configure(agent1);
    stamp(agent1, start);
    core_start(agent1->core, start, NULL, agent1->next);
}

/* ---- a full disk ---- */

static void refuse_outward(Orchestrator *agent1, Effects *effects)
{
    for (guint i = 0; i < effects->list->len; i++)
        refusals_watch(agent1->refusals, effects->list->pdata[i]);
    for (guint i = 0; i < effects->list->len; i++) {
        Effect *effect = effects->list->pdata[i];

        if (refusals_rewrite(agent1->refusals, effect, agent1->sim->now_ms + 1))
            orchestrator_perform(agent1, g_steal_pointer(&effects->list->pdata[i]));
    }
}

static void start_over(Orchestrator *agent1)
{
    g_autoptr(GPtrArray) outside = NULL;

    refuse_outward(agent1, agent1->in_flight);
    refuse_outward(agent1, agent1->next);
    g_clear_pointer(&agent1->in_flight, effects_free);
    g_clear_pointer(&agent1->committing, g_ptr_array_unref);
    effects_free(agent1->next);
    agent1->next = effects_new();
    refusals_stored(agent1->refusals);
    make_core(agent1);
    outside = outside_tell(agent1->outside);
    for (guint i = 0; i < outside->len; i++) {
        stamp(agent1, outside->pdata[i]);
        core_step(agent1->core, outside->pdata[i], agent1->next);
    }
    arm_timer(agent1);
}

/* ---- events ---- */

static void take_event(Orchestrator *agent1, Event *event)
{
    Sim *sim = agent1->sim;
    const Effect *answer;

    stamp(agent1, event);
    sim->counts->steps++;
    outside_note(agent1->outside, event);
    if (event->kind == EVENT_LINK_UP || event->kind == EVENT_LINK_DOWN)
        agent1->is_up[event->link] = event->kind == EVENT_LINK_UP;
    answer = refusals_find(agent1->refusals, event);
    if (answer)
        orchestrator_publish(agent1, &answer->publish);
    else
        core_step(agent1->core, event, agent1->next);
    event_free(event);
    if (sim_strikes(sim, PROCESS_AGENT1))
        orchestrator_crash(agent1, -1);
}

static void post_now(Orchestrator *agent1, Event *event)
{
    take_event(agent1, event);
    if (agent1->core)
        flush(agent1);
    if (agent1->core)
        arm_timer(agent1);
}

void orchestrator_post(Orchestrator *agent1, Event *event)
{
    if (agent1->core)
        post_now(agent1, event);
    else
        event_free(event);
}

/* ---- life ---- */

static void start(void *owner, void *item)
{
    Orchestrator *agent1 = owner;

    (void)item;
    agent1->life++;
    sim_trace(agent1->sim, "agent1 starts");
    truth_disturb(agent1->sim->truth, NULL);
    agent1->next = effects_new();
    agent1->refusals = refusals_new();
    agent1->outside = outside_new();
    agent1->full_until_ms = 0;
    agent1->waits_for_company = false;
    memset(agent1->is_up, 0, sizeof agent1->is_up);
    make_core(agent1);
    broker_join(agent1->client);
    xmpp_server_join(agent1->sim->xmpp);
    flush(agent1);
    if (agent1->core)
        arm_timer(agent1);
}

static void forget_steps(Orchestrator *agent1)
{
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, agent1->store.tables[TABLE_STEPS]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (strcmp(row_text(row, STEPS_STATE), "begun") == 0) {
            row_set_text(row, STEPS_STATE, "waiting");
            row_set_text(row, STEPS_RUN, NULL);
        }
    }
}

static void forget_marks(Orchestrator *agent1)
{
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, agent1->store.tables[TABLE_SCHEDULES]);
    while (g_hash_table_iter_next(&iter, NULL, &row))
        row_set_int(row, SCHEDULES_MARK, row_int(row, SCHEDULES_ANCHOR));
}

/* What a store that breaks its contract does not bring back. */
static void lose_by_mutant(Orchestrator *agent1)
{
    GHashTableIter iter;
    void *row;

    if (agent1->sim->mutant == MUTANT_OUTBOX)
        g_hash_table_remove_all(agent1->store.tables[TABLE_OUTBOX]);
    if (agent1->sim->mutant == MUTANT_COMMIT)
        row_store_copy(&agent1->store, &agent1->unsynced);
    if (agent1->sim->mutant == MUTANT_STEP)
        forget_steps(agent1);
    if (agent1->sim->mutant == MUTANT_MARK)
        forget_marks(agent1);
    if (agent1->sim->mutant == MUTANT_FILE)
        g_hash_table_remove_all(agent1->store.tables[TABLE_UPLOADS]);
    if (agent1->sim->mutant != MUTANT_EXPIRY)
        return;
    g_hash_table_iter_init(&iter, agent1->store.tables[TABLE_RUNS]);
    while (g_hash_table_iter_next(&iter, NULL, &row))
        row_set_int(row, RUNS_IS_HANDED, 0);
}

void orchestrator_crash(Orchestrator *agent1, int64_t away_ms)
{
    Sim *sim = agent1->sim;

    if (!agent1->core)
        return;
    sim_trace(sim, "agent1 crashes");
    sim_count(sim, INJECT_AGENT1_CRASH);
    truth_crashed(sim->truth);
    agent1->life++;
    g_clear_pointer(&agent1->core, core_free);
    g_clear_pointer(&agent1->next, effects_free);
    g_clear_pointer(&agent1->refusals, refusals_free);
    g_clear_pointer(&agent1->outside, outside_free);
    g_clear_pointer(&agent1->in_flight, effects_free);
    g_clear_pointer(&agent1->committing, g_ptr_array_unref);
    g_hash_table_remove_all(agent1->trusted);
    lose_by_mutant(agent1);
    broker_leave(agent1->client, false);
    xmpp_server_leave(sim->xmpp);
    file_share_leave(sim->share);
    publisher_leave(agent1->publisher);
    if (away_ms < 0)
        away_ms = dice_between(&sim->dice, 10, 5 * SECOND_MS);
    orchestrator_start_later(agent1, away_ms);
}

void orchestrator_start_later(Orchestrator *agent1, int64_t delay_ms)
{
    sim_later(agent1->sim, delay_ms, start, agent1, NULL, NULL, &agent1->life);
}
