#include "tests/simulate/faults.h"

#include "tests/simulate/broker.h"
#include "tests/simulate/host.h"
#include "tests/simulate/orchestrator.h"
#include "tests/simulate/xmpp_server.h"

#include "common/base/banned.h"

#define STRAGGLERS_PERMILLE 700

typedef void (*Strike)(Sim *sim);

static Host *some_host(Sim *sim)
{
    return sim->hosts[dice_below(&sim->dice, sim->host_count)];
}

static void strike_agent1_away(Sim *sim)
{
    orchestrator_crash(sim->agent1, dice_between(&sim->dice, 30 * SECOND_MS, 8 * MINUTE_MS));
}

static void strike_agent1_restart(Sim *sim)
{
    orchestrator_crash(sim->agent1, dice_between(&sim->dice, 100, 2000));
}

static void strike_agent_away(Sim *sim)
{
    host_crash(some_host(sim), dice_between(&sim->dice, 30 * SECOND_MS, 8 * MINUTE_MS));
}

static void strike_agent_restart(Sim *sim)
{
    host_stop(some_host(sim));
}

static void strike_reboot(Sim *sim)
{
    host_reboot(some_host(sim));
}

static void strike_shim(Sim *sim)
{
    host_kill_shim(some_host(sim));
}

static void strike_broker(Sim *sim)
{
    broker_kill(sim->broker);
}

static void strike_link(Sim *sim)
{
    broker_cut(broker_random_client(sim->broker),
               dice_between(&sim->dice, SECOND_MS, 4 * MINUTE_MS));
}

static void strike_xmpp(Sim *sim)
{
    xmpp_server_cut(sim->xmpp);
}

static void strike_database_full(Sim *sim)
{
    orchestrator_fill_disk(sim->agent1, dice_between(&sim->dice, SECOND_MS, 60 * SECOND_MS));
}

static void strike_database_broken(Sim *sim)
{
    orchestrator_break_disk(sim->agent1);
}

static void strike_database_slow(Sim *sim)
{
    orchestrator_slow_disk(sim->agent1, dice_between(&sim->dice, SECOND_MS, 60 * SECOND_MS));
}

static void back_up_database(Sim *sim)
{
    orchestrator_back_up(sim->agent1);
}

static void strike_database_restored(Sim *sim)
{
    orchestrator_restore(sim->agent1, dice_between(&sim->dice, SECOND_MS, 60 * SECOND_MS));
}

static void strike_disk_full(Sim *sim)
{
    host_fill_disk(some_host(sim), dice_between(&sim->dice, SECOND_MS, 90 * SECOND_MS));
}

static void strike_journal_lost(Sim *sim)
{
    host_lose_journal(some_host(sim));
}

static void back_up_journal(Sim *sim)
{
    host_back_up(sim->hosts[0]);
}

static void strike_journal_restored(Sim *sim)
{
    host_restore_journal(sim->hosts[0]);
}

static void strike_journals_swapped(Sim *sim)
{
    if (sim->host_count > 1)
        host_swap_journals(sim->hosts[0], sim->hosts[1]);
}

static void strike_clock(Sim *sim)
{
    static const int64_t jumps_ms[] = { 5 * MINUTE_MS, 60 * MINUTE_MS, 10 * SECOND_MS };
    int64_t jump_ms = jumps_ms[dice_below(&sim->dice, G_N_ELEMENTS(jumps_ms))];

    if (!sim->plan.has_clock_faults)
        return;
    if (dice_chance(&sim->dice, 500))
        jump_ms = -jump_ms;
    if (dice_chance(&sim->dice, 300))
        orchestrator_set_clock(sim->agent1, jump_ms);
    else
        host_set_clock(some_host(sim), jump_ms);
}

static const struct {
    Inject inject;
    unsigned permille; /* of the seeds that have it at all */
    unsigned most;     /* times in one seed */
    Strike prepare;    /* comes some time before, or NULL */
    Strike strike;
} faults[] = {
    { INJECT_AGENT1_AWAY, 200, 2, NULL, strike_agent1_away },
    { INJECT_AGENT1_RESTART, 200, 3, NULL, strike_agent1_restart },
    { INJECT_AGENT_AWAY, 200, 2, NULL, strike_agent_away },
    { INJECT_COUNT, 250, 3, NULL, strike_agent_restart },
    { INJECT_COUNT, 250, 3, NULL, strike_reboot },
    { INJECT_COUNT, 250, 4, NULL, strike_shim },
    { INJECT_BROKER_KILL, 350, 4, NULL, strike_broker },
    { INJECT_PARTITION, 350, 4, NULL, strike_link },
    { INJECT_XMPP_CUT, 300, 4, NULL, strike_xmpp },
    { INJECT_DATABASE_FULL, 200, 3, NULL, strike_database_full },
    { INJECT_DATABASE_BROKEN, 100, 2, NULL, strike_database_broken },
    { INJECT_DATABASE_SLOW, 200, 3, NULL, strike_database_slow },
    { INJECT_DATABASE_RESTORED, 60, 1, back_up_database, strike_database_restored },
    { INJECT_DISK_FULL, 200, 3, NULL, strike_disk_full },
    { INJECT_JOURNAL_LOST, 250, 2, NULL, strike_journal_lost },
    { INJECT_JOURNAL_RESTORED, 60, 1, back_up_journal, strike_journal_restored },
    { INJECT_JOURNALS_SWAPPED, 60, 1, NULL, strike_journals_swapped },
    { INJECT_CLOCK_SET, 300, 3, NULL, strike_clock },
};

/* The numbers of controls rise by agent1's clock when its own count is lost, or is not the one that
 * the agent's journal knows: not both at once with a clock that goes back. */
static bool needs_clock(Inject inject)
{
    return inject == INJECT_DATABASE_RESTORED || inject == INJECT_JOURNAL_RESTORED ||
           inject == INJECT_JOURNALS_SWAPPED;
}

/* How many of a thousand worlds have this fault. */
static unsigned draw_share(const Sim *sim, Inject inject, unsigned permille)
{
    return sim->plan.has_stragglers && inject == INJECT_DATABASE_RESTORED ? STRAGGLERS_PERMILLE
                                                                          : permille;
}

static void strike(void *owner, void *item)
{
    Sim *sim = owner;
    guint index = GPOINTER_TO_UINT(item);

    if (sim->is_healed)
        return;
    if (faults[index].inject != INJECT_COUNT)
        sim_count(sim, faults[index].inject);
    faults[index].strike(sim);
}

static void prepare(void *owner, void *item)
{
    faults[GPOINTER_TO_UINT(item)].prepare(owner);
}

void faults_schedule(Sim *sim)
{
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        int64_t times = 0;

        if (dice_chance(&sim->dice, draw_share(sim, faults[i].inject, faults[i].permille)) &&
            !(sim->plan.has_clock_faults && needs_clock(faults[i].inject)))
            times = dice_between(&sim->dice, 1, faults[i].most);
        for (; times > 0; times--) {
            int64_t at_ms = dice_between(&sim->dice, 0, sim->plan.active_ms);

            if (faults[i].prepare)
                sim_later(sim, dice_between(&sim->dice, 0, at_ms), prepare, sim,
                          GUINT_TO_POINTER(i), NULL, NULL);
            sim_later(sim, at_ms, strike, sim, GUINT_TO_POINTER(i), NULL, NULL);
        }
    }
}

void faults_draw_plan(Sim *sim)
{
    static const unsigned crash_permille[] = { 0, 0, 2, 10, 50 };
    static const unsigned loss_permille[] = { 0, 0, 20, 150, 400 };
    static const int64_t delay_ms[] = { 20, 200, 3000 };
    Plan *plan = &sim->plan;
    Dice *dice = &sim->dice;

    for (size_t i = 0; i < G_N_ELEMENTS(plan->crash_permille); i++) {
        plan->crash_permille[i] = crash_permille[dice_below(dice, G_N_ELEMENTS(crash_permille))];
        plan->crashes_left[i] = 1 + (unsigned)dice_below(dice, 6);
    }
    plan->loss_permille = loss_permille[dice_below(dice, G_N_ELEMENTS(loss_permille))];
    plan->twice_permille = loss_permille[dice_below(dice, G_N_ELEMENTS(loss_permille))];
    plan->delay_max_ms = delay_ms[dice_below(dice, G_N_ELEMENTS(delay_ms))];
    plan->store_max_ms = dice_chance(dice, 300) ? 300 : 5;
    plan->journal_max_ms = dice_chance(dice, 300) ? 200 : 3;
    plan->task_max_ms = dice_chance(dice, 500) ? 60 * SECOND_MS : 3 * SECOND_MS;
    plan->active_ms = dice_between(dice, MINUTE_MS, 8 * MINUTE_MS);
    plan->has_clock_faults = dice_chance(dice, 250);
    plan->has_window = dice_chance(dice, 250);
    /* People are told an hour of the clock, and a clock that is put back puts that off. */
    plan->has_policy = !plan->has_clock_faults && dice_chance(dice, 400);
    /* Not drawn: the worlds of other seeds stay what they were. */
    plan->has_schedule = sim->seed % 4 == 0;
    plan->has_files = sim->seed % 4 == 2;
    plan->has_topics = sim->seed % 4 == 3;
    plan->has_stragglers = sim->seed % 8 == 5;
    sim->host_count = 1 + (unsigned)dice_below(dice, SIM_HOSTS_MAX);
    if (plan->has_window)
        sim_count(sim, INJECT_WINDOW);
    if (plan->has_policy)
        sim_count(sim, INJECT_POLICY);
    if (plan->has_schedule)
        sim_count(sim, INJECT_SCHEDULE);
}
