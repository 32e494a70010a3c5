#include "agent1/flow/commands/agent_look.h"

#include "agent1/flow/fleet/absence.h"
#include "common/base/banned.h"

static const struct {
    const char *name;
    const char *words;
} looks[] = {
    [AGENT_LOOK_NOT_ACCEPTED] = { "not_accepted", WORDS_LATER("not accepted") },
    [AGENT_LOOK_NOT_SEEN] = { "not_seen", WORDS_LATER("not seen yet") },
    [AGENT_LOOK_UNREACHABLE] = { "unreachable", WORDS_LATER("unreachable") },
    [AGENT_LOOK_SILENT] = { "silent", WORDS_LATER("silent") },
    [AGENT_LOOK_PAUSING] = { "pausing", WORDS_LATER("pausing") },
    [AGENT_LOOK_ONLINE] = { "online", WORDS_LATER("online") },
    [AGENT_LOOK_PAUSED] = { "paused", WORDS_LATER("paused") },
    [AGENT_LOOK_OFFLINE] = { "offline", WORDS_LATER("offline") },
};

static bool is_silent(const FleetAgent *live)
{
    return live->state != AGENT_OFFLINE && absence_is_silent(live);
}

AgentLook agent_look(const Core *core, const RegistryAgent *entry)
{
    const FleetAgent *live = fleet_find(core->fleet, entry->name);

    if (!entry->is_accepted)
        return AGENT_LOOK_NOT_ACCEPTED;
    if (!live || live->heard_ms == 0)
        return AGENT_LOOK_NOT_SEEN;
    if (!core->is_up[LINK_MQTT])
        return AGENT_LOOK_UNREACHABLE;
    if (is_silent(live))
        return AGENT_LOOK_SILENT;
    if (live->is_pause_wished && live->state == AGENT_ONLINE)
        return AGENT_LOOK_PAUSING;
    if (live->state == AGENT_ONLINE)
        return AGENT_LOOK_ONLINE;
    return live->state == AGENT_PAUSED ? AGENT_LOOK_PAUSED : AGENT_LOOK_OFFLINE;
}

const char *agent_look_words(AgentLook look)
{
    return looks[look].words;
}

const char *agent_look_name(AgentLook look)
{
    return looks[look].name;
}

int64_t agent_look_since(const Core *core, const RegistryAgent *entry)
{
    const FleetAgent *live = fleet_find(core->fleet, entry->name);

    if (!live || live->heard_ms == 0)
        return 0;
    return is_silent(live) ? live->heard_ms : live->since_ms;
}

bool agent_look_is_outside_work(const Core *core, const RegistryAgent *entry)
{
    HoursView view;
    Hours hours;

    core_hours(core, entry, &hours);
    hours_look(&hours, core->now_ms, &view);
    return view.is_outside_work;
}
