/*
 * Rows for the tests of the store: of any table, filled with little, with nothing, or with the ends
 * of each range. Needs store-fixture.h's includes before it.
 */
#ifndef TESTS_UNIT_AGENT1_STORE_ROWS_H
#define TESTS_UNIT_AGENT1_STORE_ROWS_H

#include "tests/unit/agent1/store-fixture.h"

typedef enum {
    FILL_NOTHING, /* the key alone: everything else is NULL */
    FILL_SMALL,   /* 0, -1, "" */
    FILL_LARGE,   /* the ends of the range, long and odd texts */
} Fill;

static inline char *make_text(Fill fill, unsigned column)
{
    static const char odd[] = "it's \"odd\"; --\n\t\xc3\xa9\xf0\x9f\x90\x98 %s ?1";

    if (fill == FILL_SMALL)
        return g_strdup("");
    return column % 3 ? g_strdup(odd) : g_strnfill(100 * 1000, 'x');
}

static inline int64_t make_int(Fill fill, unsigned column)
{
    static const int64_t small[] = { 0, -1, 1 };
    static const int64_t large[] = { INT64_MIN, INT64_MAX, INT64_C(1) << 53 };

    return fill == FILL_SMALL ? small[column % 3] : large[column % 3];
}

static inline Row *make_row(Table table, const char *key, Fill fill)
{
    const TableInfo *info = table_info(table);
    Row *row = row_new(table);

    for (unsigned i = 0; fill != FILL_NOTHING && i < info->column_count; i++) {
        if (info->columns[i].kind == COLUMN_INT) {
            row_set_int(row, i, make_int(fill, i));
        } else if (info->columns[i].kind == COLUMN_BYTES) {
            g_autoptr(GBytes) bytes = g_bytes_new("\0\1\2\3", fill == FILL_SMALL ? 0 : 4);

            row_set_bytes(row, i, bytes);
        } else {
            g_autofree char *text = make_text(fill, i);

            row_set_text(row, i, text);
        }
    }
    row_set_text(row, 0, key);
    if (table == TABLE_RUNS)
        row_set_text(row, RUNS_STATE, "queued");
    if (table == TABLE_PLANS)
        row_set_text(row, PLANS_STATE, "running");
    if (table == TABLE_STEPS)
        row_set_text(row, STEPS_PLAN, key);

    return row;
}

static inline Row *make_run(const char *id, int64_t number, const char *agent, const char *state)
{
    Row *row = row_new(TABLE_RUNS);

    row_set_text(row, RUNS_ID, id);
    row_set_int(row, RUNS_NUMBER, number);
    row_set_text(row, RUNS_AGENT, agent);
    row_set_text(row, RUNS_STATE, state);
    return row;
}

static inline Row *make_meta(const char *name, const char *value)
{
    Row *row = row_new(TABLE_META);

    row_set_text(row, META_NAME, name);
    row_set_text(row, META_VALUE, value);
    return row;
}

static inline void store_one(Fixture *fixture, Row *row)
{
    Effects *effects = effects_new();

    effects_put(effects, row);
    fixture_store(fixture, effects);
}

static const char *const keys[] = { "a", "b", "c" };

static inline void put_all_tables(Fixture *fixture)
{
    Effects *effects = effects_new();

    for (unsigned table = 0; table < TABLE_COUNT; table++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
            effects_put(effects, make_row((Table)table, keys[i], (Fill)i));
    }
    fixture_store(fixture, effects);
}

static inline void check_all_tables(Fixture *fixture)
{
    for (unsigned table = 0; table < TABLE_COUNT; table++) {
        g_autoptr(GPtrArray) rows = fixture_load(fixture, (Table)table);

        if (g_strcmp0(table_info((Table)table)->live_where, "0") == 0) {
            assert_int_equal(rows->len, 0);
            continue;
        }
        assert_int_equal(rows->len, G_N_ELEMENTS(keys));
        for (unsigned i = 0; i < rows->len; i++) {
            g_autoptr(Row) wanted = make_row((Table)table, keys[i], (Fill)i);

            assert_same_row(g_ptr_array_index(rows, i), wanted);
        }
    }
}

static inline void check_audit(Fixture *fixture, int64_t wanted_rows, const char *wanted_head)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *head = NULL;
    int64_t rows = -1;

    if (!store_verify_audit(fixture->store, &rows, &head, &error))
        fail_msg("%s", error->message);
    assert_int_equal(rows, wanted_rows);
    if (wanted_head)
        assert_string_equal(head, wanted_head);
}

#endif
