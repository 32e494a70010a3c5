#include "agent1/flow/runs/policy.h"

#include "common/base/banned.h"

Json *policy_for(const Core *core, const char *agent)
{
    const RegistryAgent *entry = registry_find(core->registry, agent);
    const FleetAgent *live = fleet_find(core->fleet, agent);
    Json *policy = json_new_object();
    Json *blackouts = json_new_array();
    unsigned i;

    for (i = 0; core->blackouts && i < core->blackouts->len; i++)
        json_append(blackouts, window_print(core->blackouts->pdata[i]));
    json_set_string(policy, "timezone", core->zone_name);
    json_set(policy, "blackouts", blackouts);
    if (entry && entry->work_hours)
        json_set(policy, "work_hours", window_print(entry->work_hours));
    else
        json_set(policy, "work_hours", json_new_null());
    if (entry && entry->zone_name)
        json_set_string(policy, "work_hours_timezone", entry->zone_name);
    json_set_bool(policy, "paused", live && live->is_pause_wished);
    json_set_int(policy, "epoch", core->epoch);
    return policy;
}
