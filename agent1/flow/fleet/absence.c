#include "agent1/flow/fleet/absence.h"

#include "agent1/flow/runs/dispatch.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/notices.h"
#include "common/base/quantity.h"
#include "common/base/banned.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)

/* An agent that reconnects is not gone. */
#define GRACE_MS MINUTE_MS
/* Those that go, or come, together are waited for: until nobody more went for a while. */
#define GATHER_MS     (15 * SECOND_MS)
#define GATHER_MAX_MS (2 * MINUTE_MS)
/* Its status comes every five minutes: two that are missing, and time for an answer. */
#define SILENT_MS (21 * MINUTE_MS / 2)
/* So many losses within the time are told as one thing. */
#define DROPS_MAX     3
#define DROPS_TIME_MS (60 * MINUTE_MS)
/* One that comes and goes, and then stays away. */
#define UNSTEADY_GRACE_MS (15 * MINUTE_MS)

#define LOOK_MIN_MS SECOND_MS

/* What a look at the fleet found: FleetAgent *, borrowed. */
typedef struct Look {
    GPtrArray *gone;
    GPtrArray *back;
    GPtrArray *unsteady;
    GPtrArray *steady;
    int64_t gone_first_ms; /* of those in gone: when the patience with them began */
    int64_t gone_last_ms;
    int64_t back_first_ms;
    bool is_any_away; /* somebody of whom people know it is still away */
    int64_t next_ms;
} Look;

static void look_init(Look *look)
{
    *look = (Look){ .gone = g_ptr_array_new(),
                    .back = g_ptr_array_new(),
                    .unsteady = g_ptr_array_new(),
                    .steady = g_ptr_array_new(),
                    .gone_first_ms = INT64_MAX,
                    .back_first_ms = INT64_MAX,
                    .next_ms = INT64_MAX };
}

static void look_clear(Look *look)
{
    g_ptr_array_unref(look->gone);
    g_ptr_array_unref(look->back);
    g_ptr_array_unref(look->unsteady);
    g_ptr_array_unref(look->steady);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

static void look_again_at(Look *look, int64_t at_ms)
{
    look->next_ms = MIN(look->next_ms, at_ms);
}

/* Storms are looked at in one. */
static void look_soon(Core *core)
{
    core->absences_due_ms = MIN(core->absences_due_ms, core->now_ms + LOOK_MIN_MS);
}

void absence_begin(Core *core, FleetAgent *agent)
{
    look_soon(core);
    if (!agent->is_unsteady && (core->now_ms - agent->first_drop_ms >= DROPS_TIME_MS ||
                                core->now_ms < agent->first_drop_ms)) {
        agent->drops = 0;
        agent->first_drop_ms = core->now_ms;
    }
    agent->drops++;
    agent->last_drop_ms = core->now_ms;
}

void absence_heard(Core *core, FleetAgent *agent)
{
    agent->heard_boot_ms = core->boot_ms;
    core->absences_due_ms = MIN(core->absences_due_ms, core->now_ms + SILENT_MS);
    if (agent->told_ms != 0 || agent->roused_ms != 0)
        look_soon(core);
}

void absence_set_back(const Core *core, FleetAgent *agent)
{
    agent->heard_ms = MIN(agent->heard_ms, core->now_ms);
    agent->told_ms = MIN(agent->told_ms, agent->heard_ms);
}

/* ---- one agent ---- */

/* A time that has not come is of a clock that was wrong. */
static int64_t passed(const Core *core, int64_t at_ms)
{
    return MIN(at_ms, core->now_ms);
}

/* After a restart of agent1: it had not answered when people were told. */
bool absence_is_silent(const FleetAgent *agent)
{
    return agent->roused_ms > agent->heard_ms ||
           (agent->told_ms != 0 && agent->told_ms >= agent->heard_ms);
}

static bool is_away(const FleetAgent *agent)
{
    return agent->state == AGENT_OFFLINE || absence_is_silent(agent);
}

static int64_t away_since(const FleetAgent *agent)
{
    return agent->state == AGENT_OFFLINE ? agent->since_ms : agent->heard_ms;
}

/* While our own link was down, nobody could tell. */
static int64_t patience_from(const Core *core, const FleetAgent *agent)
{
    int64_t since_ms = agent->state == AGENT_OFFLINE ? agent->since_ms : agent->roused_ms;

    return passed(core, MAX(since_ms, core->link_since_ms[LINK_MQTT]));
}

/* Its heartbeat is missing: it is asked before anything is said. */
static void look_for_silence(Core *core, FleetAgent *agent, Look *look)
{
    int64_t quiet_ms = core->boot_ms - MAX(agent->heard_boot_ms, core->broker_boot_ms);

    if (agent->roused_ms > core->now_ms || agent->roused_ms <= agent->heard_ms)
        agent->roused_ms = 0;
    if (is_away(agent))
        return;
    if (quiet_ms < SILENT_MS) {
        look_again_at(look, core->now_ms + SILENT_MS - quiet_ms);
        return;
    }
    agent->roused_ms = core->now_ms;
    dispatch_query_soon(core, agent, 0);
}

static void look_at_unsteady(const Core *core, FleetAgent *agent, Look *look)
{
    int64_t calm_ms = passed(core, agent->last_drop_ms) + DROPS_TIME_MS;

    if (is_away(agent)) {
        int64_t due_ms = patience_from(core, agent) + UNSTEADY_GRACE_MS;

        if (agent->told_ms == 0 && core->now_ms >= due_ms)
            g_ptr_array_add(look->gone, agent);
        else if (agent->told_ms == 0)
            look_again_at(look, due_ms);
        return;
    }
    if (core->now_ms >= calm_ms)
        g_ptr_array_add(look->steady, agent);
    else
        look_again_at(look, calm_ms);
}

static void look_at_absent(const Core *core, FleetAgent *agent, Look *look)
{
    int64_t from_ms = patience_from(core, agent);

    look->is_any_away = look->is_any_away || agent->told_ms != 0;
    if (agent->told_ms != 0)
        return;
    g_ptr_array_add(look->gone, agent);
    look->gone_first_ms = MIN(look->gone_first_ms, from_ms);
    look->gone_last_ms = MAX(look->gone_last_ms, from_ms);
}

static void look_at_present(const Core *core, FleetAgent *agent, Look *look)
{
    if (agent->told_ms == 0)
        return;
    if (agent->back_ms == 0 || agent->back_ms > core->now_ms)
        agent->back_ms = core->now_ms;
    g_ptr_array_add(look->back, agent);
    look->back_first_ms = MIN(look->back_first_ms, agent->back_ms);
}

static void look_at(Core *core, FleetAgent *agent, Look *look)
{
    look_for_silence(core, agent, look);
    if (!is_away(agent))
        look_at_present(core, agent, look);
    else
        agent->back_ms = 0;
    if (agent->is_unsteady)
        look_at_unsteady(core, agent, look);
    else if (agent->drops >= DROPS_MAX)
        g_ptr_array_add(look->unsteady, agent);
    else if (is_away(agent))
        look_at_absent(core, agent, look);
}

/* ---- saying ---- */

static void set_told(Core *core, FleetAgent *agent, int64_t told_ms)
{
    agent->told_ms = told_ms;
    agent->back_ms = 0;
    effects_put(core->fx, rows_of_agent(agent));
}

static void tell_gone(Core *core, const GPtrArray *gone)
{
    g_autofree char *names = notices_names(gone);
    g_autofree char *since = NULL;
    int64_t since_ms = INT64_MAX;
    unsigned i;

    for (i = 0; i < gone->len; i++) {
        since_ms = MIN(since_ms, passed(core, away_since(gone->pdata[i])));
        set_told(core, gone->pdata[i], passed(core, away_since(gone->pdata[i])));
    }
    since = core_local_time(core, since_ms);
    if (gone->len > 1)
        notices_tell(core, NOTICE_NEWS, "%u agents are gone since %s: %s. !agents lists them.",
                     gone->len, since, names);
    else if (((const FleetAgent *)gone->pdata[0])->state != AGENT_OFFLINE)
        notices_tell(core, NOTICE_NEWS,
                     "%s is silent since %s and does not answer: is its network up? Tasks for it "
                     "wait.",
                     names, since);
    else
        notices_tell(core, NOTICE_NEWS, "%s is offline since %s. Tasks for it wait.", names, since);
}

/* Seconds are nothing that people ask for. */
static char *describe_span(int64_t ms)
{
    return duration_format(ms >= MINUTE_MS ? ms - ms % MINUTE_MS : ms);
}

static void tell_back(Core *core, const GPtrArray *back)
{
    g_autofree char *names = notices_names(back);
    g_autofree char *away = NULL;
    int64_t longest_ms = 0;
    unsigned i;

    for (i = 0; i < back->len; i++) {
        const FleetAgent *agent = back->pdata[i];

        longest_ms = MAX(longest_ms, agent->back_ms - agent->told_ms);
        set_told(core, back->pdata[i], 0);
    }
    away = describe_span(longest_ms);
    if (back->len > 1)
        notices_tell(core, NOTICE_NEWS, "%u agents are back after %s or less: %s.", back->len, away,
                     names);
    else
        notices_tell(core, NOTICE_NEWS, "%s is back after %s.", names, away);
}

static void tell_unsteady(Core *core, const GPtrArray *unsteady)
{
    g_autofree char *names = notices_names(unsteady);
    g_autofree char *since = NULL;
    int64_t since_ms = INT64_MAX;
    unsigned i;

    for (i = 0; i < unsteady->len; i++) {
        FleetAgent *agent = unsteady->pdata[i];

        agent->is_unsteady = true;
        since_ms = MIN(since_ms, passed(core, agent->first_drop_ms));
    }
    since = core_local_time(core, since_ms);
    if (unsteady->len > 1)
        notices_tell(core, NOTICE_NEWS,
                     "%u agents come and go, each lost %d times since %s: %s. You hear of them "
                     "again when they stay or stay away.",
                     unsteady->len, DROPS_MAX, since, names);
    else
        notices_tell(core, NOTICE_NEWS,
                     "%s comes and goes: lost %d times since %s. You hear of it again when it "
                     "stays or stays away.",
                     names, DROPS_MAX, since);
}

static void tell_steady(Core *core, const GPtrArray *steady)
{
    g_autofree char *names = notices_names(steady);
    unsigned drops = 0;
    unsigned i;

    for (i = 0; i < steady->len; i++) {
        FleetAgent *agent = steady->pdata[i];

        drops = MAX(drops, agent->drops);
        agent->is_unsteady = false;
        agent->drops = 0;
    }
    if (steady->len > 1)
        notices_tell(core, NOTICE_NEWS,
                     "%u agents are steady again, an hour without a loss: %s. Before they were "
                     "lost up to %u times.",
                     steady->len, names, drops);
    else
        notices_tell(core, NOTICE_NEWS,
                     "%s is steady again, an hour without a loss. Before it was lost %u times.",
                     names, drops);
}

/* ---- the look ---- */

static void settle_gone(Core *core, Look *look)
{
    int64_t due_ms = core->now_ms;

    if (look->gone->len == 0)
        return;
    /* Those that came and went before have waited longer already. */
    if (look->gone_first_ms != INT64_MAX)
        due_ms = MAX(look->gone_first_ms + GRACE_MS,
                     MIN(look->gone_last_ms + GATHER_MS, look->gone_first_ms + GATHER_MAX_MS));
    if (core->now_ms >= due_ms)
        tell_gone(core, look->gone);
    else
        look_again_at(look, due_ms);
}

static void settle_back(Core *core, Look *look)
{
    if (look->back->len == 0)
        return;
    if (!look->is_any_away || core->now_ms >= look->back_first_ms + GRACE_MS)
        tell_back(core, look->back);
    else
        look_again_at(look, look->back_first_ms + GRACE_MS);
}

static int64_t look_round(Core *core)
{
    g_autoptr(GPtrArray) agents = fleet_list(core->fleet);
    g_auto(Look) look = { 0 };
    unsigned i;

    look_init(&look);
    for (i = 0; i < agents->len; i++) {
        const FleetAgent *agent = agents->pdata[i];

        if (agent->heard_ms > 0 && core_is_trusted(core, agent))
            look_at(core, agents->pdata[i], &look);
    }
    if (look.unsteady->len > 0)
        tell_unsteady(core, look.unsteady);
    settle_gone(core, &look);
    settle_back(core, &look);
    if (look.steady->len > 0)
        tell_steady(core, look.steady);
    return look.next_ms;
}

void absence_due(Core *core)
{
    if (core->now_ms < core->absences_due_ms)
        return;

    core->absences_due_ms = INT64_MAX;
    /* A link that comes up looks again. */
    if (core->is_up[LINK_MQTT])
        core->absences_due_ms = MAX(look_round(core), core->now_ms + LOOK_MIN_MS);
}
