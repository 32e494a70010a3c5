/* Rows of runs, of what waits for agents, and of agents: there and back without a loss. */
#include "agent1/flow/state/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

/* A row in which every column has a value of its own. */
static Row *full_row(Table table)
{
    const TableInfo *info = table_info(table);
    Row *row = row_new(table);
    unsigned i;

    for (i = 0; i < info->column_count; i++) {
        g_autofree char *text = g_strdup_printf("text %u", i);

        if (info->columns[i].kind == COLUMN_TEXT)
            row_set_text(row, i, text);
        else if (g_str_has_prefix(info->columns[i].name, "is_"))
            row_set_int(row, i, 1);
        else
            row_set_int(row, i, 1000 + i);
    }
    return row;
}

static void assert_same(const Row *one, const Row *other)
{
    const TableInfo *info = table_info(one->table);
    unsigned i;

    assert_int_equal(one->table, other->table);
    for (i = 0; i < info->column_count; i++) {
        const Value *a = &one->values[i];
        const Value *b = &other->values[i];

        if (a->is_set != b->is_set || a->number != b->number || g_strcmp0(a->text, b->text) != 0)
            fail_msg("%s.%s: %d %s, and %d %s", info->name, info->columns[i].name, (int)a->number,
                     a->text, (int)b->number, b->text);
    }
}

/* ---- runs ---- */

static void runs_there_and_back(void **state)
{
    int run_state;

    (void)state;
    for (run_state = 0; run_state < RUN_STATE_COUNT; run_state++) {
        g_autoptr(Row) row = full_row(TABLE_RUNS);
        g_autoptr(Run) run = NULL;
        g_autoptr(Row) again = NULL;

        row_set_text(row, RUNS_STATE, run_state_name((RunState)run_state));
        run = rows_to_run(row);
        assert_int_equal(run->state, run_state);
        again = rows_of_run(run);
        assert_same(row, again);
    }
}

/* What never happened is absent in the database, not -1. */
static void a_new_run_has_no_outcome(void **state)
{
    g_autoptr(Run) run = run_new("01J0000000000000000000RUN1", 3);
    g_autoptr(Row) row = rows_of_run(run);
    g_autoptr(Run) again = rows_to_run(row);

    (void)state;
    assert_false(row_is_set(row, RUNS_EXIT_CODE));
    assert_false(row_is_set(row, RUNS_SIGNAL));
    assert_false(row_is_set(row, RUNS_STARTED));
    assert_false(row_is_set(row, RUNS_FINISHED));
    assert_false(row_is_set(row, RUNS_JOURNAL));
    assert_int_equal(again->outcome.exit_code, RUN_ABSENT);
    assert_int_equal(again->outcome.signal, RUN_ABSENT);
    assert_int_equal(again->outcome.started_ms, RUN_ABSENT);
    assert_int_equal(again->outcome.finished_ms, RUN_ABSENT);
    assert_int_equal(again->attempt, 1);
    assert_null(again->journal);
}

static void exit_0_is_not_absent(void **state)
{
    g_autoptr(Run) run = run_new("01J0000000000000000000RUN1", 3);
    g_autoptr(Row) row = NULL;
    g_autoptr(Run) again = NULL;

    (void)state;
    run->outcome.exit_code = 0;
    row = rows_of_run(run);
    again = rows_to_run(row);
    assert_true(row_is_set(row, RUNS_EXIT_CODE));
    assert_int_equal(again->outcome.exit_code, 0);
}

static void a_row_without_a_state_is_no_run(void **state)
{
    static const char *const words[] = { NULL, "", "done", "Queued" };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(Row) row = full_row(TABLE_RUNS);

        row_set_text(row, RUNS_STATE, words[i]);
        assert_null(rows_to_run(row));
    }
}

/* ---- the outbox ---- */

static void items_there_and_back(void **state)
{
    static const char *const kinds[] = { "task", "cancel", "policy", "pause", "resume" };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(Outbox) outbox = outbox_new();
        g_autoptr(Row) row = full_row(TABLE_OUTBOX);
        g_autoptr(Row) again = NULL;
        const OutboxItem *item;

        row_set_text(row, OUTBOX_KIND, kinds[i]);
        assert_true(rows_to_outbox(row, outbox, 77));
        item = outbox_find(outbox, row_text(row, OUTBOX_ID));
        assert_int_equal(item->due_ms, 77); /* at once after a restart */
        assert_int_equal(item->created_ms, row_int(row, OUTBOX_CREATED));
        again = rows_of_outbox(item);
        row_set_int(again, OUTBOX_EXPIRES, row_int(row, OUTBOX_EXPIRES)); /* not in use */
        assert_same(row, again);
    }
}

static void a_kind_of_a_newer_version_is_left_out(void **state)
{
    g_autoptr(Outbox) outbox = outbox_new();
    g_autoptr(Row) row = full_row(TABLE_OUTBOX);

    (void)state;
    assert_false(rows_to_outbox(row, outbox, 0));
    assert_int_equal(outbox_count(outbox), 0);
}

static void items_of_a_run_name_it(void **state)
{
    static const struct {
        const char *kind;
        bool is_taken;
    } rows[] = {
        { "task", false }, { "cancel", false }, { "policy", true },
        { "pause", true }, { "resume", true },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Outbox) outbox = outbox_new();
        g_autoptr(Row) row = full_row(TABLE_OUTBOX);

        row_set_text(row, OUTBOX_KIND, rows[i].kind);
        row_set_text(row, OUTBOX_RUN, NULL);
        if (rows_to_outbox(row, outbox, 0) != rows[i].is_taken)
            fail_msg("%s", rows[i].kind);
    }
}

/* ---- agents ---- */

#define UPDATE "{\"installed\":\"v1\",\"newest\":\"v2\",\"behind\":1,\"ahead\":0}"

static void agents_there_and_back(void **state)
{
    static const struct {
        const char *what;
        const char *stored; /* NULL: none */
        const char *state;
        const char *skills; /* NULL: none */
        const char *skills_again;
        const char *update; /* NULL: none */
        const char *update_again;
    } rows[] = {
        { "online", "online", "online", "[{\"name\":\"shell\"}]", "[{\"name\":\"shell\"}]", UPDATE,
          UPDATE },
        { "paused", "paused", "paused", "[]", "[]", NULL, NULL },
        { "offline", "offline", "offline", NULL, NULL, "", NULL },
        { "no word of ours", "asleep", "offline", "[", NULL, "{", NULL },
        { "no word at all", NULL, "offline", "7", "7", "{\"installed\":1}", NULL },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Fleet) fleet = fleet_new();
        g_autoptr(Row) row = full_row(TABLE_AGENTS);
        g_autoptr(Row) again = NULL;

        print_message("%s\n", rows[i].what);
        row_set_text(row, AGENTS_STATE, rows[i].stored);
        row_set_text(row, AGENTS_SKILLS, rows[i].skills);
        row_set_text(row, AGENTS_UPDATE, rows[i].update);
        rows_to_agent(row, fleet);
        again = rows_of_agent(fleet_find(fleet, row_text(row, AGENTS_NAME)));
        row_set_text(row, AGENTS_STATE, rows[i].state);
        row_set_text(row, AGENTS_SKILLS, rows[i].skills_again);
        row_set_text(row, AGENTS_UPDATE, rows[i].update_again);
        assert_same(row, again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_there_and_back),
        cmocka_unit_test(a_new_run_has_no_outcome),
        cmocka_unit_test(exit_0_is_not_absent),
        cmocka_unit_test(a_row_without_a_state_is_no_run),
        cmocka_unit_test(items_there_and_back),
        cmocka_unit_test(a_kind_of_a_newer_version_is_left_out),
        cmocka_unit_test(items_of_a_run_name_it),
        cmocka_unit_test(agents_there_and_back),
    };

    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
