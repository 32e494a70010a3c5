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
#include "tests/support/row_query.h"
#include "tests/unit/agent1/store-fixture.h"

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

    effects_query_all(effects, query->cookie, query);
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
            Row *step = row_new(TABLE_STEPS);

            row_set_text(step, STEPS_ID, id);
            effects_put(effects, step);
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

/* ---- what was remembered ---- */

static Row *make_memory(const char *key, const char *value)
{
    Row *row = row_new(TABLE_MEMORIES);

    row_set_text(row, MEMORIES_ID, key);
    row_set_text(row, MEMORIES_KEY, key);
    row_set_text(row, MEMORIES_VALUE, value);
    row_set_text(row, MEMORIES_SCOPE, SCOPE_SHARED);
    return row;
}

static Row *make_private(const char *key, const char *value, const char *owner)
{
    g_autofree char *id = g_strdup_printf("%s of %s", key, owner);
    Row *row = make_memory(key, value);

    row_set_text(row, MEMORIES_ID, id);
    row_set_text(row, MEMORIES_USER, owner);
    row_set_text(row, MEMORIES_SCOPE, SCOPE_PRIVATE);
    return row;
}

/* Written, replaced and deleted: the index follows. */
static void fill_memory(Fixture *fixture, RowStore *twin)
{
    static const char *const texts[][2] = {
        { "door", "4711" },       { "backup", "nas3 at Orl\u00e9ans" }, { "night", "call oskar" },
        { "spare", "door open" }, { "backup", "nas4 at Nantes" },       { "gone", "nas4" },
    };
    Effects *effects = effects_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        row_store_put(twin, make_memory(texts[i][0], texts[i][1]));
        effects_put(effects, make_memory(texts[i][0], texts[i][1]));
        /* Between two queries the store does not leave out what is overwritten. */
        effects_query(effects, i, QUERY_MEMORY, "none", 0, 1);
    }
    row_store_put(twin, make_private("door", "1234 open", "ana"));
    effects_put(effects, make_private("door", "1234 open", "ana"));
    row_store_delete(twin, TABLE_MEMORIES, "gone");
    effects_delete(effects, TABLE_MEMORIES, "gone");
    effects_delete(effects, TABLE_MEMORIES, "never there");
    fixture_store(fixture, effects);
}

static void check_memory(Fixture *fixture, const RowStore *twin)
{
    static const struct {
        QueryKind kind;
        const char *text;
        unsigned count;
        const char *beside;
    } cases[] = {
        { QUERY_MEMORY, "backup", 1, NULL },
        { QUERY_MEMORY, "absent", 0, NULL },
        { QUERY_MEMORY, "door", 2, "door of ana" },
        { QUERY_MEMORY, "absent", 1, "door of ana" },
        { QUERY_MEMORY_MATCH, "\"nas4\"*", 1, NULL },
        { QUERY_MEMORY_MATCH, "\"nas3\"*", 0, NULL },
        { QUERY_MEMORY_MATCH, "\"DOO\"*", 2, NULL },
        { QUERY_MEMORY_MATCH, "\"door\"* \"open\"*", 1, NULL },
        { QUERY_MEMORY_MATCH, "\"value\"* \"OR\"*", 0, NULL },
        { QUERY_MEMORY_MATCH, "\"1234\"*", 1, "ana" },
        { QUERY_MEMORY_MATCH, "\"1234\"*", 0, "oskar" },
        { QUERY_MEMORY_MATCH, "\"1234\"*", 0, NULL },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        EffectQuery query = { .kind = cases[i].kind,
                              .text = (char *)(guintptr)cases[i].text,
                              .beside = (char *)(guintptr)cases[i].beside,
                              .limit = 10 };

        print_message("%s\n", cases[i].text);
        assert_int_equal(check_same(fixture, twin, &query), cases[i].count);
    }
}

static void test_memory(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    RowStore twin;

    (void)state;
    row_store_init(&twin);
    fixture_open(fixture);
    fill_memory(fixture, &twin);
    check_memory(fixture, &twin);
    fixture_reopen(fixture);
    check_memory(fixture, &twin);
    row_store_clear(&twin);
}

/* "door one" and "door two" fit a word alike: which of them comes first? */
static void expect_first(Fixture *fixture, int64_t now_ms, const char *first)
{
    EffectQuery query = { .kind = QUERY_MEMORY_MATCH,
                          .text = (char *)(guintptr) "\"door\"*",
                          .number = now_ms,
                          .limit = 2 };
    Effects *effects = effects_new();
    const Event *found;

    effects_query_all(effects, 1, &query);
    fixture_store(fixture, effects);
    found = g_ptr_array_index(fixture->answer.events, 0);
    assert_int_equal(found->rows.rows->len, 2);
    assert_string_equal(row_text(found->rows.rows->pdata[0], MEMORIES_ID), first);
}

static void keep_note(Fixture *fixture, const char *id, const char *value, int64_t changed_ms,
                      int64_t recalled_ms)
{
    Effects *effects = effects_new();
    Row *row = make_memory(id, value);

    row_set_int(row, MEMORIES_CHANGED, changed_ms);
    effects_put(effects, row);
    row = row_new(TABLE_MEMO_KEYS);
    row_set_text(row, MEMO_KEYS_ID, id);
    row_set_text(row, MEMO_KEYS_KEY, id);
    if (recalled_ms > 0)
        row_set_int(row, MEMO_KEYS_RECALLED, recalled_ms);
    effects_put(effects, row);
    fixture_store(fixture, effects);
}

/* Of two that fit, the one that was written or asked for later; nothing is ever not found. */
static void test_old_notes_come_last(void **state)
{
    const int64_t now_ms = 20 * MEMORY_HALF_LIFE_MS;
    g_autoptr(Fixture) fixture = fixture_new();

    (void)state;
    fixture_open(fixture);
    keep_note(fixture, "one", "door", now_ms - MEMORY_HALF_LIFE_MS, 0);
    keep_note(fixture, "two", "door", now_ms, 0);
    expect_first(fixture, now_ms, "two");
    keep_note(fixture, "one", "door", now_ms - MEMORY_HALF_LIFE_MS, now_ms + 1);
    expect_first(fixture, now_ms + 2, "one");
    /* A match twice as good is found first for as long as the other takes to be worth half. */
    keep_note(fixture, "one", "door door door", now_ms - MEMORY_HALF_LIFE_MS / 100, 0);
    expect_first(fixture, now_ms, "one");
    keep_note(fixture, "one", "door door door", 0, 0);
    expect_first(fixture, now_ms, "two");
    /* A clock that was put back. */
    expect_first(fixture, 5, "one");
}

static GBytes *make_vector(float a, float b)
{
    const float numbers[] = { a, b };

    return g_bytes_new(numbers, sizeof(numbers));
}

static void put_vector(Fixture *fixture, const char *id, const char *model, int64_t made_ms,
                       GBytes *vector)
{
    Row *row = row_new(TABLE_VECTORS);
    Effects *effects = effects_new();

    row_set_text(row, VECTORS_ID, id);
    row_set_text(row, VECTORS_MODEL, model);
    row_set_int(row, VECTORS_MADE, made_ms);
    row_set_bytes(row, VECTORS_VECTOR, vector);
    effects_put(effects, row);
    fixture_store(fixture, effects);
    g_bytes_unref(vector);
}

/* The ids of what a query finds, the best first; the caller owns it. */
static char *ask_memory(Fixture *fixture, QueryKind kind, int64_t number, GBytes *vector)
{
    EffectQuery query = {
        .kind = kind, .text = (char *)(guintptr) "m", .vector = vector, .number = number, .limit = 3
    };
    Effects *effects = effects_new();
    const Event *found;

    effects_query_all(effects, 1, &query);
    fixture_store(fixture, effects);
    found = g_ptr_array_index(fixture->answer.events, 0);
    return print_rows(found->rows.rows);
}

static void expect_near(Fixture *fixture, float a, float b, const char *expected)
{
    g_autoptr(GBytes) vector = make_vector(a, b);
    g_autofree char *found = ask_memory(fixture, QUERY_MEMORY_NEAR, 10, vector);

    assert_string_equal(found, expected);
}

/* Which notes lie near a vector, and which have none of a model. */
static void test_vectors(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autofree char *bare = NULL;
    g_autofree char *rest = NULL;

    (void)state;
    fixture_open(fixture);
    for (unsigned i = 0; i < 7; i++) {
        char id[] = { (char)('a' + i), '\0' };

        keep_note(fixture, id, "x", 10, 0);
    }
    put_vector(fixture, "a", "m", 10, make_vector(3, 0));
    put_vector(fixture, "b", "m", 10, make_vector(1, 1));
    put_vector(fixture, "c", "m", 10, make_vector(-1, 0));
    /* Of a text that is no more, of another model, of another length, and none at all. */
    put_vector(fixture, "d", "m", 9, make_vector(1, 0));
    put_vector(fixture, "e", "n", 10, make_vector(1, 0));
    put_vector(fixture, "f", "m", 10, g_bytes_new("\0\0\200\77", 4));
    put_vector(fixture, "gone", "m", 10, make_vector(1, 0));
    expect_near(fixture, 1, 0, "a b");
    expect_near(fixture, 0, 1, "b");
    expect_near(fixture, 0, 0, "");
    fixture_reopen(fixture);
    expect_near(fixture, 5, 4.9F, "b a");
    bare = ask_memory(fixture, QUERY_MEMORY_BARE, 0, NULL);
    assert_string_equal(bare, "d e g");
    rest = ask_memory(fixture, QUERY_MEMORY_BARE, 2, NULL);
    assert_string_equal(rest, "g");
}

/* An index that lost its content, or says what no row does, is made anew; the rows stay. */
static void test_a_damaged_index_is_made_anew(void **state)
{
    static const char *const harms[] = {
        "INSERT INTO memory_index (memory_index) VALUES ('delete-all')",
        "DELETE FROM memory_index_data WHERE id > 10",
        "UPDATE memory_index_data SET block = zeroblob(length(block)) WHERE id > 10",
        "INSERT INTO memory_index (rowid, key, value) VALUES (99, 'a', 'b')",
        "DELETE FROM memory_index_idx",
        "DELETE FROM memory_index_docsize",
    };
    g_autoptr(Fixture) fixture = fixture_new();
    RowStore twin;

    (void)state;
    row_store_init(&twin);
    fixture_open(fixture);
    fill_memory(fixture, &twin);
    for (unsigned i = 0; i < G_N_ELEMENTS(harms); i++) {
        print_message("%s\n", harms[i]);
        fixture_close(fixture);
        assert_int_equal(fixture_sql(fixture, harms[i]), SQLITE_OK);
        fixture_open(fixture);
        assert_null(fixture->set_aside);
        check_memory(fixture, &twin);
    }
    row_store_clear(&twin);
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
        if (kind == QUERY_AUDIT || store_range_knows((QueryKind)kind))
            continue; /* the audit is read by its key alone (store_audit.c) */
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
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_old_notes_come_last),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_a_damaged_index_is_made_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
