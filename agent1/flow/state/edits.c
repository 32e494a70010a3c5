#include "agent1/flow/state/edits.h"

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

bool edits_take(Core *core, const EventFileEdited *edited)
{
    if (!edited->error)
        ledger_remove(core->ledgers[TABLE_EDITS], edited->id, core->fx);
    else if (ledger_find(core->ledgers[TABLE_EDITS], edited->id))
        return g_hash_table_add(core->failed_edits, g_strdup(edited->id));
    return false;
}
