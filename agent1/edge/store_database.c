#include "agent1/edge/store_database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent1/edge/store_batch.h"
#include "agent1/edge/store_log.h"
#include "agent1/edge/store_memory.h"
#include "agent1/edge/store_query.h"
#include "agent1/edge/store_rows.h"
#include "agent1/edge/store_schema.h"
#include "common/base/problem.h"
#include "common/sys/clock.h"
#include "common/sys/crash_point.h"
#include "common/sys/file.h"
#include "common/sys/log.h"

#include "common/base/banned.h"

/* Of 4 KiB: as long as SQLite lets its log grow by itself. */
#define LOG_TIDY_PAGES 1000

#define READ_BYTES ((size_t)64 * 1024)

struct StoreDatabase {
    sqlite3 *db;
    StoreRows *rows;
    StoreAudit *audit;
    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    int log_pages;
    bool is_sound; /* opened without, and since then without, a failure */
};

static void set_system_error(const char *what, const char *path, GError **error)
{
    int system_error = errno;
    bool is_full = system_error == ENOSPC || system_error == EDQUOT;

    g_set_error(error, PROBLEM, is_full ? PROBLEM_FULL : PROBLEM_IO, "cannot %s %s: %s", what, path,
                g_strerror(system_error));
}

/* ---- the connection ---------------------------------------------------------------------------
 */

static int on_log_grown(void *data, sqlite3 *db, const char *name, int pages)
{
    StoreDatabase *database = data;

    (void)db;
    (void)name;

    database->log_pages = pages;
    return SQLITE_OK;
}

void store_database_free(StoreDatabase *database)
{
    if (!database)
        return;

    store_audit_free(database->audit);
    store_rows_free(database->rows);
    sql_finalize(database->begin);
    sql_finalize(database->commit);
    /* Closing moves the log into the database and removes it; not after a failure, when both must
     * stay as they are. */
    if (!database->is_sound)
        sqlite3_db_config(database->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (sqlite3_close(database->db) != SQLITE_OK)
        g_error("a statement of the store was not released");
    g_free(database);
}

static StoreDatabase *connect(const char *path, GError **error)
{
    g_autoptr(StoreDatabase) database = g_new0(StoreDatabase, 1);

    /* Nobody asks how much memory SQLite has, for which it takes a lock at each allocation. Refused
     * once SQLite is in use. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    errno = 0;
    if (sqlite3_open_v2(path, &database->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        sql_set_error(database->db, "opening it", error);
        return NULL;
    }
    if (!store_schema_configure(database->db, error) || !store_memory_register(database->db, error))
        return NULL;
    if (sqlite3_db_readonly(database->db, "main")) {
        if (access(path, W_OK) == 0)
            sql_set_damaged(error, "its header says that it may only be read");
        else
            g_set_error(error, PROBLEM, PROBLEM_IO, "may only be read");
        return NULL;
    }

    /* In place of SQLite's own, which hides its failures. */
    sqlite3_wal_hook(database->db, on_log_grown, database);
    return g_steal_pointer(&database);
}

/* ---- creating ---------------------------------------------------------------------------------
 */

static bool make_private_file(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        set_system_error("create", path, error);
        return false;
    }
    close(fd);

    return true;
}

static bool sync_parent(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);

    return file_sync_folder(folder, error);
}

/* Moves the log into the database. */
static bool checkpoint(StoreDatabase *database, int mode, GError **error)
{
    errno = 0;
    if (sqlite3_wal_checkpoint_v2(database->db, NULL, mode, NULL, NULL) == SQLITE_OK)
        return true;

    sql_set_error(database->db, "moving the log into the database", error);
    return false;
}

static bool create_schema(const char *path, GError **error)
{
    g_autoptr(StoreDatabase) database = connect(path, error);

    if (!database || !store_schema_create(database->db, error))
        return false;
    /* The file will be renamed alone, and closing it would not say that the log is still needed. */
    database->is_sound = checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE, error);

    return database->is_sound;
}

/* Makes the database under another name first, so that one that has the right name is whole, and
 * one that is empty was not always so. */
static bool create(const char *path, GError **error)
{
    static const char *const leftovers[] = { ".new", ".new-wal", ".new-journal" };
    g_autofree char *fresh = g_strconcat(path, ".new", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(leftovers); i++) {
        g_autofree char *leftover = g_strconcat(path, leftovers[i], NULL);

        if (unlink(leftover) != 0 && errno != ENOENT) {
            set_system_error("remove", leftover, error);
            return false;
        }
    }

    if (!make_private_file(fresh, error) || !create_schema(fresh, error))
        return false;
    crash_point("new-store.made");
    if (rename(fresh, path) != 0) {
        set_system_error("create", path, error);
        return false;
    }

    crash_point("new-store.named");
    return sync_parent(path, error);
}

/* ---- opening ----------------------------------------------------------------------------------
 */

/* An audit that was tampered with stays where it is, as evidence, and the runs go on. */
static bool check_audit(StoreDatabase *database, const char *path, GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (store_audit_verify(database->audit, &problem))
        return true;
    if (!g_error_matches(problem, PROBLEM, PROBLEM_VALUE)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }

    log_line(LOG_LEVEL_ERROR, "%s: %s", path, problem->message);
    return true;
}

/* An existing database. Damage is a PROBLEM_SYNTAX. */
static StoreDatabase *open_existing(const char *path, GError **error)
{
    g_autoptr(StoreDatabase) database = NULL;
    struct stat status;

    if (stat(path, &status) == 0 && status.st_size == 0) {
        sql_set_damaged(error, "the file is empty");
        return NULL;
    }
    if (!store_log_check(path, error))
        return NULL;
    database = connect(path, error);
    if (!database)
        return NULL;

    if (!store_schema_is_known(database->db, error) ||
        !store_schema_check_file(database->db, error) ||
        !store_schema_upgrade(database->db, error) || !store_rows_check(database->db, error) ||
        !store_memory_check(database->db, error))
        return NULL;

    database->rows = store_rows_new(database->db, error);
    database->begin = database->rows ? sql_prepare(database->db, "BEGIN", error) : NULL;
    database->commit = database->begin ? sql_prepare(database->db, "COMMIT", error) : NULL;
    if (!database->commit)
        return NULL;
    database->audit = store_audit_new(database->db, error);
    if (!database->audit || !check_audit(database, path, error))
        return NULL;

    database->is_sound = true;
    return g_steal_pointer(&database);
}

/* Renames the database first: without it, SQLite begins anew and drops a log that stayed behind;
 * without its log, it would be taken for a sound one of earlier days. */
static char *set_aside(const char *path, GError **error)
{
    static const char *const parts[] = { "", "-wal", "-shm", "-journal" };
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(clock_now_ms() / 1000);
    g_autofree char *when = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
    g_autofree char *name = g_strdup_printf("%s.damaged-%s", path, when);

    /* A second one in the same second. */
    while (g_file_test(name, G_FILE_TEST_EXISTS)) {
        g_autofree char *longer = g_strconcat(name, "b", NULL);

        g_free(name);
        name = g_steal_pointer(&longer);
    }

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *from = g_strconcat(path, parts[i], NULL);
        g_autofree char *to = g_strconcat(name, parts[i], NULL);

        if (rename(from, to) != 0 && errno != ENOENT) {
            set_system_error("set aside", from, error);
            return NULL;
        }
    }

    return sync_parent(path, error) ? g_steal_pointer(&name) : NULL;
}

/* Whether the disk gives all of it: one that does not is no damage of the database. */
static bool can_be_read(const char *path, GError **error)
{
    g_autofree char *buffer = g_malloc(READ_BYTES);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t got = fd < 0 ? -1 : 1;

    while (got > 0 || (fd >= 0 && got < 0 && errno == EINTR))
        got = read(fd, buffer, READ_BYTES);
    if (got < 0)
        set_system_error("read", path, error);
    if (fd >= 0)
        close(fd);
    return got == 0;
}

/* SQLite's check takes a page that could not be read for a damaged one: only what is found again,
 * in a file that can be read, is damage. */
static StoreDatabase *open_twice(const char *path, GError **error)
{
    g_autoptr(GError) problem = NULL;
    StoreDatabase *database = open_existing(path, &problem);

    if (database)
        return database;
    if (!g_error_matches(problem, PROBLEM, PROBLEM_SYNTAX)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }

    return can_be_read(path, error) ? open_existing(path, error) : NULL;
}

static StoreDatabase *open_or_replace(const char *path, char **out_set_aside, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(StoreDatabase) database = NULL;
    g_autofree char *aside = NULL;

    if (!g_file_test(path, G_FILE_TEST_EXISTS) && !create(path, error))
        return NULL;
    database = open_twice(path, &problem);
    if (!database && !g_error_matches(problem, PROBLEM, PROBLEM_SYNTAX)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }

    if (!database) {
        aside = set_aside(path, error);
        if (!aside || !create(path, error))
            return NULL;
        log_line(LOG_LEVEL_ERROR, "%s: %s. It is kept as %s, and a new one begun.", path,
                 problem->message, aside);
        database = open_existing(path, error);
        if (!database)
            return NULL;
    }

    *out_set_aside = g_steal_pointer(&aside);
    return g_steal_pointer(&database);
}

StoreDatabase *store_database_open(const char *path, char **out_set_aside, GError **error)
{
    StoreDatabase *database = open_or_replace(path, out_set_aside, error);

    if (!database)
        g_prefix_error(error, "%s: ", path);

    return database;
}

/* ---- writing ----------------------------------------------------------------------------------
 */

static bool apply_query(StoreDatabase *database, const EffectQuery *query, GPtrArray *events,
                        GError **error)
{
    Event *event = store_query_run(database->db, database->audit, query, error);

    if (!event)
        return false;
    g_ptr_array_add(events, event);

    return true;
}

static bool apply_put(StoreDatabase *database, const Row *row, GError **error)
{
    const char *key = row_text(row, 0);

    if (row->table != TABLE_MEMORIES)
        return store_rows_put(database->rows, row, error);

    return store_memory_drop(database->db, key, error) &&
           store_rows_put(database->rows, row, error) && store_memory_add(database->db, key, error);
}

static bool apply_delete(StoreDatabase *database, Table table, const char *key, GError **error)
{
    if (table == TABLE_MEMORIES && !store_memory_drop(database->db, key, error))
        return false;

    return store_rows_delete(database->rows, table, key, error);
}

static bool apply(StoreDatabase *database, const Effect *effect, GPtrArray *events, GError **error)
{
    switch (effect->kind) {
    case EFFECT_PUT:
        return apply_put(database, effect->row, error);
    case EFFECT_DELETE:
        return apply_delete(database, effect->removal.table, effect->removal.key, error);
    case EFFECT_AUDIT:
        return store_audit_append(database->audit, &effect->audit, error);
    case EFFECT_QUERY:
        return apply_query(database, &effect->query, events, error);
    case EFFECT_PUBLISH:
    case EFFECT_PUBLISH_PLAIN:
    case EFFECT_LISTEN:
    case EFFECT_UPDATE:
    case EFFECT_MODEL_CALL:
    case EFFECT_MODEL_CANCEL:
    case EFFECT_PAGE_CALL:
    case EFFECT_PAGE_CANCEL:
    case EFFECT_EMBED:
    case EFFECT_SAY:
    case EFFECT_XMPP:
    case EFFECT_TRUST:
    case EFFECT_EDIT_FILE:
    case EFFECT_LOG:
        break;
    }

    g_assert_not_reached();
}

static bool write_all(StoreDatabase *database, GPtrArray *effects, GPtrArray *events,
                      GError **error)
{
    store_batch_drop_superseded(effects);
    if (!sql_execute(database->begin, error))
        return false;
    crash_point("store.begun");
    for (unsigned i = 0; i < effects->len; i++) {
        const Effect *effect = g_ptr_array_index(effects, i);

        if (effect && !apply(database, effect, events, error))
            return false;
    }

    crash_point("store.applied");
    if (!sql_execute(database->commit, error))
        return false;
    crash_point("store.committed");
    return true;
}

StoreOutcome store_database_write(StoreDatabase *database, GPtrArray *effects, GPtrArray *events,
                                  GError **error)
{
    AuditHead before = store_audit_head(database->audit);
    g_autoptr(GError) problem = NULL;
    StoreOutcome outcome = STORE_BROKEN;

    if (write_all(database, effects, events, &problem))
        return STORE_COMMITTED;

    store_audit_rewind(database->audit, &before);
    g_ptr_array_set_size(events, 0);
    /* SQLite has rolled back by itself after some failures. */
    if (g_error_matches(problem, PROBLEM, PROBLEM_FULL) &&
        (sqlite3_get_autocommit(database->db) || sql_run(database->db, "ROLLBACK", NULL)))
        outcome = STORE_FULL;
    else
        database->is_sound = false;

    g_propagate_error(error, g_steal_pointer(&problem));
    return outcome;
}

bool store_database_tidy(StoreDatabase *database, GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (database->log_pages < LOG_TIDY_PAGES)
        return true;
    database->log_pages = 0;
    if (checkpoint(database, SQLITE_CHECKPOINT_PASSIVE, &problem) ||
        g_error_matches(problem, PROBLEM, PROBLEM_FULL))
        return true;

    database->is_sound = false;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

/* ---- reading ----------------------------------------------------------------------------------
 */

GPtrArray *store_database_load(StoreDatabase *database, Table table, GError **error)
{
    return store_rows_load(database->db, table, error);
}

bool store_database_verify(StoreDatabase *database, AuditHead *out_head, GError **error)
{
    if (!store_audit_verify(database->audit, error))
        return false;

    *out_head = store_audit_head(database->audit);
    return true;
}
