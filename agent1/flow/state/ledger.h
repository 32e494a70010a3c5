/*
 * A ledger: the rows of one table kept in memory and written through, for tables whose rows carry
 * no logic of their own. What is put or removed here is put or deleted in the store in the same
 * turn.
 */
#ifndef AGENT1_FLOW_STATE_LEDGER_H
#define AGENT1_FLOW_STATE_LEDGER_H

#include "agent1/port/effect.h"
#include "agent1/port/table.h"

#include <glib.h>

typedef struct Ledger Ledger;

Ledger *ledger_new(Table table);
void ledger_free(Ledger *ledger);

/* Takes a row from the store at restore; nothing is written. */
void ledger_restore(Ledger *ledger, Row *row);

/* Puts a row, replacing the one with its key; takes it over. */
void ledger_put(Ledger *ledger, Row *row, Effects *fx);

/* Writes a row of the ledger that was changed in place. */
void ledger_changed(Ledger *ledger, const Row *row, Effects *fx);

/* The wall clock was put back: no row says in this column that it is of a later time than now. */
void ledger_set_back(Ledger *ledger, unsigned column, int64_t now_ms, Effects *fx);

/* Removes a row; absent is fine. */
void ledger_remove(Ledger *ledger, const char *key, Effects *fx);

/* Borrowed, or NULL. */
Row *ledger_find(const Ledger *ledger, const char *key);

unsigned ledger_count(const Ledger *ledger);

/* Every row in order of the keys: borrowed; g_ptr_array_unref() frees the array. */
GPtrArray *ledger_list(const Ledger *ledger);

#endif
