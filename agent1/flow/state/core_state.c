#include "agent1/flow/state/core_state.h"

#include <string.h>

#include "common/base/quantity.h"
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
    g_autofree char *last = g_steal_pointer(&core->last_id);

    core->last_id = ids_next_after(&core->ids, last);
    return g_strdup(core->last_id);
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

Language core_speak_to(Core *core, const char *user)
{
    const User *known = user ? users_by_name(core->users, user) : NULL;
    Language before = core->language;

    if (!known || !language_parse(known->language, &core->language))
        language_parse(core->settings->language, &core->language);
    return before;
}

/* Where only the door is known that the order came through, it tells who it was. */
Language core_speak_to_speaker(Core *core, const Speaker *speaker)
{
    const User *user = NULL;

    if (speaker->user || !speaker->principal)
        return core_speak_to(core, speaker->user);
    user = users_by_key(core->users, speaker->principal);
    if (!user)
        user = users_by_jid(core->users, speaker->principal);
    return core_speak_to(core, user ? user->name : NULL);
}

Language core_speak_to_jid(Core *core, const char *jid)
{
    g_autofree char *bare = g_strndup(jid, strcspn(jid, "/"));
    const User *user = users_by_jid(core->users, bare);

    return core_speak_to(core, user ? user->name : NULL);
}

Language core_speak(Core *core, Language language)
{
    Language before = core->language;

    core->language = language;
    return before;
}

const char *core_words(const Core *core, const char *text)
{
    return words_get(core->language, text);
}

const char *core_plural(const Core *core, int64_t count)
{
    return words_is_one(core->language, count) ? "" : "s";
}

char *core_duration(const Core *core, int64_t ms)
{
    g_autofree char *text = duration_format(ms);

    return words_quantity(core->language, text);
}

char *core_size(const Core *core, int64_t bytes)
{
    g_autofree char *text = size_format(bytes);

    return words_quantity(core->language, text);
}

char *core_local_time(const Core *core, int64_t at_ms)
{
    return core->language == LANGUAGE_FR ? timestamp_local_fr(at_ms, core->now_ms, core->zone)
                                         : timestamp_local(at_ms, core->now_ms, core->zone);
}

char *core_local_time_with_zone(const Core *core, int64_t at_ms)
{
    return core->language == LANGUAGE_FR
               ? timestamp_local_fr_with_zone(at_ms, core->now_ms, core->zone)
               : timestamp_local_with_zone(at_ms, core->now_ms, core->zone);
}

void core_note_wait(Core *core, const Run *run)
{
    if (run->after)
        g_hash_table_add(core->awaited, g_strdup(run->after));
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
    if (core->zone)
        g_time_zone_unref(core->zone);
    g_free(core->zone_name);
    g_free(core->zone_problem);
    g_free(core->warnings);
}
