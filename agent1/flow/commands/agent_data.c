#include "agent1/flow/commands/agent_data.h"

#include "agent1/flow/commands/agent_look.h"
#include "agent1/flow/state/hold.h"
#include "common/base/banned.h"

#define LIST "agents"

void agent_data_begin(Turn *turn)
{
    if (turn_tells_programs(turn))
        answer_data_count(&turn->data, LIST, 0);
}

static Json *begin(const char *name, const char *state)
{
    Json *item = json_new_object();

    json_set_string(item, "type", "agent");
    json_set_string(item, "name", name);
    json_set_string(item, "state", state);
    return item;
}

static Json *make_labels(const RegistryAgent *entry)
{
    Json *labels = json_new_object();
    GHashTableIter iter;
    void *name;
    void *value;

    g_hash_table_iter_init(&iter, entry->labels);
    while (g_hash_table_iter_next(&iter, &name, &value))
        json_set_string(labels, name, value);
    return labels;
}

static Json *make_skills(const FleetAgent *live)
{
    Json *names = json_new_array();

    for (const Json *skill = json_first(live->skills); skill; skill = json_next(skill)) {
        const char *name = json_string(json_member(skill, "name"));

        if (name)
            json_append_string(names, name);
    }
    return names;
}

static void set_live(Json *item, const FleetAgent *live)
{
    answer_data_set_text(item, "version", live->version);
    answer_data_set_text(item, "host", live->host);
    if (live->clock_offset_ms != MESSAGE_ABSENT)
        json_set_int(item, "clock_offset_ms", live->clock_offset_ms);
    if (live->skills)
        json_set(item, "skills", make_skills(live));
}

static Json *make(const Core *core, const RegistryAgent *entry)
{
    const FleetAgent *live = fleet_find(core->fleet, entry->name);
    g_autofree char *hold = hold_of_agent(core, entry->name);
    Json *item = begin(entry->name, agent_look_name(agent_look(core, entry)));

    answer_data_set_time(item, "since", agent_look_since(core, entry));
    answer_data_set_text(item, "hold", hold);
    json_set_bool(item, "outside_work_hours", agent_look_is_outside_work(core, entry));
    answer_data_set_text(item, "description", entry->description);
    if (entry->labels)
        json_set(item, "labels", make_labels(entry));
    if (live)
        set_live(item, live);
    return item;
}

void agent_data_add(Turn *turn, const RegistryAgent *entry, unsigned in_hand, unsigned waiting)
{
    Json *item;

    if (!turn_tells_programs(turn))
        return;

    item = make(turn->core, entry);
    json_set_int(item, "runs_in_hand", in_hand);
    json_set_int(item, "runs_waiting", waiting);
    answer_data_add(&turn->data, LIST, item);
}

void agent_data_add_waiting(Turn *turn, const char *name, const char *fingerprint)
{
    Json *item;

    if (!turn_tells_programs(turn))
        return;

    item = begin(name, "asks_to_join");
    json_set_string(item, "fingerprint", fingerprint);
    answer_data_add(&turn->data, LIST, item);
}
