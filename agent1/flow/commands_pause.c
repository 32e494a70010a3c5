#include "agent1/flow/commands.h"

#include <string.h>

#include "agent1/flow/dispatch.h"
#include "agent1/flow/gate_facts.h"
#include "agent1/flow/say.h"
#include "common/base/text.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

static void set_standby(Core *core, Turn *turn, bool is_asleep)
{
    bool was_asleep = core_is_asleep(core);

    if (was_asleep == is_asleep) {
        turn_say(turn, "agent1: %s already", is_asleep ? "asleep" : "awake");
        return;
    }
    core_set_meta(core, META_STANDBY, is_asleep ? "1" : "0");
    turn_say(turn, "agent1: %s",
             is_asleep ? "asleep; !agentsON or !agentON agent1 wakes me" : "awake");
    if (!is_asleep)
        say_digest(core);
}

static void set_pause(Core *core, const char *name, bool is_paused)
{
    FleetAgent *agent = fleet_get(core->fleet, name);

    agent->is_pause_wished = is_paused;
    dispatch_add_control(core, agent, is_paused ? OUTBOX_PAUSE : OUTBOX_RESUME);
}

static void say_paused(Core *core, Turn *turn, const char *name, bool is_paused)
{
    const FleetAgent *agent = fleet_find(core->fleet, name);
    bool is_there = agent && core_is_reachable(core, agent);

    turn_say(turn, "%s: %s%s", name, is_paused ? "paused" : "resumed",
             is_there ? "" : " (it is offline; it will be told when it comes back)");
}

static bool is_accepted(const Core *core, const char *name)
{
    const RegistryAgent *entry = registry_find(core->registry, name);

    return entry && entry->is_accepted;
}

static void pause_matching(Core *core, Turn *turn, const char *pattern, bool is_paused)
{
    g_autoptr(GPtrArray) names = registry_names(core->registry);
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];

        if (!text_matches_glob(pattern, name) || !is_accepted(core, name))
            continue;
        set_pause(core, name, is_paused);
        say_paused(core, turn, name, is_paused);
        count++;
    }
    if (count == 0) {
        g_autofree char *shown = text_make_line(pattern, 40);
        g_autofree char *nearest = gate_facts_nearest(core, pattern);

        turn_fail(turn, "%s: no accepted agent of that name%s%s", shown,
                  nearest ? "; nearest: " : "; !agents lists them", nearest ? nearest : "");
    }
}

static void switch_agents(Core *core, Turn *turn, const char *arguments, bool is_off)
{
    g_auto(GStrv) patterns = g_strsplit_set(arguments, ", \t", -1);
    bool has_any = false;
    unsigned i;

    for (i = 0; patterns[i]; i++) {
        if (!patterns[i][0])
            continue;
        has_any = true;
        if (strcmp(patterns[i], AGENT1_NAME) == 0)
            set_standby(core, turn, is_off);
        else if (core_is_asleep(core))
            turn_fail(turn, "%s: refused (standby): I am asleep; !agentsON wakes me", patterns[i]);
        else
            pause_matching(core, turn, patterns[i], is_off);
    }
    if (!has_any)
        turn_fail(turn, "expected %s <agent>: a name, a list a,b or a pattern web*",
                  is_off ? "!agentOFF" : "!agentON");
    dispatch_due(core);
}

void commands_agent_off(Core *core, Turn *turn, const char *arguments)
{
    switch_agents(core, turn, arguments, true);
}

void commands_agent_on(Core *core, Turn *turn, const char *arguments)
{
    switch_agents(core, turn, arguments, false);
}

static unsigned pause_all(Core *core, bool is_paused)
{
    g_autoptr(GPtrArray) names = registry_names(core->registry);
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < names->len; i++) {
        if (!is_accepted(core, names->pdata[i]))
            continue;
        set_pause(core, names->pdata[i], is_paused);
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
    count = pause_all(core, true);
    turn_say(turn, "%u agent%s paused: what runs is finished, nothing is started", count,
             count == 1 ? "" : "s");
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
    count = pause_all(core, false);
    turn_say(turn, "%u agent%s resumed", count, count == 1 ? "" : "s");
    dispatch_due(core);
}
