#include "agent1/edge/store_schema.h"

#include "agent1/edge/store_memory.h"
#include "agent1/edge/store_near.h"
#include "agent1/edge/store_rows.h"
#include "agent1/port/table.h"
#include "common/base/problem.h"

#include "common/base/banned.h"

/* Raised with every change of the texts below, and of what a value means. */
#define TEXTS_VERSION  5
#define VERSION_PARTS  1000 /* behind it comes the number of all columns */
#define VECTORS_PACKED 5    /* since then */

#define LIBRARY_MIN 3037000 /* STRICT */

/* ---- the connection ---------------------------------------------------------------------------
 */

typedef struct Setting {
    const char *name;
    const char *value;
    const char *reads; /* as it must read back */
} Setting;

/*
 * Exclusive, and that before WAL begins: a second connection, be it a person's sqlite3, would also
 * checkpoint (SQLite before 3.51.3 can lose a WAL reset between two), and the index of the WAL
 * stays in memory instead of in a mapped file, where an I/O error is a SIGBUS.
 */
static const Setting settings[] = {
    { "locking_mode", "EXCLUSIVE", "exclusive" },
    { "busy_timeout", "2000", "2000" },
    { "trusted_schema", "OFF", "0" },
    { "cell_size_check", "ON", "1" },
    { "mmap_size", "0", "0" },
    /* KiB: what is written is near what was written, and what is read is read seldom. */
    { "cache_size", "-1536", "-1536" },
    { "temp_store", "MEMORY", "2" },
    { "foreign_keys", "ON", "1" },
    { "journal_mode", "WAL", "wal" },
    { "synchronous", "FULL", "2" },
    { "journal_size_limit", "16777216", "16777216" },
};

/* A pragma that SQLite does not know or cannot obey is no error to it: hence the reading back. */
static bool apply_setting(sqlite3 *db, const Setting *setting, GError **error)
{
    g_autofree char *write = g_strdup_printf("PRAGMA %s = %s", setting->name, setting->value);
    g_autofree char *read = g_strdup_printf("PRAGMA %s", setting->name);
    g_autofree char *found = NULL;

    if (!sql_run(db, write, error))
        return false;
    found = sql_get_text(db, read, error);
    if (!found)
        return false;
    if (!g_str_equal(found, setting->reads)) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "SQLite does not obey \"%s\": it says \"%s\"",
                    write, found);
        return false;
    }

    return true;
}

bool store_schema_configure(sqlite3 *db, GError **error)
{
    if (sqlite3_libversion_number() < LIBRARY_MIN) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "SQLite %s is too old, 3.37 is needed",
                    sqlite3_libversion());
        return false;
    }

    if (sqlite3_extended_result_codes(db, 1) != SQLITE_OK ||
        sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
        sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL) != SQLITE_OK ||
        sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) != SQLITE_OK) {
        sql_set_error(db, "setting up the connection", error);
        return false;
    }

    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        if (!apply_setting(db, &settings[i], error))
            return false;
    }

    return true;
}

/* ---- the texts --------------------------------------------------------------------------------
 */

/* What is not made from table.h. */
static const char *const fixed_texts[] = {
    "CREATE TABLE \"audit\" (\"seq\" INTEGER PRIMARY KEY, \"at\" INTEGER NOT NULL, "
    "\"kind\" TEXT NOT NULL, \"principal\" TEXT, \"agent\" TEXT, \"run\" TEXT, "
    "\"text\" TEXT NOT NULL, \"prev\" TEXT NOT NULL, \"hash\" TEXT NOT NULL) STRICT",

    "CREATE TRIGGER \"audit_stays\" BEFORE UPDATE ON \"audit\" BEGIN "
    "SELECT RAISE(ABORT, 'the audit is append-only'); END",
    "CREATE TRIGGER \"audit_keeps\" BEFORE DELETE ON \"audit\" BEGIN "
    "SELECT RAISE(ABORT, 'the audit is append-only'); END",
    /* INSERT OR REPLACE deletes without asking the trigger above. */
    "CREATE TRIGGER \"audit_grows\" BEFORE INSERT ON \"audit\" "
    "WHEN NEW.\"seq\" <> (SELECT COALESCE(MAX(\"seq\"), 0) + 1 FROM \"audit\") BEGIN "
    "SELECT RAISE(ABORT, 'the audit is append-only'); END",

    "CREATE UNIQUE INDEX \"runs_by_number\" ON \"runs\" (\"number\")",
    "CREATE INDEX \"runs_by_agent\" ON \"runs\" (\"agent\", \"number\")",
    /* An occurrence of a schedule has one row. */
    "CREATE UNIQUE INDEX \"runs_by_occurrence\" ON \"runs\" "
    "(\"schedule\", \"nominal\", \"turn\") WHERE \"nominal\" IS NOT NULL",
    "CREATE INDEX \"runs_failed\" ON \"runs\" (\"number\") WHERE " STORE_RUN_FAILED,
    "CREATE INDEX \"runs_failed_by_agent\" ON \"runs\" (\"agent\", \"number\") "
    "WHERE " STORE_RUN_FAILED,
    "CREATE INDEX \"runs_ended\" ON \"runs\" "
    "(\"changed\", \"agent\", \"state\", \"started\", \"duration_ms\") WHERE " STORE_RUN_ENDED,

    STORE_MEMORY_TEXT,
};

/* Written with every task, short, and in the order of their keys: they lie in it. The others lie in
 * the order of their coming, beside an index of their keys, and a write goes to two places. */
static const Table keyed_tables[] = { TABLE_META, TABLE_OUTBOX, TABLE_SAYINGS };

static bool is_keyed(const TableInfo *info)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keyed_tables); i++) {
        if (table_info(keyed_tables[i]) == info)
            return true;
    }
    return false;
}

static char *print_column(const Column *column)
{
    static const char *const types[] = {
        [COLUMN_TEXT] = "TEXT",
        [COLUMN_INT] = "INTEGER",
        [COLUMN_BYTES] = "BLOB",
    };

    return g_strdup_printf("\"%s\" %s", column->name, types[column->kind]);
}

/*
 * The columns of table.h come last, in one line with ", " between them: so ALTER TABLE ADD COLUMN
 * turns the text of an older version into exactly this one's, and texts can be compared.
 */
static char *print_table(const TableInfo *info)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text,
                    "CREATE TABLE \"%s\" (\"" STORE_CHECKSUM "\" INTEGER NOT NULL, "
                    "\"%s\" TEXT NOT NULL PRIMARY KEY",
                    info->name, info->columns[0].name);
    for (unsigned i = 1; i < info->column_count; i++) {
        g_autofree char *column = print_column(&info->columns[i]);

        g_string_append_printf(text, ", %s", column);
    }
    g_string_append(text, is_keyed(info) ? ") STRICT, WITHOUT ROWID" : ") STRICT");

    return g_string_free(text, FALSE);
}

/* What a start loads is found without those that have ended, of which there are many more. */
static char *print_live_index(const TableInfo *info)
{
    return g_strdup_printf("CREATE INDEX \"%s_live\" ON \"%s\" (\"%s\") WHERE %s", info->name,
                           info->name, info->columns[0].name, info->live_where);
}

/* The texts of everything there must be, tables first. */
static GPtrArray *print_all(void)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

    for (unsigned table = 0; table < TABLE_COUNT; table++)
        g_ptr_array_add(texts, print_table(table_info((Table)table)));
    g_ptr_array_add(texts, print_live_index(table_info(TABLE_RUNS)));
    for (size_t i = 0; i < G_N_ELEMENTS(fixed_texts); i++)
        g_ptr_array_add(texts, g_strdup(fixed_texts[i]));

    return texts;
}

/* The texts of everything there is, as keys. */
static GHashTable *read_all(sqlite3 *db, GError **error)
{
    g_autoptr(GHashTable) texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(sqlite3_stmt) select =
        sql_prepare(db,
                    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL "
                    "AND name NOT IN " STORE_MEMORY_OWN_TABLES,
                    error);
    SqlStep step;

    if (!select)
        return NULL;
    while ((step = sql_step(select, error)) == SQL_ROW)
        g_hash_table_add(texts, g_strdup((const char *)sqlite3_column_text(select, 0)));

    return step == SQL_DONE ? g_steal_pointer(&texts) : NULL;
}

/* ---- creating and upgrading -------------------------------------------------------------------
 */

static bool create_missing(sqlite3 *db, GError **error)
{
    g_autoptr(GPtrArray) wanted = print_all();
    g_autoptr(GHashTable) present = read_all(db, error);

    if (!present)
        return false;
    for (unsigned i = 0; i < wanted->len; i++) {
        const char *text = g_ptr_array_index(wanted, i);

        if (!g_hash_table_contains(present, text) && !sql_run(db, text, error))
            return false;
    }

    return true;
}

/* Columns are only ever added, so that their number rises with every change of table.h: nobody can
 * forget to. An older agent1 must not take what it does not know for damage. */
static int version_known(void)
{
    unsigned columns = 0;

    for (unsigned table = 0; table < TABLE_COUNT; table++)
        columns += table_info((Table)table)->column_count;

    return TEXTS_VERSION * VERSION_PARTS + (int)columns;
}

static bool set_version(sqlite3 *db, GError **error)
{
    g_autofree char *text = g_strdup_printf("PRAGMA user_version = %d", version_known());

    return sql_run(db, text, error);
}

bool store_schema_create(sqlite3 *db, GError **error)
{
    return sql_run(db, "BEGIN", error) && create_missing(db, error) && set_version(db, error) &&
           sql_run(db, "COMMIT", error);
}

static bool read_version(sqlite3 *db, int64_t *out_version, GError **error)
{
    g_autofree char *text = sql_get_text(db, "PRAGMA user_version", error);

    return text && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, out_version, error);
}

bool store_schema_is_known(sqlite3 *db, GError **error)
{
    int64_t version;

    if (!read_version(db, &version, error))
        return false;
    if (version > version_known()) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "version %" G_GINT64_FORMAT ", of a newer agent1; this one knows version %d",
                    version, version_known());
        return false;
    }

    return true;
}

/* How many of the columns of table.h the table has; 0: there is no such table. */
static bool count_columns(sqlite3 *db, const char *table, unsigned *out_count, GError **error)
{
    g_autoptr(sqlite3_stmt) select = sql_prepare(
        db, "SELECT COUNT(*) FROM pragma_table_info(?1) WHERE name <> '" STORE_CHECKSUM "'", error);

    if (!select)
        return false;
    sql_bind_text(select, 1, table);
    if (sql_step(select, error) != SQL_ROW)
        return false;
    *out_count = (unsigned)sqlite3_column_int(select, 0);

    return true;
}

static bool add_columns(sqlite3 *db, const TableInfo *info, GError **error)
{
    unsigned count;

    if (!count_columns(db, info->name, &count, error))
        return false;
    for (unsigned i = count; count > 0 && i < info->column_count; i++) {
        g_autofree char *column = print_column(&info->columns[i]);
        g_autofree char *text =
            g_strdup_printf("ALTER TABLE \"%s\" ADD COLUMN %s", info->name, column);

        if (!sql_run(db, text, error))
            return false;
    }

    return true;
}

/* A keyed table that an older agent1 made lies otherwise, with the same columns. */
static bool lay_anew(sqlite3 *db, const TableInfo *info, GError **error)
{
    g_autofree char *select = g_strdup_printf(
        "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '%s'", info->name);
    g_autofree char *found = sql_get_text(db, select, error);
    g_autofree char *rename =
        g_strdup_printf("ALTER TABLE \"%s\" RENAME TO \"former\"", info->name);
    g_autofree char *text = print_table(info);
    g_autofree char *copy =
        g_strdup_printf("INSERT INTO \"%s\" SELECT * FROM \"former\"", info->name);

    if (!found)
        return false;
    if (!*found || g_str_has_suffix(found, "WITHOUT ROWID"))
        return true;

    return sql_run(db, rename, error) && sql_run(db, text, error) && sql_run(db, copy, error) &&
           sql_run(db, "DROP TABLE \"former\"", error);
}

/* What an older agent1 made and this one does not, or with another condition. */
static const char *const former_texts[] = {
    "DROP INDEX IF EXISTS \"audit_refused\"", "DROP INDEX IF EXISTS \"runs_by_state\"",
    "DROP INDEX IF EXISTS \"runs_failed\"",   "DROP INDEX IF EXISTS \"runs_failed_by_agent\"",
    "DROP INDEX IF EXISTS \"runs_ended\"",
};

static bool drop_former(sqlite3 *db, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(former_texts); i++) {
        if (!sql_run(db, former_texts[i], error))
            return false;
    }

    return true;
}

/* Columns and tables that are new follow from table.h; a change of meaning needs a step of its own
 * here, behind the two. */
static bool upgrade(sqlite3 *db, int64_t version, GError **error)
{
    if (!sql_run(db, "BEGIN", error))
        return false;
    for (unsigned table = 0; table < TABLE_COUNT; table++) {
        if (!add_columns(db, table_info((Table)table), error))
            return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(keyed_tables); i++) {
        if (!lay_anew(db, table_info(keyed_tables[i]), error))
            return false;
    }

    return drop_former(db, error) && create_missing(db, error) &&
           (version >= VECTORS_PACKED * VERSION_PARTS || store_near_pack(db, error)) &&
           set_version(db, error) && sql_run(db, "COMMIT", error);
}

static bool compare(sqlite3 *db, GError **error)
{
    g_autoptr(GPtrArray) wanted = print_all();
    g_autoptr(GHashTable) present = read_all(db, error);
    GHashTableIter iter;
    void *text;

    if (!present)
        return false;
    for (unsigned i = 0; i < wanted->len; i++) {
        text = g_ptr_array_index(wanted, i);
        if (!g_hash_table_remove(present, text)) {
            sql_set_damaged(error, "missing or changed: %s", (const char *)text);
            return false;
        }
    }

    g_hash_table_iter_init(&iter, present);
    if (g_hash_table_iter_next(&iter, &text, NULL)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "holds what agent1 did not make: %s",
                    (const char *)text);
        return false;
    }

    return true;
}

bool store_schema_upgrade(sqlite3 *db, GError **error)
{
    int64_t version;

    if (!read_version(db, &version, error))
        return false;
    if (version < version_known() && !upgrade(db, version, error))
        return false;

    return compare(db, error);
}

/* ---- the check --------------------------------------------------------------------------------
 */

/* Not quick_check, which does not compare indexes with their tables: an id that is wrong in an
 * index only would let a second row with the same id be stored. */
bool store_schema_check_file(sqlite3 *db, GError **error)
{
    g_autofree char *found = sql_get_text(db, "PRAGMA integrity_check(1)", error);

    if (!found)
        return false;
    if (!g_str_equal(found, "ok")) {
        sql_set_damaged(error, "%s", found);
        return false;
    }

    return true;
}
