#include "agent1/flow/state/core_state.h"

#include <string.h>

#include "common/base/timestamp.h"
#include "common/base/banned.h"

const char *core_meta(const Core *core, const char *name)
{
    const Row *row = ledger_find(core->ledgers[TABLE_META], name);

    return row ? row_text(row, META_VALUE) : NULL;
}

void core_set_meta(Core *core, const char *name, const char *value)
{
    Row *row = row_new(TABLE_META);

    row_set_text(row, META_NAME, name);
    row_set_text(row, META_VALUE, value);
    ledger_put(core->ledgers[TABLE_META], row, core->fx);
}

char *core_new_id(Core *core)
{
    return ids_next(&core->ids);
}

bool core_is_asleep(const Core *core)
{
    return g_strcmp0(core_meta(core, META_STANDBY), "1") == 0;
}

void core_hours(const Core *core, const RegistryAgent *entry, Hours *out)
{
    out->blackouts = core->blackouts;
    out->zone = core->zone;
    out->work_hours = entry ? entry->work_hours : NULL;
    out->work_zone = entry && entry->zone ? entry->zone : core->zone;
}

bool core_is_trusted(const Core *core, const FleetAgent *agent)
{
    const RegistryAgent *entry = registry_find(core->registry, agent->name);

    return entry && entry->is_accepted && g_strcmp0(entry->key, agent->key) == 0;
}

bool core_is_reachable(const Core *core, const FleetAgent *agent)
{
    return core->is_up[LINK_MQTT] && agent->journal && agent->state != AGENT_OFFLINE &&
           core_is_trusted(core, agent);
}

unsigned core_count_waiting(const Core *core, const char *name)
{
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_WAITING]);
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        if (strcmp(row_text(rows->pdata[i], WAITING_NAME), name) == 0)
            count++;
    }
    return count;
}

char *core_local_time(const Core *core, int64_t at_ms)
{
    return timestamp_local(at_ms, core->now_ms, core->zone);
}

void core_drop_files(Core *core)
{
    settings_free(core->settings);
    users_free(core->users);
    registry_free(core->registry);
    if (core->blackouts)
        g_ptr_array_unref(core->blackouts);
    rulebook_free(core->rulebook);
    report_times_free(core->report_times);
    if (core->task_list)
        g_ptr_array_unref(core->task_list);
    if (core->zone)
        g_time_zone_unref(core->zone);
    g_free(core->zone_name);
    g_free(core->warnings);
}
