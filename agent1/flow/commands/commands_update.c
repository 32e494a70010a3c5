#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/agent_names.h"
#include "agent1/flow/fleet/updates.h"
#include "agent1/flow/gate/targets.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

static int compare_names(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void ask(Core *core, Turn *turn, const GPtrArray *agents, bool has_agent1)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    unsigned i;

    for (i = 0; agents && i < agents->len; i++)
        g_ptr_array_add(names, agents->pdata[i]);
    if (has_agent1)
        g_ptr_array_add(names, (void *)(gsize)AGENT1_NAME);
    g_ptr_array_sort(names, compare_names);
    updates_ask(core, turn, names);
}

/* By chat nobody comes so far while agent1 sleeps; Home Assistant does. */
static bool is_awake(Core *core, Turn *turn, const char *target)
{
    if (!core_is_asleep(core))
        return true;

    turn_fail(turn, "%s: refused (standby): I am asleep; !agentsON wakes me", target);
    return false;
}

void commands_agent_update(Core *core, Turn *turn, const char *arguments)
{
    bool has_agent1;
    g_autofree char *target = agent_names_read(arguments, &has_agent1);
    g_autoptr(GPtrArray) names = NULL;

    if (!*target && !has_agent1) {
        turn_fail(turn,
                  "expected %s <agent>: a name, a list a,b, a pattern web*, a label role=web, or "
                  "agent1 itself",
                  command_info(COMMAND_AGENT_UPDATE)->name);
        return;
    }
    if (!is_awake(core, turn, *target ? target : AGENT1_NAME))
        return;
    if (*target &&
        (!targets_find(core, turn, target, &names) || !agent_names_are_accepted(core, turn, names)))
        return;
    ask(core, turn, names, has_agent1);
}

void commands_agents_update(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GPtrArray) known = registry_names(core->registry);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    unsigned i;

    if (*arguments) {
        turn_fail(turn, "!agentsUPDATE takes no argument; for one agent: !agentUPDATE %s",
                  arguments);
        return;
    }
    if (!is_awake(core, turn, AGENT1_NAME))
        return;
    for (i = 0; i < known->len; i++) {
        if (agent_names_is_accepted(core, known->pdata[i]))
            g_ptr_array_add(names, known->pdata[i]);
    }
    ask(core, turn, names, true);
}
