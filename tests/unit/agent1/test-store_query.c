/* The queries over runs that ended: what they find, and that none walks over the whole table. */
#include "agent1/edge/store_query.h"

#include "agent1/edge/store_range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire/run_state.h"
#include "tests/unit/agent1/store-compare.h"

#include "common/base/limits.h"
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

            row_store_put(twin, row_copy(row));
            effects_put(effects, row);
        }
    }
    fixture_store(fixture, effects);
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

/* The keys of the steps of p1 and p10 begin alike. */
static void test_plans_and_their_steps(void **state)
{
    static const struct {
        QueryKind kind;
        const char *text;
        unsigned limit;
        const char *keys;
    } cases[] = {
        { QUERY_PLAN, "p1", 1, "p1 " },
        { QUERY_PLAN, "p2", 1, "" },
        { QUERY_STEPS, "p1", 100, "p1.0000 p1.0001 p1.0002 " },
        { QUERY_STEPS, "p1", 2, "p1.0000 p1.0001 " },
        { QUERY_STEPS, "p10", 100, "p10.0000 p10.0001 p10.0002 " },
        { QUERY_STEPS, "p", 100, "" },
        { QUERY_STEPS, NULL, 100, "" },
        { QUERY_PLAN_RUNS, "p1", 100, "p1.run0 p1.run1 p1.run2 " },
        { QUERY_PLAN_RUNS, "p1", 2, "p1.run0 p1.run1 " },
        { QUERY_PLAN_RUNS, "p2", 100, "" },
        { QUERY_PLAN_RUNS, NULL, 100, "" },
    };
    static const char *const plans[] = { "p10", "p1" };
    g_autoptr(Fixture) fixture = fixture_new();
    Effects *effects = effects_new();

    (void)state;
    fixture_open(fixture);
    for (unsigned i = 0; i < G_N_ELEMENTS(plans); i++) {
        Row *plan = row_new(TABLE_PLANS);

        row_set_text(plan, PLANS_ID, plans[i]);
        effects_put(effects, plan);
        for (unsigned j = 0; j < 3; j++) {
            g_autofree char *id = g_strdup_printf("%s.%04u", plans[i], 2 - j);
            g_autofree char *run_id = g_strdup_printf("%s.run%u", plans[i], 2 - j);
            Row *step = row_new(TABLE_STEPS);
            Row *run = row_new(TABLE_RUNS);

            row_set_text(step, STEPS_ID, id);
            row_set_text(step, STEPS_RUN, run_id);
            effects_put(effects, step);
            row_set_text(run, RUNS_ID, run_id);
            effects_put(effects, run);
        }
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        effects_query(effects, i, cases[i].kind, cases[i].text, 0, cases[i].limit);
    fixture_store(fixture, effects);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Event *event = g_ptr_array_index(fixture->answer.events, i);
        g_autoptr(GString) keys = g_string_new(NULL);

        for (unsigned j = 0; j < event->rows.rows->len; j++)
            g_string_append_printf(keys, "%s ", row_text(event->rows.rows->pdata[j], 0));
        assert_string_equal(keys->str, cases[i].keys);
    }
}

/* A day's rows, and not those of the day that begins alike. */
static void test_compiled_reports(void **state)
{
    static const char *const ids[] = { "2026-11-25/fr", "2026-11-26/en", "2026-11-25/en",
                                       "2026-11-25" };
    static const struct {
        const char *text;
        unsigned limit;
        const char *keys;
    } cases[] = { { "2026-11-25", 2, "2026-11-25/en 2026-11-25/fr" },
                  { "2026-11-25", 1, "2026-11-25/en" },
                  { "2026-11-24", 2, "" },
                  { "2026-11-2", 2, "" },
                  { NULL, 2, "" } };
    g_autoptr(Fixture) fixture = fixture_new();
    Effects *effects = effects_new();

    (void)state;
    fixture_open(fixture);
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        Row *row = row_new(TABLE_DAILIES);

        row_set_text(row, DAILIES_ID, ids[i]);
        effects_put(effects, row);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        effects_query(effects, i, QUERY_DAILY, cases[i].text, 0, cases[i].limit);
    fixture_store(fixture, effects);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Event *event = g_ptr_array_index(fixture->answer.events, i);
        g_autofree char *keys = print_rows(event->rows.rows);

        assert_string_equal(keys, cases[i].keys);
    }
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
        { "a compiled report", QUERY_DAILY, true, "sqlite_autoindex_dailies_1" },
        { "the steps of a plan", QUERY_STEPS, true, "sqlite_autoindex_steps_1" },
        { "the runs of a plan", QUERY_PLAN_RUNS, true, "sqlite_autoindex_runs_1" },
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

        if (!strstr(plan, by) || strstr(plan, "SCAN runs") || strstr(plan, "SCAN audit") ||
            strstr(plan, "TEMP B-TREE"))
            fail_msg("%s: %s", cases[i].what, plan);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* ---- indexes ---- */

static void add_plan(sqlite3 *db, GString *plans, const char *sql)
{
    g_autofree char *text = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
    sqlite3_stmt *explain = NULL;

    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &explain, NULL), SQLITE_OK);
    while (sqlite3_step(explain) == SQLITE_ROW)
        g_string_append_printf(plans, "%s \n", (const char *)sqlite3_column_text(explain, 3));
    sqlite3_finalize(explain);
}

static void add_statement(sqlite3 *db, GString *plans, sqlite3_stmt *statement)
{
    if (statement)
        add_plan(db, plans, sqlite3_sql(statement));
    sqlite3_finalize(statement);
}

/* What SQLite would do for each query, and for the rows that a start loads. */
static char *all_plans(sqlite3 *db)
{
    GString *plans = g_string_new(NULL);

    for (int kind = 0; kind <= QUERY_STEPS; kind++) {
        /* The audit is read by its key alone (store_audit.c), of vectors each is (store_near.c). */
        if (kind == QUERY_AUDIT || kind == QUERY_MEMORY_NEAR || store_range_knows((QueryKind)kind))
            continue;
        for (int has_text = 0; has_text < 2; has_text++)
            add_statement(db, plans, store_query_prepare(db, (QueryKind)kind, has_text, NULL));
    }
    for (unsigned i = 0; i < 2 * RANGE_PART_COUNT; i++)
        add_statement(db, plans, store_range_prepare(db, (RangePart)(i / 2), i % 2, NULL));
    for (int table = 0; table < TABLE_COUNT; table++) {
        const TableInfo *info = table_info((Table)table);
        g_autofree char *sql =
            g_strdup_printf("SELECT * FROM \"%s\" WHERE %s ORDER BY \"%s\"", info->name,
                            info->live_where ? info->live_where : "1 = 1", info->columns[0].name);

        add_plan(db, plans, sql);
    }
    return g_string_free(plans, FALSE);
}

/* A condition of an index is asked at each row that is written. */
static void test_no_write_fills_a_table_of_its_own(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    sqlite3_stmt *explain = NULL;
    sqlite3 *db = NULL;

    (void)state;
    fixture_open(fixture);
    fixture_close(fixture);
    assert_int_equal(sqlite3_open_v2(fixture->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "EXPLAIN INSERT INTO runs (checksum, id, state) VALUES (1, '1', ?) "
                           "ON CONFLICT (id) DO UPDATE SET state = excluded.state",
                           -1, &explain, NULL),
        SQLITE_OK);
    while (sqlite3_step(explain) == SQLITE_ROW)
        assert_string_not_equal((const char *)sqlite3_column_text(explain, 1), "OpenEphemeral");
    sqlite3_finalize(explain);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* An index that none uses is written all the same. A unique one is a promise. */
static void test_every_index_serves_a_query(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autofree char *plans = NULL;
    sqlite3_stmt *indexes = NULL;
    sqlite3 *db = NULL;

    (void)state;
    fixture_open(fixture);
    fixture_close(fixture);
    assert_int_equal(sqlite3_open_v2(fixture->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    plans = all_plans(db);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT name FROM sqlite_schema WHERE type = 'index' "
                                        "AND sql IS NOT NULL AND sql NOT LIKE '% UNIQUE %'",
                                        -1, &indexes, NULL),
                     SQLITE_OK);
    while (sqlite3_step(indexes) == SQLITE_ROW) {
        g_autofree char *used =
            g_strdup_printf("INDEX %s ", (const char *)sqlite3_column_text(indexes, 0));

        if (!strstr(plans, used))
            fail_msg("no query uses the %s:\n%s", used, plans);
    }
    sqlite3_finalize(indexes);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failed_runs),
        cmocka_unit_test(test_plans_and_their_steps),
        cmocka_unit_test(test_compiled_reports),
        cmocka_unit_test(test_no_query_walks_over_all_runs),
        cmocka_unit_test(test_no_write_fills_a_table_of_its_own),
        cmocka_unit_test(test_every_index_serves_a_query),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
