/* The store's contract: what is committed comes back, and nothing else. */
#include "agent1/edge/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/agent1/store-rows.h"

#include "common/base/banned.h"

/* ---- storing and loading ----------------------------------------------------------------------
 */

static void test_round_trip(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autofree char *orphans = NULL;

    (void)state;

    fixture_open(fixture);
    put_all_tables(fixture);
    check_all_tables(fixture);
    fixture_reopen(fixture);
    check_all_tables(fixture);

    /* Stored, but never live. */
    fixture_close(fixture);
    orphans = fixture_sql_text(fixture, "SELECT group_concat(id || ':' || ifnull(body, 'NULL')) "
                                        "FROM (SELECT * FROM orphans WHERE id < 'c' ORDER BY id)");
    assert_string_equal(orphans, "a:NULL,b:");
}

static void test_replace_and_delete(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(Row) wanted = make_row(TABLE_AGENTS, "b", FILL_NOTHING);
    Effects *effects = effects_new();

    (void)state;

    fixture_open(fixture);
    put_all_tables(fixture);
    effects_put(effects, make_row(TABLE_AGENTS, "b", FILL_LARGE));
    effects_put(effects, make_row(TABLE_AGENTS, "b", FILL_NOTHING));
    effects_delete(effects, TABLE_AGENTS, "a");
    effects_delete(effects, TABLE_AGENTS, "a");
    effects_delete(effects, TABLE_AGENTS, "absent' OR 1=1 --");
    fixture_store(fixture, effects);

    fixture_reopen(fixture);
    rows = fixture_load(fixture, TABLE_AGENTS);
    assert_int_equal(rows->len, 2);
    assert_same_row(g_ptr_array_index(rows, 0), wanted);
    assert_string_equal(row_text(g_ptr_array_index(rows, 1), 0), "c");
}

static void test_live_runs(void **state)
{
    static const struct {
        const char *state;
        bool is_live;
    } cases[] = {
        { "proposed", true },   { "awaiting_approval", true }, { "deferred", true },
        { "queued", true },     { "accepted", true },          { "running", true },
        { "cancelling", true }, { "succeeded", false },        { "failed", false },
        { "unknown", false },   { "expired", false },          { "Queued", false },
    };
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) rows = NULL;
    Effects *effects = effects_new();
    unsigned live = 0;

    (void)state;

    fixture_open(fixture);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *id = g_strdup_printf("run-%02u", i);

        effects_put(effects, make_run(id, i + 1, "web1", cases[i].state));
    }
    fixture_store(fixture, effects);

    rows = fixture_load(fixture, TABLE_RUNS);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Row *row = live < rows->len ? g_ptr_array_index(rows, live) : NULL;
        bool is_live = row && row_int(row, RUNS_NUMBER) == i + 1;

        if (is_live != cases[i].is_live)
            fail_msg("%s", cases[i].state);
        live += is_live;
    }
    assert_int_equal(live, rows->len);
}

/* The steps of a plan that is over are kept, and asked for; they are no part of what is live. */
static void test_live_plans(void **state)
{
    static const char *const states[] = { "open", "running", "done", "stopped", "cancelled" };
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) plans = NULL;
    g_autoptr(GPtrArray) steps = NULL;
    Effects *effects = effects_new();

    (void)state;

    fixture_open(fixture);
    for (unsigned i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autofree char *id = g_strdup_printf("p%u", i + 1);
        g_autofree char *step_id = g_strdup_printf("p%u.0000", i + 1);
        Row *plan = row_new(TABLE_PLANS);
        Row *step = row_new(TABLE_STEPS);

        row_set_text(plan, PLANS_ID, id);
        row_set_text(plan, PLANS_STATE, states[i]);
        row_set_text(step, STEPS_ID, step_id);
        row_set_text(step, STEPS_PLAN, id);
        effects_put(effects, plan);
        effects_put(effects, step);
    }
    fixture_store(fixture, effects);

    plans = fixture_load(fixture, TABLE_PLANS);
    steps = fixture_load(fixture, TABLE_STEPS);
    assert_int_equal(plans->len, 2);
    assert_int_equal(steps->len, 2);
    assert_string_equal(row_text(g_ptr_array_index(steps, 1), STEPS_PLAN), "p2");
}

/* ---- batches ----------------------------------------------------------------------------------
 */

static void test_batch_is_whole_or_absent(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) meta = NULL;
    g_autofree char *head = NULL;
    int64_t audited;
    Effects *effects = effects_new();

    (void)state;

    fixture_open(fixture);
    store_one(fixture, make_run("first", 1, "web1", "queued"));

    /* The second run has the number of the first: our own fault, so that nothing may go on. */
    effects_put(effects, make_meta("before", "x"));
    effects_audit(effects, 1, "run", NULL, NULL, NULL, "before");
    effects_query(effects, 1, QUERY_RUN_BY_ID, "first", 0, 0);
    effects_put(effects, make_run("second", 1, "web1", "queued"));
    assert_int_equal(fixture_commit(fixture, effects), STORE_BROKEN);
    assert_non_null(strstr(fixture->answer.error, "UNIQUE"));
    assert_int_equal(fixture->answer.events->len, 0);

    effects = effects_new();
    effects_put(effects, make_meta("after", "x"));
    assert_int_equal(fixture_commit(fixture, effects), STORE_BROKEN);
    assert_non_null(strstr(fixture->answer.error, "UNIQUE"));

    fixture_reopen(fixture);
    meta = fixture_load(fixture, TABLE_META);
    assert_int_equal(meta->len, 0);
    assert_true(store_verify_audit(fixture->store, &audited, &head, NULL));
    assert_int_equal(audited, 0);
}

static void test_free_finishes_what_was_handed_over(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) rows = NULL;

    (void)state;

    fixture_open(fixture);
    for (unsigned i = 0; i < 20; i++) {
        Effects *effects = effects_new();
        g_autofree char *name = g_strdup_printf("%02u", i);

        effects_put(effects, make_meta(name, NULL));
        fixture_send(fixture, i, effects);
    }
    fixture_reopen(fixture);
    rows = fixture_load(fixture, TABLE_META);
    assert_int_equal(rows->len, 20);
}

/* ---- queries ----------------------------------------------------------------------------------
 */

static void put_runs_for_queries(Fixture *fixture)
{
    Effects *effects = effects_new();

    for (unsigned i = 1; i <= 9; i++) {
        g_autofree char *id = g_strdup_printf("run-%u", 10 - i);

        effects_put(effects, make_run(id, i, i % 3 ? "web1" : "db", "succeeded"));
    }
    fixture_store(fixture, effects);
}

static char *print_numbers(const GPtrArray *rows)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < rows->len; i++)
        g_string_append_printf(text, "%s%d", i ? " " : "",
                               (int)row_int(g_ptr_array_index(rows, i), RUNS_NUMBER));
    return g_string_free(text, FALSE);
}

static void test_queries(void **state)
{
    static const struct {
        const char *what;
        QueryKind kind;
        const char *text;
        int64_t number;
        unsigned limit;
        const char *numbers;
    } cases[] = {
        { "by id", QUERY_RUN_BY_ID, "run-3", 0, 0, "7" },
        { "by an id that is not there", QUERY_RUN_BY_ID, "run", 0, 0, "" },
        { "by no id", QUERY_RUN_BY_ID, NULL, 0, 0, "" },
        { "by number", QUERY_RUN_BY_NUMBER, NULL, 7, 0, "7" },
        { "by number, with a text", QUERY_RUN_BY_NUMBER, "db", 8, 0, "8" },
        { "by a number that is not there", QUERY_RUN_BY_NUMBER, NULL, 77, 0, "" },
        { "recent", QUERY_RUNS_RECENT, NULL, 0, 4, "9 8 7 6" },
        { "recent, all", QUERY_RUNS_RECENT, NULL, 0, 100, "9 8 7 6 5 4 3 2 1" },
        { "recent, none", QUERY_RUNS_RECENT, NULL, 0, 0, "" },
        { "recent of one agent", QUERY_RUNS_RECENT, "db", 0, 2, "9 6" },
        { "recent of an unknown agent", QUERY_RUNS_RECENT, "nobody", 0, 2, "" },
    };
    g_autoptr(Fixture) fixture = fixture_new();
    Effects *effects = effects_new();

    (void)state;

    fixture_open(fixture);
    put_runs_for_queries(fixture);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        effects_query(effects, 100 + i, cases[i].kind, cases[i].text, cases[i].number,
                      cases[i].limit);
    fixture_store(fixture, effects);

    assert_int_equal(fixture->answer.events->len, G_N_ELEMENTS(cases));
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Event *event = g_ptr_array_index(fixture->answer.events, i);
        g_autofree char *numbers = print_numbers(event->rows.rows);

        assert_int_equal(event->kind, EVENT_ROWS);
        assert_int_equal(event->rows.cookie, 100 + i);
        if (!g_str_equal(numbers, cases[i].numbers))
            fail_msg("%s: %s", cases[i].what, numbers);
    }
}

static void test_query_sees_what_stands_before_it(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    Effects *effects = effects_new();
    static const unsigned counts[] = { 0, 1, 0 };

    (void)state;

    fixture_open(fixture);
    effects_query(effects, 0, QUERY_RUN_BY_ID, "x", 0, 0);
    effects_put(effects, make_run("x", 1, "web1", "queued"));
    effects_query(effects, 1, QUERY_RUN_BY_ID, "x", 0, 0);
    effects_delete(effects, TABLE_RUNS, "x");
    effects_query(effects, 2, QUERY_RUN_BY_ID, "x", 0, 0);
    fixture_store(fixture, effects);

    for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++) {
        const Event *event = g_ptr_array_index(fixture->answer.events, i);

        assert_int_equal(event->rows.rows->len, counts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_replace_and_delete),
        cmocka_unit_test(test_live_runs),
        cmocka_unit_test(test_live_plans),
        cmocka_unit_test(test_batch_is_whole_or_absent),
        cmocka_unit_test(test_free_finishes_what_was_handed_over),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_query_sees_what_stands_before_it),
    };

    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
