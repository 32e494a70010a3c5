#include "tests/simulate/seed.h"

#include "common/wire/key.h"
#include "tests/simulate/broker.h"
#include "tests/simulate/errand_truth.h"
#include "tests/simulate/faults.h"
#include "tests/simulate/file_share.h"
#include "tests/simulate/host.h"
#include "tests/simulate/orchestrator.h"
#include "tests/simulate/people.h"
#include "tests/simulate/plan_truth.h"
#include "tests/simulate/schedule_truth.h"
#include "tests/simulate/sim.h"
#include "tests/simulate/truth.h"
#include "tests/simulate/xmpp_server.h"

#include <stdio.h>
#include <string.h>

#include "common/base/banned.h"

#define ASKS_MAX       14
#define LOOK_MS        (20 * SECOND_MS)
#define ENDS_WITHIN_MS (40 * MINUTE_MS) /* after the world has healed */
#define ACTS_MAX       2000000

/* ---- the beginning ---- */

static void ask(void *owner, void *item)
{
    Sim *sim = owner;
    g_autofree char *text = people_think(sim->people);

    (void)item;
    people_ask(sim->people, text);
}

static void make_world(Sim *sim)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    int64_t asks;

    dice_init(&sim->dice, sim->seed);
    agenda_init(&sim->agenda);
    faults_draw_plan(sim);
    sim->zones = zones_new();
    zones_add(sim->zones, "UTC", utc);
    sim->truth = truth_new(sim);
    sim->plan_truth = plan_truth_new(sim);
    sim->schedule_truth = schedule_truth_new(sim);
    sim->errand_truth = errand_truth_new(sim);
    sim->broker = broker_new(sim);
    sim->share = file_share_new(sim);
    sim->xmpp = xmpp_server_new(sim);
    sim->agent1 = orchestrator_new(sim);
    for (unsigned i = 0; i < sim->host_count; i++)
        sim->hosts[i] = host_new(sim, i);
    sim->people = people_new(sim);
    faults_schedule(sim);
    asks = dice_between(&sim->dice, 2, ASKS_MAX);
    for (int64_t i = 0; i < asks; i++)
        sim_later(sim, dice_between(&sim->dice, 0, sim->plan.active_ms), ask, sim, NULL, NULL,
                  NULL);
}

static void end_world(Sim *sim)
{
    agenda_clear(&sim->agenda);
    people_free(sim->people);
    for (unsigned i = 0; i < sim->host_count; i++)
        host_free(sim->hosts[i]);
    orchestrator_free(sim->agent1);
    xmpp_server_free(sim->xmpp);
    file_share_free(sim->share);
    broker_free(sim->broker);
    truth_free(sim->truth);
    plan_truth_free(sim->plan_truth);
    schedule_truth_free(sim->schedule_truth);
    errand_truth_free(sim->errand_truth);
    zones_free(sim->zones);
    g_free(sim->problem);
}

/* ---- the end ---- */

static bool is_accepted(const Sim *sim, const char *name)
{
    const Json *agents = json_member(orchestrator_registry(sim->agent1), "agents");

    return json_bool(json_member(json_member(agents, name), "accepted"));
}

static bool is_any_paused(const Sim *sim)
{
    g_autoptr(GPtrArray) rows = row_store_load(orchestrator_store(sim->agent1), TABLE_AGENTS);

    for (guint i = 0; i < rows->len; i++) {
        if (row_int(rows->pdata[i], AGENTS_IS_PAUSE_WISHED))
            return true;
    }
    return false;
}

/* An admin puts right what people did. Whoever was revoked asks to join when it connects again. */
static void put_right(void *owner, void *item)
{
    Sim *sim = owner;
    bool is_first = item == NULL;

    if (is_first || orchestrator_is_asleep(sim->agent1) || is_any_paused(sim))
        people_administer(sim->people, "!agentsON");
    for (unsigned i = 0; i < sim->host_count; i++) {
        const char *name = host_name(sim->hosts[i]);
        g_autofree char *fingerprint = NULL;
        g_autofree char *text = NULL;
        Key key;

        if (is_accepted(sim, name))
            continue;
        memset(key.bytes, (int)(SIM_KEY_HOST + i), sizeof key.bytes);
        fingerprint = key_fingerprint(&key);
        text = g_strdup_printf("!accept %s %.9s", name, fingerprint);
        people_administer(sim->people, text);
        host_stop(sim->hosts[i]);
    }
    /* What people wrote before may still come. */
    if (sim->now_ms < sim->plan.active_ms + ENDS_WITHIN_MS / 2)
        sim_later(sim, 2 * MINUTE_MS, put_right, sim, sim, NULL, NULL);
}

static void heal(Sim *sim)
{
    sim->is_healed = true;
    sim_trace(sim, "the world heals");
    orchestrator_heal(sim->agent1);
    for (unsigned i = 0; i < sim->host_count; i++)
        host_heal(sim->hosts[i]);
    sim_later(sim, 3 * MINUTE_MS, put_right, sim, NULL, NULL, NULL);
}

typedef struct Open {
    Promise promise;
    char *what;
} Open;

static char *find_live_run(const Sim *sim)
{
    g_autoptr(GPtrArray) rows = row_store_load(orchestrator_store(sim->agent1), TABLE_RUNS);
    const Row *row = rows->len > 0 ? rows->pdata[0] : NULL;

    return row ? g_strdup_printf("%s (#%d) is %s%s", row_text(row, RUNS_ID),
                                 (int)row_int(row, RUNS_NUMBER), row_text(row, RUNS_STATE),
                                 row_int(row, RUNS_IS_UNCONFIRMED) ? ", unconfirmed" : "")
               : NULL;
}

static char *find_unsent(const Sim *sim)
{
    static const Table tables[] = { TABLE_OUTBOX, TABLE_SAYINGS, TABLE_EDITS };

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autoptr(GPtrArray) rows = row_store_load(orchestrator_store(sim->agent1), tables[i]);

        if (rows->len > 0)
            return g_strdup_printf("%u rows in %s: %s %s %s", rows->len,
                                   table_info(tables[i])->name, row_text(rows->pdata[0], 0),
                                   row_text(rows->pdata[0], 1), row_text(rows->pdata[0], 2));
    }
    return NULL;
}

/* What has not ended yet; .what NULL: everything has. */
static Open find_open(const Sim *sim)
{
    Open open = { .promise = PROMISE_ENDS, .what = find_live_run(sim) };

    if (open.what)
        return open;
    open = (Open){ .promise = PROMISE_PLANS_END,
                   .what = plan_truth_find_open(orchestrator_store(sim->agent1)) };
    if (open.what)
        return open;
    open.what = errand_truth_find_open(sim->errand_truth, &open.promise);
    if (open.what)
        return open;
    open = (Open){ .promise = PROMISE_OUTBOX_EMPTIES, .what = find_unsent(sim) };
    for (unsigned i = 0; i < sim->host_count && !open.what; i++) {
        open =
            (Open){ .promise = PROMISE_RESULTS_ARRIVE, .what = host_unacknowledged(sim->hosts[i]) };
        if (!open.what && !is_accepted(sim, host_name(sim->hosts[i])))
            open.what = g_strdup_printf("%s is not accepted", host_name(sim->hosts[i]));
    }
    if (!open.what)
        open = (Open){ .promise = PROMISE_EVERYBODY_HEARS, .what = people_unanswered(sim->people) };
    return open;
}

/* ---- time ---- */

static void pass_until(Sim *sim, int64_t end_ms, uint64_t *acts)
{
    while (!sim->is_broken && agenda_next_ms(&sim->agenda) <= end_ms) {
        sim->now_ms = agenda_next_ms(&sim->agenda);
        agenda_do_next(&sim->agenda);
        if (++*acts > ACTS_MAX)
            sim_break(sim, PROMISE_SLEEPS, "this world does not come to rest");
    }
    sim->now_ms = MAX(sim->now_ms, end_ms);
}

static void live(Sim *sim)
{
    int64_t end_ms = sim->plan.active_ms + ENDS_WITHIN_MS;
    g_autofree char *left = NULL;
    uint64_t acts = 0;

    pass_until(sim, sim->plan.active_ms, &acts);
    heal(sim);
    /* Until an admin has looked. */
    pass_until(sim, sim->now_ms + 4 * MINUTE_MS, &acts);
    while (!sim->is_broken) {
        Open open = find_open(sim);

        g_free(left);
        left = open.what;
        if (!left)
            return;
        if (sim->now_ms >= end_ms)
            sim_break(sim, open.promise, "%s", left);
        else
            pass_until(sim, sim->now_ms + LOOK_MS, &acts);
    }
}

bool seed_run(uint64_t seed, Mutant mutant, FILE *trace, Counts *counts, Broken *out)
{
    Sim sim = { .seed = seed, .mutant = mutant, .trace = trace, .counts = counts };

    make_world(&sim);
    live(&sim);
    counts->seeds++;
    if (sim.is_broken) {
        out->promise = sim.promise;
        g_strlcpy(out->problem, sim.problem, sizeof out->problem);
    }
    end_world(&sim);
    return !sim.is_broken;
}
