/*
 * A store in a folder of its own, batches handed over and waited for, and the file seen with plain
 * SQLite while no store has it open. Needs <setjmp.h>, <stdarg.h> and <cmocka.h> before it.
 */
#ifndef TESTS_UNIT_AGENT1_STORE_FIXTURE_H
#define TESTS_UNIT_AGENT1_STORE_FIXTURE_H

#include "agent1/edge/store.h"
#include "agent1/port/event.h"
#include "common/base/problem.h"
#include "common/sys/file.h"

#include <sqlite3.h>

#define WAIT_MAX_S 60

typedef struct Fixture {
    char *folder; /* the state_dir */
    char *path;   /* of the database */
    char *set_aside;
    Store *store;
    bool has_answer;
    StoreAnswer answer; /* the last one */
} Fixture;

static inline void keep_answer(StoreAnswer *answer, void *data)
{
    Fixture *fixture = data;

    g_free(fixture->answer.error);
    g_clear_pointer(&fixture->answer.events, g_ptr_array_unref);
    fixture->answer = *answer;
    answer->error = NULL;
    answer->events = NULL;
    fixture->has_answer = true;
}

static inline Store *fixture_try_open(Fixture *fixture, GError **error)
{
    g_clear_pointer(&fixture->set_aside, g_free);
    fixture->store = store_open(fixture->folder, keep_answer, fixture, &fixture->set_aside, error);
    return fixture->store;
}

static inline void fixture_open(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;

    fixture_try_open(fixture, &error);
    if (error)
        fail_msg("%s", error->message);
    assert_non_null(fixture->store);
}

static inline void fixture_close(Fixture *fixture)
{
    g_clear_pointer(&fixture->store, store_free);
}

static inline void fixture_reopen(Fixture *fixture)
{
    fixture_close(fixture);
    fixture_open(fixture);
    assert_null(fixture->set_aside);
}

/* A store that is not open yet. */
static inline Fixture *fixture_new_in(const char *parent)
{
    Fixture *fixture = g_new0(Fixture, 1);
    g_autofree char *template = g_build_filename(parent, "test-store-XXXXXX", NULL);

    assert_non_null(g_mkdtemp(template));
    fixture->folder = g_build_filename(template, "state", NULL);
    fixture->path = g_build_filename(fixture->folder, "agent1.db", NULL);
    return fixture;
}

static inline Fixture *fixture_new(void)
{
    return fixture_new_in(g_get_tmp_dir());
}

static inline void fixture_free(Fixture *fixture)
{
    g_autofree char *parent = g_path_get_dirname(fixture->folder);

    fixture_close(fixture);
    assert_true(file_remove_tree(parent, NULL));
    g_free(fixture->answer.error);
    g_clear_pointer(&fixture->answer.events, g_ptr_array_unref);
    g_free(fixture->set_aside);
    g_free(fixture->folder);
    g_free(fixture->path);
    g_free(fixture);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fixture, fixture_free)

static inline gboolean give_up(void *what)
{
    g_error("waited %d s in vain for %s", WAIT_MAX_S, (const char *)what);
    return G_SOURCE_REMOVE;
}

/* Hands over the effects as one batch. */
static inline void fixture_send(Fixture *fixture, uint64_t batch, Effects *effects)
{
    store_commit(fixture->store, batch, g_ptr_array_ref(effects->list));
    effects_free(effects);
}

/* Hands over a batch and waits for its answer. */
static inline StoreOutcome fixture_commit(Fixture *fixture, Effects *effects)
{
    static uint64_t batch = 1000;
    static char what[] = "the store's answer";
    unsigned timeout = g_timeout_add_seconds(WAIT_MAX_S, give_up, what);

    fixture->has_answer = false;
    fixture_send(fixture, ++batch, effects);
    while (!fixture->has_answer)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timeout);

    assert_true(fixture->answer.batch == batch);
    assert_int_equal(fixture->answer.outcome == STORE_COMMITTED, fixture->answer.error == NULL);
    return fixture->answer.outcome;
}

static inline void fixture_store(Fixture *fixture, Effects *effects)
{
    if (fixture_commit(fixture, effects) != STORE_COMMITTED)
        fail_msg("%s", fixture->answer.error);
}

static inline GPtrArray *fixture_load(Fixture *fixture, Table table)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *rows = store_load(fixture->store, table, &error);

    if (error)
        fail_msg("%s", error->message);
    assert_non_null(rows);
    return rows;
}

/* Runs SQL on the closed database, past the store. Returns SQLite's code. */
static inline int fixture_sql(const Fixture *fixture, const char *sql)
{
    sqlite3 *db = NULL;
    int code;

    assert_null(fixture->store);
    assert_int_equal(sqlite3_open_v2(fixture->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return code;
}

/* The first column of the first row. */
static inline char *fixture_sql_text(const Fixture *fixture, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    char *text;

    assert_null(fixture->store);
    assert_int_equal(sqlite3_open_v2(fixture->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    text = g_strdup((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return text;
}

/* One text for all values of a row, in which NULL, 0 and "" differ. */
static inline char *print_row(const Row *row)
{
    const TableInfo *info = table_info(row->table);
    GString *text = g_string_new(info->name);

    for (unsigned i = 0; i < info->column_count; i++) {
        g_string_append_printf(text, "\n%s=", info->columns[i].name);
        if (!row_is_set(row, i))
            g_string_append(text, "NULL");
        else if (info->columns[i].kind == COLUMN_INT)
            g_string_append_printf(text, "%" G_GINT64_FORMAT, row_int(row, i));
        else if (info->columns[i].kind == COLUMN_BYTES)
            g_string_append_printf(text, "%08x", g_bytes_hash(row_bytes(row, i)));
        else
            g_string_append_printf(text, "\"%s\"", row_text(row, i));
    }

    return g_string_free(text, FALSE);
}

static inline void assert_same_row(const Row *found, const Row *wanted)
{
    g_autofree char *found_text = print_row(found);
    g_autofree char *wanted_text = print_row(wanted);

    assert_string_equal(found_text, wanted_text);
}

#endif
