#include "agent1/flow/state/edits.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/banned.h"

static void send(Core *core, const Row *row)
{
    effects_edit_file(core->fx, row_text(row, EDITS_ID), row_text(row, EDITS_FILE),
                      row_text(row, EDITS_NAME), row_text(row, EDITS_MEMBERS), false);
}

void edits_make(Core *core, const char *file, const char *name, const char *members)
{
    g_autofree char *id = core_new_id(core);
    Row *row = row_new(TABLE_EDITS);

    row_set_text(row, EDITS_ID, id);
    row_set_text(row, EDITS_FILE, file);
    row_set_text(row, EDITS_NAME, name);
    row_set_text(row, EDITS_MEMBERS, members);
    row_set_int(row, EDITS_CREATED, core->now_ms);
    ledger_put(core->ledgers[TABLE_EDITS], row, core->fx);
    send(core, row);
}

void edits_drop(Core *core, const char *file, const char *name)
{
    g_autoptr(GPtrArray) edits = ledger_list(core->ledgers[TABLE_EDITS]);
    unsigned i;

    for (i = 0; i < edits->len; i++) {
        const Row *row = edits->pdata[i];

        if (g_strcmp0(row_text(row, EDITS_FILE), file) == 0 &&
            g_strcmp0(row_text(row, EDITS_NAME), name) == 0)
            ledger_remove(core->ledgers[TABLE_EDITS], row_text(row, EDITS_ID), core->fx);
    }
}

void edits_send_all(Core *core)
{
    g_autoptr(GPtrArray) edits = ledger_list(core->ledgers[TABLE_EDITS]);
    unsigned i;

    for (i = 0; i < edits->len; i++)
        send(core, edits->pdata[i]);
}

void edits_send_failed(Core *core)
{
    g_autoptr(GPtrArray) edits = ledger_list(core->ledgers[TABLE_EDITS]);
    unsigned i;

    for (i = 0; i < edits->len; i++) {
        if (g_hash_table_contains(core->failed_edits, row_text(edits->pdata[i], EDITS_ID)))
            send(core, edits->pdata[i]);
    }
    g_hash_table_remove_all(core->failed_edits);
}

Json *edits_members(const Row *edit)
{
    const char *text = row_text(edit, EDITS_MEMBERS);

    return json_parse(text, strlen(text), REGISTRY_MAX_BYTES, NULL);
}

char *edits_user(const Core *core, const char *id)
{
    const Row *edit = id ? ledger_find(core->ledgers[TABLE_EDITS], id) : NULL;
    g_autoptr(Json) members = edit ? edits_members(edit) : NULL;
    const Json *user = members ? json_member(members, "user") : NULL;

    return g_strdup(user && json_kind(user) == JSON_STRING ? json_string(user) : NULL);
}

void edits_apply_task(GPtrArray *list, const Zones *zones, const char *id, const Json *members)
{
    g_autoptr(TaskEntry) entry = NULL;

    if (json_kind(members) == JSON_NULL) {
        task_list_remove(list, id);
        return;
    }
    entry = task_entry_parse(members, zones, NULL);
    if (entry && g_strcmp0(entry->id, id) == 0)
        task_list_set(list, entry);
}

static void take_written(Core *core, const Row *edit)
{
    g_autoptr(Json) members = NULL;

    if (!edit || g_strcmp0(row_text(edit, EDITS_FILE), TASKS_FILE) != 0)
        return;
    members = edits_members(edit);
    if (members)
        edits_apply_task(core->tasks_read, core->zones, row_text(edit, EDITS_NAME), members);
}

bool edits_take(Core *core, const EventFileEdited *edited)
{
    if (!edited->error)
        take_written(core, ledger_find(core->ledgers[TABLE_EDITS], edited->id));
    if (!edited->error)
        ledger_remove(core->ledgers[TABLE_EDITS], edited->id, core->fx);
    else if (ledger_find(core->ledgers[TABLE_EDITS], edited->id))
        return g_hash_table_add(core->failed_edits, g_strdup(edited->id));
    return false;
}
