/* What ended in a range of time: the store's answers and those of the tests' own store, which
 * counts the plain way, are the same; and none walks over runs outside the range. */
#include "agent1/edge/store_range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire/run_state.h"
#include "tests/support/row_query.h"
#include "tests/unit/agent1/store-fixture.h"

#include "common/base/banned.h"

#define STEP_MS INT64_C(100000)
#define END_MS  (400 * STEP_MS)

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

/* Runs of two agents with all outcomes and many durations, over some ten hours. */
static void fill(Fixture *fixture, RowStore *twin)
{
    Effects *effects = effects_new();

    for (int64_t i = 1; i <= 400; i++) {
        Row *row = make_run(i, i % 3 ? "web1" : "db", (RunState)(i * 7 % RUN_NOT_KNOWN));

        row_set_int(row, RUNS_CHANGED, i * STEP_MS);
        row_set_int(row, RUNS_DURATION_MS, i * i % 997);
        if (i % 4)
            row_set_int(row, RUNS_STARTED, i);
        row_store_put(twin, row_copy(row));
        effects_put(effects, row);
    }
    fixture_store(fixture, effects);
}

static void expect_same_rows(const GPtrArray *found, const GPtrArray *wanted)
{
    assert_int_equal(found->len, wanted->len);
    for (unsigned i = 0; i < found->len; i++) {
        const Row *one = g_ptr_array_index(found, i);
        const Row *other = g_ptr_array_index(wanted, i);

        assert_int_equal(one->table, other->table);
        if (one->table == TABLE_META)
            continue; /* the tests' own audit has hashes of its own */
        assert_same_row(one, other);
    }
}

static void test_ranges(void **state)
{
    static const struct {
        const char *what;
        QueryKind kind;
        const char *agent;
        int64_t from_ms;
        int64_t until_ms;
        unsigned limit;
    } cases[] = {
        { "all", QUERY_DAY, NULL, 0, END_MS + 1, 1000 },
        { "the last one is outside", QUERY_DAY, NULL, 0, END_MS, 1000 },
        { "the first one is inside", QUERY_DAY, NULL, STEP_MS, END_MS, 1000 },
        { "a part", QUERY_DAY, NULL, 2000 * 1000, 9000 * 1000, 7 },
        { "one agent", QUERY_DAY, "web1", 0, END_MS, 5 },
        { "few", QUERY_DAY, "db", 397 * STEP_MS, END_MS, 5 },
        { "the newest", QUERY_RANGE, NULL, 0, END_MS, 20 },
        { "the newest of one", QUERY_RANGE, "db", 10 * STEP_MS, 90 * STEP_MS, 20 },
        { "none of them", QUERY_RANGE, "db", 10 * STEP_MS, 90 * STEP_MS, 0 },
        { "nothing", QUERY_RANGE, "nobody", 0, END_MS, 20 },
        { "failures", QUERY_RANGE_FAILED, NULL, 0, END_MS, 20 },
        { "failures of one", QUERY_RANGE_FAILED, "web1", 10 * STEP_MS, 90 * STEP_MS, 5 },
        { "nobody", QUERY_DAY, "nobody", 0, END_MS, 5 },
        { "later", QUERY_DAY, NULL, END_MS + 1, 2 * END_MS, 5 },
        { "backwards", QUERY_DAY, NULL, END_MS, 1, 5 },
    };
    g_autoptr(Fixture) fixture = fixture_new();
    RowStore twin;

    (void)state;
    row_store_init(&twin);
    fixture_open(fixture);
    fill(fixture, &twin);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        EffectQuery query = { .kind = cases[i].kind,
                              .text = (char *)(guintptr)cases[i].agent,
                              .number = cases[i].from_ms,
                              .until = cases[i].until_ms,
                              .limit = cases[i].limit };
        g_autoptr(Event) wanted = row_store_query(&twin, &query);
        Effects *effects = effects_new();

        print_message("%s\n", cases[i].what);
        effects_query_range(effects, 1, query.kind, query.text, query.number, query.until,
                            query.limit);
        fixture_store(fixture, effects);
        expect_same_rows(((const Event *)g_ptr_array_index(fixture->answer.events, 0))->rows.rows,
                         wanted->rows.rows);
    }
    row_store_clear(&twin);
}

/* What the gate refused was no run; the parts of what ran are its whole; the head is the audit's.
 */
static void test_refusals_are_no_runs(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    Effects *effects = effects_new();
    const GPtrArray *rows;
    const Row *figures;

    (void)state;
    fixture_open(fixture);
    for (int i = 0; i <= RUN_UNKNOWN; i++) {
        Row *row = make_run(i + 1, "web1", (RunState)i);

        row_set_int(row, RUNS_CHANGED, 60);
        effects_put(effects, row);
    }
    effects_audit(effects, 60, "refused", "ana", "web1", NULL, "blackout: lunch");
    effects_audit(effects, 60, "refused", "ana", "web2", NULL, "paused: paused");
    effects_query_range(effects, 1, QUERY_DAY, NULL, 50, 70, 0);
    fixture_store(fixture, effects);
    rows = ((const Event *)g_ptr_array_index(fixture->answer.events, 0))->rows.rows;
    assert_int_equal(rows->len, 5);
    figures = g_ptr_array_index(rows, 0);
    assert_int_equal(row_int(figures, FIGURES_RUNS), RUN_UNKNOWN - RUN_SUCCEEDED + 1);
    for (unsigned column = FIGURES_SUCCEEDED; column < FIGURES_MEDIAN_MS; column++)
        assert_int_equal(row_int(figures, column), 1);
    assert_string_equal(row_text(g_ptr_array_index(rows, 3), META_NAME), AUDIT_CHECKED);
    assert_string_equal(row_text(g_ptr_array_index(rows, 3), META_VALUE), "2");
    assert_int_equal(strlen(row_text(g_ptr_array_index(rows, 4), META_VALUE)), 64);
}

/* What SQLite says it would do. */
static char *plan_of(sqlite3 *db, RangePart part, bool has_agent)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(sqlite3_stmt) query = store_range_prepare(db, part, has_agent, &error);
    g_autoptr(sqlite3_stmt) explain = NULL;
    g_autofree char *text = NULL;
    GString *plan = g_string_new(NULL);

    if (!query)
        fail_msg("%s", error->message);
    text = g_strconcat("EXPLAIN QUERY PLAN ", sqlite3_sql(query), NULL);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &explain, NULL), SQLITE_OK);
    while (sqlite3_step(explain) == SQLITE_ROW)
        g_string_append_printf(plan, "%s\n", (const char *)sqlite3_column_text(explain, 3));
    return g_string_free(plan, FALSE);
}

/* A range of the index, and never the table: only the runs that are shown are read, by their rows.
 */
static void test_no_part_walks_over_all_runs(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    sqlite3 *db = NULL;

    (void)state;
    fixture_open(fixture);
    fixture_close(fixture);
    assert_int_equal(sqlite3_open_v2(fixture->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    for (unsigned i = 0; i < 2 * RANGE_PART_COUNT; i++) {
        g_autofree char *plan = plan_of(db, (RangePart)(i / 2), i % 2);

        if (!strstr(plan,
                    "SEARCH runs USING COVERING INDEX runs_ended (changed>? AND changed<?)") ||
            strstr(plan, "SCAN runs"))
            fail_msg("part %u: %s", i / 2, plan);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_refusals_are_no_runs),
        cmocka_unit_test(test_no_part_walks_over_all_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
