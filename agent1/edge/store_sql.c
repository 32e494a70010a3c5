#include "agent1/edge/store_sql.h"

#include <errno.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

#define PRIMARY_CODE(code) ((code)&0xff)

static bool is_out_of_space(int code, int system_error)
{
    int primary = PRIMARY_CODE(code);

    if (primary == SQLITE_FULL)
        return true;
    /* After a failed fsync nobody knows what the disk holds, whatever its reason was. */
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
        return false;

    return (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) &&
           (system_error == ENOSPC || system_error == EDQUOT);
}

static bool is_damaged(int code)
{
    return PRIMARY_CODE(code) == SQLITE_CORRUPT || PRIMARY_CODE(code) == SQLITE_NOTADB;
}

void sql_set_error(sqlite3 *db, const char *what, GError **error)
{
    int last_error = errno;
    int code = sqlite3_extended_errcode(db);
    int primary = PRIMARY_CODE(code);
    bool is_of_system = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN;
    int system_error = is_of_system ? last_error : 0;
    int problem = PROBLEM_IO;

    if (is_out_of_space(code, system_error))
        problem = PROBLEM_FULL;
    else if (is_damaged(code))
        problem = PROBLEM_SYNTAX;

    g_set_error(error, PROBLEM, problem, "%s (SQLite code %d%s%s): %s", sqlite3_errmsg(db), code,
                system_error ? ", " : "", system_error ? g_strerror(system_error) : "", what);
}

void sql_set_damaged(GError **error, const char *format, ...)
{
    g_autofree char *what = NULL;
    va_list arguments;

    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    /* The words that SQLite has for what it finds itself. */
    g_set_error(error, PROBLEM, PROBLEM_SYNTAX, "%s: %s", sqlite3_errstr(SQLITE_CORRUPT), what);
}

sqlite3_stmt *sql_prepare(sqlite3 *db, const char *text, GError **error)
{
    sqlite3_stmt *statement = NULL;

    errno = 0;
    if (sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK) {
        sql_set_error(db, text, error);
        return NULL;
    }

    return statement;
}

void sql_finalize(sqlite3_stmt *statement)
{
    sqlite3_finalize(statement);
}

void sql_bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
    if (sqlite3_bind_text(statement, parameter, text, -1, SQLITE_STATIC) != SQLITE_OK)
        g_error("cannot bind parameter %d of: %s", parameter, sqlite3_sql(statement));
}

void sql_bind_bytes(sqlite3_stmt *statement, int parameter, GBytes *bytes)
{
    size_t length;
    const void *data = g_bytes_get_data(bytes, &length);

    /* What is empty is no NULL. */
    if (sqlite3_bind_blob64(statement, parameter, data ? data : "", length, SQLITE_STATIC) !=
        SQLITE_OK)
        g_error("cannot bind parameter %d of: %s", parameter, sqlite3_sql(statement));
}

void sql_bind_int(sqlite3_stmt *statement, int parameter, int64_t number)
{
    if (sqlite3_bind_int64(statement, parameter, number) != SQLITE_OK)
        g_error("cannot bind parameter %d of: %s", parameter, sqlite3_sql(statement));
}

SqlStep sql_step(sqlite3_stmt *statement, GError **error)
{
    int code;

    errno = 0;
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return SQL_ROW;
    if (code == SQLITE_DONE)
        return SQL_DONE;

    sql_set_error(sqlite3_db_handle(statement), sqlite3_sql(statement), error);
    return SQL_FAILED;
}

void sql_reset(sqlite3_stmt *statement)
{
    /* Both repeat the failure of the last step, which was reported then. */
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

bool sql_execute(sqlite3_stmt *statement, GError **error)
{
    SqlStep step;

    do {
        step = sql_step(statement, error);
    } while (step == SQL_ROW);
    sql_reset(statement);

    return step == SQL_DONE;
}

bool sql_run(sqlite3 *db, const char *text, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sql_prepare(db, text, error);

    return statement && sql_execute(statement, error);
}

char *sql_get_text(sqlite3 *db, const char *text, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sql_prepare(db, text, error);
    const char *found = NULL;
    SqlStep step;

    if (!statement)
        return NULL;
    step = sql_step(statement, error);
    if (step == SQL_FAILED)
        return NULL;
    if (step == SQL_ROW)
        found = (const char *)sqlite3_column_text(statement, 0);

    return g_strdup(found ? found : "");
}
