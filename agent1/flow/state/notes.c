#include "agent1/flow/state/notes.h"

#include <string.h>

#include "agent1/flow/state/vectors.h"
#include "agent1/model/memory.h"
#include "agent1/model/plain_note.h"
#include "common/base/limits.h"
#include "common/base/banned.h"

const char *notes_owner(const Speaker *speaker)
{
    return speaker_is_alone(speaker) ? speaker->user : NULL;
}

const Row *notes_find(const Core *core, const char *id)
{
    return ledger_find(core->ledgers[TABLE_MEMO_KEYS], id);
}

bool notes_is_private(const Row *row)
{
    unsigned column = row->table == TABLE_MEMORIES ? MEMORIES_SCOPE : MEMO_KEYS_SCOPE;

    return g_strcmp0(row_text(row, column), SCOPE_PRIVATE) == 0;
}

bool notes_has_own(const Core *core, const Speaker *speaker, const char *key)
{
    g_autofree char *id = memory_id(key, speaker->user);

    return speaker->door != DOOR_UNSIGNED && notes_find(core, id);
}

bool notes_has_shared(const Core *core, const char *key)
{
    g_autofree char *id = memory_id(key, NULL);

    return notes_find(core, id) != NULL;
}

GPtrArray *notes_seen(const Core *core, const Speaker *speaker)
{
    GPtrArray *rows = ledger_list(core->ledgers[TABLE_MEMO_KEYS]);
    const char *owner = notes_owner(speaker);
    unsigned seen = 0;

    for (unsigned i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];

        if (!notes_is_private(row) ||
            (owner && g_strcmp0(row_text(row, MEMO_KEYS_USER), owner) == 0))
            rows->pdata[seen++] = rows->pdata[i];
    }
    g_ptr_array_set_size(rows, (int)seen);
    return rows;
}

/* Roles do not tell who may ask for what: a policy judges each user, and may want two of them. */
bool notes_taints(const Speaker *speaker, const Row *row)
{
    g_autofree char *shown = NULL;

    if (g_strcmp0(row_text(row, MEMORIES_HOW), HOW_TYPED) != 0 ||
        !row_is_set(row, MEMORIES_IS_TAINTED) || row_int(row, MEMORIES_IS_TAINTED) != 0 ||
        g_strcmp0(row_text(row, MEMORIES_USER), speaker->user) != 0)
        return true;

    shown = g_strdup_printf("%s: %s", row_text(row, MEMORIES_KEY), row_text(row, MEMORIES_VALUE));
    return !plain_note_is(shown);
}

unsigned notes_limit(const Core *core, const char *user, bool *out_is_own)
{
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_MEMO_KEYS]);
    unsigned own = 0;

    for (unsigned i = 0; i < rows->len; i++)
        own += g_strcmp0(row_text(rows->pdata[i], MEMO_KEYS_USER), user) == 0;
    *out_is_own = own >= MEMORIES_OF_ONE_MAX;
    if (*out_is_own)
        return MEMORIES_OF_ONE_MAX;
    return rows->len >= MEMORIES_MAX ? MEMORIES_MAX : 0;
}

void notes_put(Core *core, Row *row)
{
    Row *key = row_new(TABLE_MEMO_KEYS);

    row_set_text(key, MEMO_KEYS_ID, row_text(row, MEMORIES_ID));
    row_set_text(key, MEMO_KEYS_KEY, row_text(row, MEMORIES_KEY));
    row_set_text(key, MEMO_KEYS_SCOPE, row_text(row, MEMORIES_SCOPE));
    row_set_text(key, MEMO_KEYS_USER, row_text(row, MEMORIES_USER));
    ledger_put(core->ledgers[TABLE_MEMO_KEYS], key, core->fx);
    effects_put(core->fx, row);
    vectors_look_soon(core);
}

void notes_remove(Core *core, const char *id)
{
    ledger_remove(core->ledgers[TABLE_MEMO_KEYS], id, core->fx);
    effects_delete(core->fx, TABLE_MEMORIES, id);
    effects_delete(core->fx, TABLE_VECTORS, id);
}

void notes_recall(Core *core, const char *id)
{
    Row *row = ledger_find(core->ledgers[TABLE_MEMO_KEYS], id);

    if (!row)
        return;

    row_set_int(row, MEMO_KEYS_RECALLED, core->now_ms);
    g_hash_table_add(core->recalled, g_strdup(id));
}

void notes_write_recalled(Core *core)
{
    GHashTableIter iter;
    void *id;

    g_hash_table_iter_init(&iter, core->recalled);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        const Row *row = notes_find(core, id);

        if (row)
            ledger_changed(core->ledgers[TABLE_MEMO_KEYS], row, core->fx);
    }
    g_hash_table_remove_all(core->recalled);
}
