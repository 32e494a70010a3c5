#include "agent1/flow/state/hold.h"

#include "agent1/flow/state/revoked.h"
#include "common/wire/run_state.h"
#include "common/base/banned.h"

static char *describe_revoked(const Core *core, const RegistryAgent *entry)
{
    g_autofree char *user = NULL;
    g_autofree char *at = NULL;
    int64_t at_ms = 0;

    revoked_by(core, entry->key, &user, &at_ms);
    if (!user)
        return g_strdup_printf(core_words(core, "%s's key was revoked"), entry->name);

    at = core_local_time(core, at_ms);
    return g_strdup_printf(core_words(core, "%s's key was revoked by %s (%s)"), entry->name, user,
                           at);
}

static char *describe_paused(const Core *core, const FleetAgent *live)
{
    bool is_named = live->is_pause_wished && live->paused_by;
    g_autofree char *since = core_local_time(core, is_named ? live->paused_ms : live->since_ms);

    if (is_named)
        return g_strdup_printf(core_words(core, "%s is paused by %s since %s"), live->name,
                               live->paused_by, since);
    /* When it was wished is not known where the agent is not there. */
    if (live->state != AGENT_PAUSED)
        return g_strdup_printf(core_words(core, "%s is paused"), live->name);
    return g_strdup_printf(core_words(core, "%s is paused since %s"), live->name, since);
}

static char *describe_unheard(const Core *core, const FleetAgent *live)
{
    g_autofree char *since = core_local_time(core, live->unheard_ms);

    return g_strdup_printf(core_words(core, "%s hears me but gets no tasks since %s"), live->name,
                           since);
}

static bool is_paused(const FleetAgent *live)
{
    return live && (live->is_pause_wished || live->state == AGENT_PAUSED);
}

bool hold_is_pause(const Core *core, const char *agent)
{
    return is_paused(fleet_find(core->fleet, agent));
}

char *hold_of_agent(const Core *core, const char *agent)
{
    const RegistryAgent *entry = registry_find(core->registry, agent);
    const FleetAgent *live = fleet_find(core->fleet, agent);

    if (entry && !entry->is_accepted)
        return entry->key && revoked_is(core, entry->key) ? describe_revoked(core, entry) : NULL;
    if (is_paused(live))
        return describe_paused(core, live);
    return live && live->is_unheard_told && core_is_reachable(core, live)
               ? describe_unheard(core, live)
               : NULL;
}

static bool is_before_start(const Run *run)
{
    return run->state == RUN_AWAITING_APPROVAL || run->state == RUN_DEFERRED ||
           run->state == RUN_QUEUED || run->state == RUN_ACCEPTED;
}

char *hold_of_run(const Core *core, const Run *run)
{
    bool is_told =
        run->state == RUN_DEFERRED && g_strcmp0(run->outcome.rule, rule_name(RULE_PAUSED)) == 0;

    return is_before_start(run) && !is_told ? hold_of_agent(core, run->agent) : NULL;
}
