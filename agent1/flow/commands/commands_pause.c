#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/agent_names.h"
#include "agent1/flow/gate/targets.h"
#include "agent1/flow/runs/dispatch.h"
#include "agent1/flow/runs/plans.h"
#include "agent1/flow/voice/say.h"
#include "common/base/banned.h"

static void set_standby(Core *core, Turn *turn, bool is_asleep)
{
    bool was_asleep = core_is_asleep(core);

    if (was_asleep == is_asleep) {
        turn_say(turn, is_asleep ? "agent1: asleep already" : "agent1: awake already");
        return;
    }
    core_set_meta(core, META_STANDBY, is_asleep ? "1" : "0");
    /* What waited for the waking looks at it at the end of this step. */
    if (!is_asleep)
        core->runs_due_ms = core->notices_due_ms = core->now_ms;
    turn_say(turn,
             is_asleep ? "agent1: asleep; !agentsON or !agentON agent1 wakes me" : "agent1: awake");
    if (!is_asleep)
        say_digest(core);
}

/* Whoever wishes it a second time changes nothing: it is paused by the first since then. */
static void note_pause(const Core *core, FleetAgent *agent, const char *user, bool is_paused)
{
    if (agent->is_pause_wished == is_paused)
        return;

    agent->is_pause_wished = is_paused;
    g_free(agent->paused_by);
    agent->paused_by = is_paused ? g_strdup(user) : NULL;
    agent->paused_ms = is_paused ? core->now_ms : 0;
}

static void set_pause(Core *core, const Turn *turn, const char *name, bool is_paused)
{
    FleetAgent *agent = fleet_get(core->fleet, name);

    note_pause(core, agent, turn->speaker->user, is_paused);
    /* The agent may be away, and never say that it goes on. */
    if (!is_paused)
        core->runs_due_ms = core->now_ms;
    dispatch_add_control(core, agent, is_paused ? OUTBOX_PAUSE : OUTBOX_RESUME);
}

static void say_paused(Core *core, Turn *turn, const char *name, bool is_paused)
{
    const FleetAgent *agent = fleet_find(core->fleet, name);
    bool is_there = agent && core_is_reachable(core, agent);

    turn_say(turn, "%s: %s%s", name, core_words(core, is_paused ? "paused" : "resumed"),
             is_there ? ""
                      : core_words(core, " (it is offline; it will be told when it comes back)"));
}

static void pause_these(Core *core, Turn *turn, const GPtrArray *names, bool is_paused)
{
    unsigned i;

    for (i = 0; i < names->len; i++) {
        set_pause(core, turn, names->pdata[i], is_paused);
        say_paused(core, turn, names->pdata[i], is_paused);
    }
}

static void switch_agents(Core *core, Turn *turn, const char *arguments, bool is_off)
{
    bool has_agent1;
    g_autofree char *target = agent_names_read(arguments, &has_agent1);
    g_autoptr(GPtrArray) names = NULL;

    if (!*target && !has_agent1) {
        turn_fail(turn,
                  "expected %s <agent>: a name, a list a,b, a pattern web*, a label role=web, or "
                  "agent1 itself",
                  is_off ? "!agentOFF" : "!agentON");
        return;
    }
    if (*target && core_is_asleep(core) && (is_off || !has_agent1)) {
        turn_fail(turn, "%s: refused (standby): I am asleep; !agentsON wakes me", target);
        return;
    }
    if (*target &&
        (!targets_find(core, turn, target, &names) || !agent_names_are_accepted(core, turn, names)))
        return;
    if (has_agent1 && !is_off)
        set_standby(core, turn, false);
    if (names)
        pause_these(core, turn, names, is_off);
    dispatch_due(core);
    if (has_agent1 && is_off)
        set_standby(core, turn, true);
    if (!is_off)
        plans_go_on(core, turn);
}

void commands_agent_off(Core *core, Turn *turn, const char *arguments)
{
    switch_agents(core, turn, arguments, true);
}

void commands_agent_on(Core *core, Turn *turn, const char *arguments)
{
    switch_agents(core, turn, arguments, false);
}

static unsigned pause_all(Core *core, const Turn *turn, bool is_paused)
{
    g_autoptr(GPtrArray) names = registry_names(core->registry);
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < names->len; i++) {
        if (!agent_names_is_accepted(core, names->pdata[i]))
            continue;
        set_pause(core, turn, names->pdata[i], is_paused);
        count++;
    }
    return count;
}

void commands_agents_off(Core *core, Turn *turn, const char *arguments)
{
    unsigned count;

    if (*arguments) {
        turn_fail(turn, "!agentsOFF takes no argument; for one agent: !agentOFF %s", arguments);
        return;
    }
    count = pause_all(core, turn, true);
    turn_say(turn, "%u agent%s paused: what runs is finished, nothing is started", count,
             core_plural(core, count));
    dispatch_due(core);
    set_standby(core, turn, true);
}

void commands_agents_on(Core *core, Turn *turn, const char *arguments)
{
    unsigned count;

    if (*arguments) {
        turn_fail(turn, "!agentsON takes no argument; for one agent: !agentON %s", arguments);
        return;
    }
    set_standby(core, turn, false);
    count = pause_all(core, turn, false);
    turn_say(turn, "%u agent%s resumed", count, core_plural(core, count));
    plans_go_on(core, turn);
    dispatch_due(core);
}
