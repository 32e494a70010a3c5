/* The queries over runs that ended: what they find, and that none walks over the whole table. */
#include "agent1/edge/store_query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire/run_state.h"
#include "tests/support/row_store.h"
#include "tests/unit/agent1/store-fixture.h"

#include "common/base/banned.h"

static Row *make_run(int64_t number, const char *agent, RunState run_state)
{
    g_autofree char *id = g_strdup_printf("run-%d", (int)number);
    Row *row = row_new(TABLE_RUNS);

    row_set_text(row, RUNS_ID, id);
    row_set_int(row, RUNS_NUMBER, number);
    row_set_text(row, RUNS_AGENT, agent);
    row_set_text(row, RUNS_STATE, run_state_name(run_state));
    return row;
}

/* A run of each state on each of two agents, in the real store and in the tests' own. */
static void fill(Fixture *fixture, RowStore *twin)
{
    Effects *effects = effects_new();
    int64_t number = 0;

    for (int agent = 0; agent < 2; agent++) {
        for (int i = 0; i < RUN_NOT_KNOWN; i++) {
            Row *row = make_run(++number, agent ? "web1" : "db", (RunState)i);

            row_store_put(twin, row_store_copy_row(row));
            effects_put(effects, row);
        }
    }
    fixture_store(fixture, effects);
}

static char *print_rows(const GPtrArray *rows)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < rows->len; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "", row_text(g_ptr_array_index(rows, i), 0));
    return g_string_free(text, FALSE);
}

/* Both stores give the same rows in the same order; returns how many. */
static unsigned check_same(Fixture *fixture, const RowStore *twin, const EffectQuery *query)
{
    g_autoptr(Event) wanted = row_store_query(twin, query);
    g_autofree char *wanted_text = print_rows(wanted->rows.rows);
    g_autofree char *found_text = NULL;
    Effects *effects = effects_new();
    const Event *found;

    effects_query(effects, query->cookie, query->kind, query->text, query->number, query->limit);
    fixture_store(fixture, effects);
    found = g_ptr_array_index(fixture->answer.events, 0);
    found_text = print_rows(found->rows.rows);
    assert_string_equal(found_text, wanted_text);
    return found->rows.rows->len;
}

static void test_failed_runs(void **state)
{
    static const struct {
        const char *agent;
        unsigned limit;
        unsigned count;
    } cases[] = { { NULL, 100, 12 }, { "db", 100, 6 }, { "web1", 2, 2 }, { "nobody", 100, 0 } };
    g_autoptr(Fixture) fixture = fixture_new();
    RowStore twin;

    (void)state;
    row_store_init(&twin);
    fixture_open(fixture);
    fill(fixture, &twin);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        EffectQuery query = { .kind = QUERY_RUNS_FAILED,
                              .text = (char *)(guintptr)cases[i].agent,
                              .limit = cases[i].limit };

        assert_int_equal(check_same(fixture, &twin, &query), cases[i].count);
    }
    row_store_clear(&twin);
}

/* What SQLite says it would do. */
static char *plan_of(sqlite3 *db, QueryKind kind, bool has_text)
{
    g_autoptr(GError) error = NULL;
    sqlite3_stmt *query = store_query_prepare(db, kind, has_text, &error);
    g_autofree char *text = NULL;
    GString *plan = g_string_new(NULL);
    sqlite3_stmt *explain = NULL;

    if (!query)
        fail_msg("%s", error->message);
    text = g_strconcat("EXPLAIN QUERY PLAN ", sqlite3_sql(query), NULL);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &explain, NULL), SQLITE_OK);
    while (sqlite3_step(explain) == SQLITE_ROW)
        g_string_append_printf(plan, "%s\n", (const char *)sqlite3_column_text(explain, 3));
    sqlite3_finalize(explain);
    sqlite3_finalize(query);
    return g_string_free(plan, FALSE);
}

/* With a million runs, a walk over the table or a sort of it would stop every commit meanwhile. */
static void test_no_query_walks_over_all_runs(void **state)
{
    static const struct {
        const char *what;
        QueryKind kind;
        bool has_text;
        const char *index;
    } cases[] = {
        { "recent", QUERY_RUNS_RECENT, false, "runs_by_number" },
        { "recent of one", QUERY_RUNS_RECENT, true, "runs_by_agent" },
        { "failed", QUERY_RUNS_FAILED, false, "runs_failed" },
        { "failed of one", QUERY_RUNS_FAILED, true, "runs_failed_by_agent" },
    };
    g_autoptr(Fixture) fixture = fixture_new();
    sqlite3 *db = NULL;

    (void)state;
    fixture_open(fixture);
    fixture_close(fixture);
    assert_int_equal(sqlite3_open_v2(fixture->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *plan = plan_of(db, cases[i].kind, cases[i].has_text);
        g_autofree char *by = g_strdup_printf("INDEX %s ", cases[i].index);

        if (!strstr(plan, by) || strstr(plan, "TEMP B-TREE"))
            fail_msg("%s: %s", cases[i].what, plan);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failed_runs),
        cmocka_unit_test(test_no_query_walks_over_all_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
