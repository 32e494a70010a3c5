/* The store's contract: what is committed comes back, and nothing else. */
#include "agent1/edge/store.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/agent1/store-fixture.h"

#include "common/base/banned.h"

/* ---- rows -------------------------------------------------------------------------------------
 */

typedef enum {
    FILL_NOTHING, /* the key alone: everything else is NULL */
    FILL_SMALL,   /* 0, -1, "" */
    FILL_LARGE,   /* the ends of the range, long and odd texts */
} Fill;

static char *make_text(Fill fill, unsigned column)
{
    static const char odd[] = "it's \"odd\"; --\n\t\xc3\xa9\xf0\x9f\x90\x98 %s ?1";

    if (fill == FILL_SMALL)
        return g_strdup("");
    return column % 3 ? g_strdup(odd) : g_strnfill(100 * 1000, 'x');
}

static int64_t make_int(Fill fill, unsigned column)
{
    static const int64_t small[] = { 0, -1, 1 };
    static const int64_t large[] = { INT64_MIN, INT64_MAX, INT64_C(1) << 53 };

    return fill == FILL_SMALL ? small[column % 3] : large[column % 3];
}

static Row *make_row(Table table, const char *key, Fill fill)
{
    const TableInfo *info = table_info(table);
    Row *row = row_new(table);

    for (unsigned i = 0; fill != FILL_NOTHING && i < info->column_count; i++) {
        if (info->columns[i].kind == COLUMN_INT) {
            row_set_int(row, i, make_int(fill, i));
        } else {
            g_autofree char *text = make_text(fill, i);

            row_set_text(row, i, text);
        }
    }
    row_set_text(row, 0, key);
    if (table == TABLE_RUNS)
        row_set_text(row, RUNS_STATE, "queued");

    return row;
}

static Row *make_run(const char *id, int64_t number, const char *agent, const char *state)
{
    Row *row = row_new(TABLE_RUNS);

    row_set_text(row, RUNS_ID, id);
    row_set_int(row, RUNS_NUMBER, number);
    row_set_text(row, RUNS_AGENT, agent);
    row_set_text(row, RUNS_STATE, state);
    return row;
}

static Row *make_meta(const char *name, const char *value)
{
    Row *row = row_new(TABLE_META);

    row_set_text(row, META_NAME, name);
    row_set_text(row, META_VALUE, value);
    return row;
}

static void store_one(Fixture *fixture, Row *row)
{
    Effects *effects = effects_new();

    effects_put(effects, row);
    fixture_store(fixture, effects);
}

/* ---- storing and loading ----------------------------------------------------------------------
 */

static const char *const keys[] = { "a", "b", "c" };

static void put_all_tables(Fixture *fixture)
{
    Effects *effects = effects_new();

    for (unsigned table = 0; table < TABLE_COUNT; table++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
            effects_put(effects, make_row((Table)table, keys[i], (Fill)i));
    }
    fixture_store(fixture, effects);
}

static void check_all_tables(Fixture *fixture)
{
    for (unsigned table = 0; table < TABLE_COUNT; table++) {
        g_autoptr(GPtrArray) rows = fixture_load(fixture, (Table)table);

        if (table == TABLE_ORPHANS) {
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

/* ---- the audit --------------------------------------------------------------------------------
 */

#define NO_HASH "0000000000000000000000000000000000000000000000000000000000000000"

static void check_audit(Fixture *fixture, int64_t wanted_rows, const char *wanted_head)
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

/* Three rows whose hashes were computed apart from this code, with Python's hashlib. */
static void audit_three(Fixture *fixture)
{
    Effects *effects = effects_new();

    effects_audit(effects, INT64_C(1700000000123), "command", "a@example.org", NULL, NULL, "%s",
                  "!agents");
    effects_audit(effects, INT64_C(1700000000124), "run", NULL, "web1", "01HXYZ",
                  "queued: \xc3\xa9");
    fixture_store(fixture, effects);
    effects = effects_new();
    effects_audit(effects, 0, "-", "", "-", "", "%s", "");
    fixture_store(fixture, effects);
}

#define THIRD_HASH "450c16ee4758a2dd48d1e4f2668bc7f1370c5e56b32b3e2091ad74f52a3cfcbe"

static void test_audit_chain(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    Effects *effects = effects_new();

    (void)state;

    fixture_open(fixture);
    check_audit(fixture, 0, NO_HASH);
    audit_three(fixture);
    check_audit(fixture, 3, THIRD_HASH);
    fixture_reopen(fixture);
    check_audit(fixture, 3, THIRD_HASH);

    effects_audit(effects, 5, "run", NULL, NULL, NULL, "after a restart");
    fixture_store(fixture, effects);
    check_audit(fixture, 4, NULL);
}

static void test_audit_refuses_changes(void **state)
{
    static const char *const statements[] = {
        "UPDATE audit SET text = 'x' WHERE seq = 1",
        "UPDATE audit SET seq = 9 WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit",
        "REPLACE INTO audit SELECT 2, at, kind, principal, agent, run, 'x', prev, hash FROM audit "
        "WHERE seq = 2",
        "INSERT INTO audit SELECT 9, at, kind, principal, agent, run, text, prev, hash FROM audit "
        "WHERE seq = 3",
    };
    g_autoptr(Fixture) fixture = fixture_new();

    (void)state;

    fixture_open(fixture);
    audit_three(fixture);
    fixture_close(fixture);
    for (unsigned i = 0; i < G_N_ELEMENTS(statements); i++) {
        if (fixture_sql(fixture, statements[i]) != SQLITE_CONSTRAINT)
            fail_msg("not refused: %s", statements[i]);
    }
    fixture_open(fixture);
    check_audit(fixture, 3, THIRD_HASH);
}

/* Runs SQL while the audit's triggers are away, as somebody who owns the file could. */
static void tamper(const Fixture *fixture, const char *sql)
{
    static const char *const triggers[] = { "audit_stays", "audit_keeps", "audit_grows" };
    g_autoptr(GString) script = g_string_new(NULL);
    g_autoptr(GString) undo = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(triggers); i++) {
        g_autofree char *query =
            g_strdup_printf("SELECT sql FROM sqlite_schema WHERE name = '%s'", triggers[i]);
        g_autofree char *text = fixture_sql_text(fixture, query);

        g_string_append_printf(script, "DROP TRIGGER %s;", triggers[i]);
        g_string_append_printf(undo, "%s;", text);
    }
    g_string_append_printf(script, "%s;%s", sql, undo->str);
    assert_int_equal(fixture_sql(fixture, script->str), SQLITE_OK);
}

static void test_audit_detects_tampering(void **state)
{
    static const struct {
        const char *what;
        const char *sql;
        const char *found;
    } cases[] = {
        { "a text", "UPDATE audit SET text = '!agent' WHERE seq = 1", "row 1 was changed" },
        { "a time", "UPDATE audit SET at = at + 1 WHERE seq = 2", "row 2 was changed" },
        { "NULL for empty", "UPDATE audit SET principal = NULL WHERE seq = 3",
          "row 3 was changed" },
        { "- for NULL", "UPDATE audit SET agent = '-' WHERE seq = 1", "row 1 was changed" },
        { "empty for NULL", "UPDATE audit SET agent = '' WHERE seq = 1", "row 1 was changed" },
        { "a value moved to its neighbour",
          "UPDATE audit SET agent = NULL, principal = agent WHERE seq = 2", "row 2 was changed" },
        { "a hash", "UPDATE audit SET hash = prev WHERE seq = 2", "row 2 was changed" },
        { "a link", "UPDATE audit SET prev = hash WHERE seq = 2",
          "row 2 does not follow the row before it" },
        { "the first row", "DELETE FROM audit WHERE seq = 1", "row 1 is missing" },
        { "a row in the middle", "DELETE FROM audit WHERE seq = 2", "row 2 is missing" },
        { "a row in the middle, renumbered",
          "DELETE FROM audit WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3",
          "row 2 does not follow the row before it" },
        { "a row added",
          "INSERT INTO audit SELECT 4, at, kind, principal, agent, run, text, prev, hash "
          "FROM audit WHERE seq = 3",
          "row 4 does not follow the row before it" },
    };

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Fixture) fixture = fixture_new();
        g_autoptr(GError) error = NULL;
        char *head = NULL;
        int64_t rows = -7;

        fixture_open(fixture);
        audit_three(fixture);
        fixture_close(fixture);
        tamper(fixture, cases[i].sql);

        fixture_open(fixture);
        assert_null(fixture->set_aside);
        if (store_verify_audit(fixture->store, &rows, &head, &error))
            fail_msg("not detected: %s", cases[i].what);
        if (!strstr(error->message, cases[i].found))
            fail_msg("%s: %s", cases[i].what, error->message);
        assert_int_equal(rows, -7);
        assert_null(head);
    }
}

/* ---- opening ----------------------------------------------------------------------------------
 */

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
    drop_last_column(fixture, TABLE_RUNS, 1);
    drop_last_column(fixture, TABLE_RUNS, 2);
    drop_last_column(fixture, TABLE_AGENTS, 1);
    assert_int_equal(fixture_sql(fixture, "DROP TABLE sessions; DROP INDEX runs_by_state;"
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

/* ---- a full disk ------------------------------------------------------------------------------
 */

typedef struct FullDisk {
    char *path;
} FullDisk;

static FullDisk *disk_new(const char *options)
{
    FullDisk *disk = g_new0(FullDisk, 1);

    disk->path = g_strdup("/tmp/test-store-disk-XXXXXX");
    assert_non_null(g_mkdtemp(disk->path));
    if (mount("tmpfs", disk->path, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0)
        return disk;

    print_message("cannot mount a small tmpfs (%s): skipped\n", g_strerror(errno));
    assert_int_equal(rmdir(disk->path), 0);
    g_free(disk->path);
    g_free(disk);
    return NULL;
}

static void disk_free(FullDisk *disk)
{
    assert_int_equal(umount(disk->path), 0);
    assert_int_equal(rmdir(disk->path), 0);
    g_free(disk->path);
    g_free(disk);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FullDisk, disk_free)

/* Takes all the space but keep_bytes. */
static void disk_fill(const FullDisk *disk, size_t keep_bytes)
{
    g_autofree char *path = g_build_filename(disk->path, "ballast", NULL);
    static const char block[4096];
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    off_t length = 0;
    ssize_t written;

    assert_true(fd >= 0);
    while ((written = write(fd, block, sizeof(block))) > 0)
        length += written;
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(ftruncate(fd, MAX(0, length - (off_t)keep_bytes)), 0);
    close(fd);
}

static void disk_empty(const FullDisk *disk)
{
    g_autofree char *path = g_build_filename(disk->path, "ballast", NULL);

    assert_int_equal(unlink(path), 0);
}

static Effects *large_batch(unsigned round)
{
    Effects *effects = effects_new();

    for (unsigned i = 0; i < 4; i++) {
        g_autofree char *key = g_strdup_printf("%06u-%u", round, i);

        effects_put(effects, make_row(TABLE_CHATS, key, FILL_LARGE));
    }
    effects_audit(effects, round, "run", NULL, NULL, NULL, "round %u", round);
    return effects;
}

/* Fills the disk, sees what was committed stay as it was, and heals when there is space again. */
static void fill_and_heal(Fixture *fixture, const FullDisk *disk, unsigned *committed)
{
    unsigned refused = 0;
    StoreOutcome outcome;

    disk_fill(disk, 1024 * 1024);
    while ((outcome = fixture_commit(fixture, large_batch(*committed))) == STORE_COMMITTED)
        ++*committed;
    for (; refused < 5; refused++) {
        g_autoptr(GPtrArray) rows = fixture_load(fixture, TABLE_CHATS);

        if (outcome != STORE_FULL)
            fail_msg("outcome %d: %s", (int)outcome, fixture->answer.error);
        assert_int_equal(fixture->answer.events->len, 0);
        assert_int_equal(rows->len, *committed * 4);
        check_audit(fixture, *committed, NULL);
        outcome = fixture_commit(fixture, large_batch(*committed));
    }

    disk_empty(disk);
    for (unsigned i = 0; i < 3; i++)
        fixture_store(fixture, large_batch((*committed)++));
}

static void test_full_disk_heals(void **state)
{
    g_autoptr(FullDisk) disk = disk_new("size=16m");
    g_autoptr(Fixture) fixture = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    unsigned committed = 0;

    (void)state;

    if (!disk)
        skip();
    fixture = fixture_new_in(disk->path);
    fixture_open(fixture);
    fill_and_heal(fixture, disk, &committed);
    fill_and_heal(fixture, disk, &committed);
    fixture_reopen(fixture);
    rows = fixture_load(fixture, TABLE_CHATS);
    assert_int_equal(rows->len, committed * 4);
    check_audit(fixture, committed, NULL);
    print_message("%u batches around two full disks\n", committed);
}

/* A disk that is full from the start is said to be so, and nothing half made stays in the way. */
static void test_full_disk_at_start(void **state)
{
    g_autoptr(FullDisk) disk = disk_new("size=2m");
    unsigned opened = 0;

    (void)state;

    if (!disk)
        skip();
    for (size_t keep = 0; opened == 0; keep += 4096) {
        g_autoptr(Fixture) fixture = NULL;
        g_autoptr(GError) error = NULL;

        assert_true(keep < 1024 * 1024);
        fixture = fixture_new_in(disk->path);
        disk_fill(disk, keep);
        if (fixture_try_open(fixture, &error))
            opened++;
        else if (!g_error_matches(error, PROBLEM, PROBLEM_FULL))
            fail_msg("with %zu bytes: %s", keep, error->message);
        assert_null(fixture->set_aside);

        fixture_close(fixture);
        disk_empty(disk);
        fixture_open(fixture);
        assert_null(fixture->set_aside);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_replace_and_delete),
        cmocka_unit_test(test_live_runs),
        cmocka_unit_test(test_batch_is_whole_or_absent),
        cmocka_unit_test(test_free_finishes_what_was_handed_over),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_query_sees_what_stands_before_it),
        cmocka_unit_test(test_audit_chain),
        cmocka_unit_test(test_audit_refuses_changes),
        cmocka_unit_test(test_audit_detects_tampering),
        cmocka_unit_test(test_files_are_private),
        cmocka_unit_test(test_second_one_is_refused),
        cmocka_unit_test(test_newer_version_is_refused),
        cmocka_unit_test(test_foreign_things_are_refused),
        cmocka_unit_test(test_older_version_is_upgraded),
        cmocka_unit_test(test_changed_schema_is_damage),
        cmocka_unit_test(test_full_disk_heals),
        cmocka_unit_test(test_full_disk_at_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
