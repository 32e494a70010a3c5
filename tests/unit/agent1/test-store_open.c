/* Opening a store: for its owner alone, once at a time, of this version or an older one. */
#include "agent1/edge/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/agent1/store-rows.h"

#include "common/base/banned.h"

static void expect_refusal(Fixture *fixture, Problem problem, const char *text)
{
    g_autoptr(GError) error = NULL;

    assert_null(fixture_try_open(fixture, &error));
    assert_null(fixture->set_aside);
    if (!g_error_matches(error, PROBLEM, problem) || !strstr(error->message, text))
        fail_msg("%s (code %d)", error->message, error->code);
}

static void test_files_are_private(void **state)
{
    static const char *const names[] = { "agent1.db", "agent1.db-wal", "agent1.lock" };
    g_autoptr(Fixture) fixture = fixture_new();
    mode_t mask = umask(0);
    struct stat status;

    (void)state;

    fixture_open(fixture);
    store_one(fixture, make_meta("a", "b"));
    umask(mask);

    assert_int_equal(stat(fixture->folder, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(fixture->folder, names[i], NULL);

        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
}

static void test_second_one_is_refused(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf("another agent1 (pid %d) uses ", (int)getpid());
    Store *first;

    (void)state;

    fixture_open(fixture);
    first = fixture->store;
    expect_refusal(fixture, PROBLEM_IO, text);
    store_free(first);
    fixture_open(fixture);
}

static void test_newer_version_is_refused(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autofree char *version = NULL;

    (void)state;

    fixture_open(fixture);
    fixture_close(fixture);
    assert_int_equal(fixture_sql(fixture, "PRAGMA user_version = 700000"), SQLITE_OK);
    expect_refusal(fixture, PROBLEM_VALUE, "version 700000, of a newer agent1");
    version = fixture_sql_text(fixture, "PRAGMA user_version");
    assert_string_equal(version, "700000");
}

static void test_foreign_things_are_refused(void **state)
{
    static const char *const statements[] = {
        "CREATE TRIGGER evil AFTER INSERT ON runs BEGIN DELETE FROM outbox; END",
        "CREATE TABLE notes (text)",
        "CREATE INDEX quick ON runs (task)",
        "CREATE VIEW queued AS SELECT * FROM runs",
    };

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(statements); i++) {
        g_autoptr(Fixture) fixture = fixture_new();

        fixture_open(fixture);
        fixture_close(fixture);
        assert_int_equal(fixture_sql(fixture, statements[i]), SQLITE_OK);
        expect_refusal(fixture, PROBLEM_VALUE, statements[i]);
    }
}

/* Removes one of a table's last columns, counted from 1 at the end, as if a later version had
 * brought it. */
static void drop_last_column(const Fixture *fixture, Table table, unsigned from_end)
{
    const TableInfo *info = table_info(table);
    g_autofree char *sql = g_strdup_printf("ALTER TABLE %s DROP COLUMN %s", info->name,
                                           info->columns[info->column_count - from_end].name);

    assert_int_equal(fixture_sql(fixture, sql), SQLITE_OK);
}

static void test_older_version_is_upgraded(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) rows = NULL;
    const Row *old;

    (void)state;

    fixture_open(fixture);
    store_one(fixture, make_run("old", 1, "web1", "queued"));
    fixture_close(fixture);
    assert_int_equal(fixture_sql(fixture, "DROP INDEX runs_by_occurrence"), SQLITE_OK);
    drop_last_column(fixture, TABLE_RUNS, 1);
    drop_last_column(fixture, TABLE_RUNS, 2);
    drop_last_column(fixture, TABLE_AGENTS, 1);
    assert_int_equal(fixture_sql(fixture, "DROP TABLE sessions; DROP INDEX runs_ended;"
                                          "PRAGMA user_version = 1"),
                     SQLITE_OK);

    fixture_open(fixture);
    assert_null(fixture->set_aside);
    put_all_tables(fixture);
    fixture_reopen(fixture);
    rows = fixture_load(fixture, TABLE_RUNS);
    assert_int_equal(rows->len, 4);
    old = g_ptr_array_index(rows, 3);
    assert_string_equal(row_text(old, RUNS_ID), "old");
    assert_false(row_is_set(old, RUNS_COLUMNS - 1));
}

static Row *make_old_note(Table table, const char *id)
{
    Row *row = row_new(table);

    row_set_text(row, 0, id);
    row_set_text(row, 1, "door");
    if (table == TABLE_MEMORIES) {
        row_set_text(row, MEMORIES_VALUE, "4711");
        row_set_text(row, MEMORIES_USER, "oskar");
        row_set_int(row, MEMORIES_CHANGED, 5);
        row_set_text(row, MEMORIES_SCOPE, SCOPE_SHARED);
    }
    return row;
}

/* Of the version that knew only shared notes, and not how they came about. */
static void test_notes_of_an_older_version(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) rows = NULL;
    Effects *effects = effects_new();
    const Event *found;
    const Row *row;

    (void)state;
    fixture_open(fixture);
    store_one(fixture, make_old_note(TABLE_MEMORIES, "shared:door"));
    store_one(fixture, make_old_note(TABLE_MEMO_KEYS, "shared:door"));
    fixture_close(fixture);
    for (unsigned i = 1; i <= MEMORIES_COLUMNS - MEMORIES_HOW; i++)
        drop_last_column(fixture, TABLE_MEMORIES, i);
    for (unsigned i = 1; i <= MEMO_KEYS_COLUMNS - MEMO_KEYS_SCOPE; i++)
        drop_last_column(fixture, TABLE_MEMO_KEYS, i);
    assert_int_equal(fixture_sql(fixture, "PRAGMA user_version = 3000"), SQLITE_OK);

    fixture_open(fixture);
    assert_null(fixture->set_aside);
    rows = fixture_load(fixture, TABLE_MEMO_KEYS);
    assert_int_equal(rows->len, 1);
    assert_false(row_is_set(rows->pdata[0], MEMO_KEYS_SCOPE));
    effects_query(effects, 1, QUERY_MEMORY_MATCH, "\"4711\"*", 10, 1);
    fixture_store(fixture, effects);
    found = g_ptr_array_index(fixture->answer.events, 0);
    assert_int_equal(found->rows.rows->len, 1);
    row = found->rows.rows->pdata[0];
    assert_string_equal(row_text(row, MEMORIES_USER), "oskar");
    assert_false(row_is_set(row, MEMORIES_HOW));
}

/* An index that no query uses any more, of the version before. */
static void test_a_former_index_is_dropped(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autofree char *count = NULL;

    (void)state;
    fixture_open(fixture);
    store_one(fixture, make_run("old", 1, "web1", "queued"));
    fixture_close(fixture);
    assert_int_equal(fixture_sql(fixture,
                                 "CREATE INDEX \"runs_by_state\" ON \"runs\" (\"state\");"
                                 "DROP INDEX \"runs_failed\";"
                                 "CREATE INDEX \"runs_failed\" ON \"runs\" (\"number\") "
                                 "WHERE \"state\" IN ('failed', 'expired');"
                                 "CREATE INDEX \"audit_refused\" ON \"audit\" (\"at\", \"agent\") "
                                 "WHERE \"kind\" = 'refused' AND \"agent\" IS NOT NULL;"
                                 "PRAGMA user_version = 2200"),
                     SQLITE_OK);

    fixture_open(fixture);
    assert_null(fixture->set_aside);
    fixture_close(fixture);
    count = fixture_sql_text(fixture, "SELECT COUNT(*) FROM sqlite_schema WHERE name IN "
                                      "('audit_refused', 'runs_by_state')");
    assert_string_equal(count, "0");
}

static void lay_as_formerly(const Fixture *fixture, Table table)
{
    const char *name = table_info(table)->name;
    g_autofree char *select =
        g_strdup_printf("SELECT sql FROM sqlite_schema WHERE name = '%s'", name);
    g_autofree char *text = fixture_sql_text(fixture, select);
    char *end = strstr(text, ", WITHOUT ROWID");
    g_autofree char *sql = NULL;

    assert_non_null(end);
    *end = '\0';
    sql = g_strdup_printf("ALTER TABLE %s RENAME TO x; %s; INSERT INTO %s SELECT * FROM x;"
                          "DROP TABLE x; PRAGMA user_version = 3000",
                          name, text, name);
    assert_int_equal(fixture_sql(fixture, sql), SQLITE_OK);
}

/* With its rows, and a column that came later. */
static void test_a_keyed_table_is_laid_anew(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) before = NULL;
    g_autoptr(GPtrArray) after = NULL;

    (void)state;
    fixture_open(fixture);
    put_all_tables(fixture);
    before = fixture_load(fixture, TABLE_OUTBOX);
    fixture_close(fixture);
    lay_as_formerly(fixture, TABLE_OUTBOX);
    lay_as_formerly(fixture, TABLE_SAYINGS);
    assert_int_equal(fixture_sql(fixture, "DELETE FROM sayings; DELETE FROM meta"), SQLITE_OK);
    drop_last_column(fixture, TABLE_SAYINGS, 1);
    drop_last_column(fixture, TABLE_META, 1);

    fixture_open(fixture);
    assert_null(fixture->set_aside);
    after = fixture_load(fixture, TABLE_OUTBOX);
    assert_true(before->len > 0);
    assert_int_equal(after->len, before->len);
    for (unsigned i = 0; i < before->len; i++) {
        g_autofree char *old = print_row(before->pdata[i]);
        g_autofree char *new = print_row(after->pdata[i]);

        assert_string_equal(new, old);
    }
}

/* A column renamed by hand has the same file structure, but is not what this program made. */
static void test_changed_schema_is_damage(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();

    (void)state;

    fixture_open(fixture);
    fixture_close(fixture);
    assert_int_equal(fixture_sql(fixture, "ALTER TABLE runs RENAME COLUMN task TO tusk"),
                     SQLITE_OK);
    fixture_open(fixture);
    assert_non_null(fixture->set_aside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_are_private),
        cmocka_unit_test(test_second_one_is_refused),
        cmocka_unit_test(test_newer_version_is_refused),
        cmocka_unit_test(test_foreign_things_are_refused),
        cmocka_unit_test(test_older_version_is_upgraded),
        cmocka_unit_test(test_notes_of_an_older_version),
        cmocka_unit_test(test_a_former_index_is_dropped),
        cmocka_unit_test(test_a_keyed_table_is_laid_anew),
        cmocka_unit_test(test_changed_schema_is_damage),
    };

    return cmocka_run_group_tests_name("store_open", tests, NULL, NULL);
}
