#include "agent1/flow/state/ledger.h"

#include <string.h>

#include "common/base/banned.h"

/* The first column of every table is its key (agent1/port/table.h). */
#define KEY_COLUMN 0

struct Ledger {
    Table table;
    GHashTable *by_key; /* Row *, owned; the key's text belongs to the row */
};

static void free_row(void *row)
{
    row_free(row);
}

Ledger *ledger_new(Table table)
{
    Ledger *ledger = g_new0(Ledger, 1);

    ledger->table = table;
    ledger->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_row);
    return ledger;
}

void ledger_free(Ledger *ledger)
{
    if (!ledger)
        return;

    g_hash_table_unref(ledger->by_key);
    g_free(ledger);
}

void ledger_restore(Ledger *ledger, Row *row)
{
    g_assert(row->table == ledger->table);
    g_hash_table_replace(ledger->by_key, row->values[KEY_COLUMN].text, row);
}

void ledger_put(Ledger *ledger, Row *row, Effects *fx)
{
    ledger_restore(ledger, row);
    ledger_changed(ledger, row, fx);
}

void ledger_changed(Ledger *ledger, const Row *row, Effects *fx)
{
    g_assert(g_hash_table_lookup(ledger->by_key, row_text(row, KEY_COLUMN)) == row);
    effects_put(fx, row_copy(row));
}

void ledger_set_back(Ledger *ledger, unsigned column, int64_t now_ms, Effects *fx)
{
    g_autoptr(GPtrArray) rows = ledger_list(ledger);
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        if (row_int(rows->pdata[i], column) <= now_ms)
            continue;
        row_set_int(rows->pdata[i], column, now_ms);
        ledger_changed(ledger, rows->pdata[i], fx);
    }
}

void ledger_remove(Ledger *ledger, const char *key, Effects *fx)
{
    if (!g_hash_table_contains(ledger->by_key, key))
        return;

    /* The key may be the row's own text: the effect copies it first. */
    effects_delete(fx, ledger->table, key);
    g_hash_table_remove(ledger->by_key, key);
}

Row *ledger_find(const Ledger *ledger, const char *key)
{
    return g_hash_table_lookup(ledger->by_key, key);
}

unsigned ledger_count(const Ledger *ledger)
{
    return g_hash_table_size(ledger->by_key);
}

static int compare_rows(gconstpointer a, gconstpointer b)
{
    return strcmp(row_text(*(const Row *const *)a, KEY_COLUMN),
                  row_text(*(const Row *const *)b, KEY_COLUMN));
}

GPtrArray *ledger_list(const Ledger *ledger)
{
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, ledger->by_key);
    while (g_hash_table_iter_next(&iter, NULL, &row))
        g_ptr_array_add(list, row);
    g_ptr_array_sort(list, compare_rows);
    return list;
}
