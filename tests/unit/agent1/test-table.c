/* The tables of the store as the core speaks of them, and their rows. */
#include "agent1/port/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire/run_state.h"
#include "common/base/banned.h"

static void every_table_can_be_made(void **state)
{
    g_autoptr(GHashTable) tables = g_hash_table_new(g_str_hash, g_str_equal);
    int table;

    (void)state;
    for (table = 0; table < TABLE_COUNT; table++) {
        const TableInfo *info = table_info((Table)table);
        g_autoptr(GHashTable) columns = g_hash_table_new(g_str_hash, g_str_equal);
        unsigned i;

        print_message("%s\n", info->name);
        assert_true(g_hash_table_add(tables, (void *)(uintptr_t)info->name));
        assert_int_equal(info->columns[0].kind, COLUMN_TEXT); /* the key */
        for (i = 0; i < info->column_count; i++) {
            const char *name = info->columns[i].name;

            assert_non_null(name);
            assert_true(name[0] && strspn(name, "abcdefghijklmnopqrstuvwxyz_") == strlen(name));
            assert_true(g_hash_table_add(columns, (void *)(uintptr_t)name));
        }
    }
}

/* Where the enum of a table and its columns are written apart, a name tells whether they fit. */
static void columns_stand_where_their_names_say(void **state)
{
    static const struct {
        Table table;
        unsigned column;
        const char *name;
        ColumnKind kind;
    } rows[] = {
        { TABLE_META, META_VALUE, "value", COLUMN_TEXT },
        { TABLE_RUNS, RUNS_STATE, "state", COLUMN_TEXT },
        { TABLE_RUNS, RUNS_CHAT_ID, "chat_id", COLUMN_TEXT },
        { TABLE_RUNS, RUNS_IS_HANDED, "is_handed", COLUMN_INT },
        { TABLE_RUNS, RUNS_IS_UNCONFIRMED, "is_unconfirmed", COLUMN_INT },
        { TABLE_RUNS, RUNS_SIGNAL, "signal", COLUMN_INT },
        { TABLE_RUNS, RUNS_MAX_RSS_KIB, "max_rss_kib", COLUMN_INT },
        { TABLE_RUNS, RUNS_CONTRADICTION, "contradiction", COLUMN_TEXT },
        { TABLE_OUTBOX, OUTBOX_SEQ, "seq", COLUMN_INT },
        { TABLE_OUTBOX, OUTBOX_EXPIRES, "expires", COLUMN_INT },
        { TABLE_AGENTS, AGENTS_CONTROL_SEQ, "control_seq", COLUMN_INT },
        { TABLE_AGENTS, AGENTS_FORMER, "former", COLUMN_TEXT },
        { TABLE_AGENTS, AGENTS_REGISTERED_SEQ, "registered_seq", COLUMN_INT },
        { TABLE_WAITING, WAITING_HOST, "host", COLUMN_TEXT },
        { TABLE_PLANS, PLANS_CHAT_ID, "chat_id", COLUMN_TEXT },
        { TABLE_PLANS, PLANS_CHANGED, "changed", COLUMN_INT },
        { TABLE_STEPS, STEPS_IS_NOW, "is_now", COLUMN_INT },
        { TABLE_STEPS, STEPS_TAIL, "tail", COLUMN_TEXT },
        { TABLE_STEPS, STEPS_MAY_WAIT, "may_wait", COLUMN_INT },
        { TABLE_CHATS, CHATS_KEPT_UNTIL, "kept_until", COLUMN_INT },
        { TABLE_CHATS, CHATS_IS_FINAL, "is_final", COLUMN_INT },
        { TABLE_SAYINGS, SAYINGS_TEXT, "text", COLUMN_TEXT },
        { TABLE_QUESTIONS, QUESTIONS_EXPIRES, "expires", COLUMN_INT },
        { TABLE_EDITS, EDITS_MEMBERS, "members", COLUMN_TEXT },
        { TABLE_ORPHANS, ORPHANS_BODY, "body", COLUMN_TEXT },
        { TABLE_SESSIONS, SESSIONS_SEEN, "seen", COLUMN_INT },
        { TABLE_RUNS, RUNS_DECIDED, "decided", COLUMN_INT },
        { TABLE_QUESTIONS, QUESTIONS_KIND, "kind", COLUMN_TEXT },
        { TABLE_QUESTIONS, QUESTIONS_PLACE, "place", COLUMN_TEXT },
        { TABLE_QUESTIONS, QUESTIONS_SOURCES, "sources", COLUMN_INT },
        { TABLE_APPROVALS, APPROVALS_OPENS, "opens", COLUMN_INT },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Column *column = &table_info(rows[i].table)->columns[rows[i].column];

        assert_string_equal(column->name, rows[i].name);
        assert_int_equal(column->kind, rows[i].kind);
    }
}

/* The condition of the live runs names exactly the states that are no end. */
static void live_runs_are_those_without_an_end(void **state)
{
    const char *where = table_info(TABLE_RUNS)->live_where;
    int run_state;

    (void)state;
    for (run_state = 0; run_state < RUN_NOT_KNOWN; run_state++) {
        g_autofree char *quoted = g_strdup_printf("'%s'", run_state_name((RunState)run_state));

        assert_int_equal(strstr(where, quoted) == NULL, run_state_is_terminal((RunState)run_state));
    }
    assert_null(table_info(TABLE_OUTBOX)->live_where);
}

static void values_are_set_or_not(void **state)
{
    g_autoptr(Row) row = row_new(TABLE_OUTBOX);
    char text[] = "i1";

    (void)state;
    assert_false(row_is_set(row, OUTBOX_ID));
    assert_null(row_text(row, OUTBOX_ID));
    assert_false(row_is_set(row, OUTBOX_SEQ));
    assert_int_equal(row_int(row, OUTBOX_SEQ), 0);
    row_set_text(row, OUTBOX_ID, text);
    text[0] = 'x';
    assert_string_equal(row_text(row, OUTBOX_ID), "i1");
    row_set_text(row, OUTBOX_ID, "i2");
    assert_string_equal(row_text(row, OUTBOX_ID), "i2");
    row_set_text(row, OUTBOX_ID, NULL);
    assert_false(row_is_set(row, OUTBOX_ID));
    row_set_text(row, OUTBOX_AGENT, "");
    assert_true(row_is_set(row, OUTBOX_AGENT));
    row_set_int(row, OUTBOX_SEQ, 0);
    assert_true(row_is_set(row, OUTBOX_SEQ));
    row_set_int(row, OUTBOX_SEQ, INT64_MIN);
    assert_int_equal(row_int(row, OUTBOX_SEQ), INT64_MIN);
    row_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_can_be_made),
        cmocka_unit_test(columns_stand_where_their_names_say),
        cmocka_unit_test(live_runs_are_those_without_an_end),
        cmocka_unit_test(values_are_set_or_not),
    };

    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
