/*
 * SQLite with the manners of this code base: failures become GErrors, statements and connections
 * release themselves, and a step says in one word what happened.
 *
 * Codes: PROBLEM_FULL (the disk or the quota is full), PROBLEM_SYNTAX (the file is damaged),
 * PROBLEM_IO (everything else). Messages begin with SQLite's own words.
 */
#ifndef AGENT1_EDGE_STORE_SQL_H
#define AGENT1_EDGE_STORE_SQL_H

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    SQL_ROW,
    SQL_DONE,
    SQL_FAILED,
} SqlStep;

/* Makes an error of the connection's last failure and of errno, which the caller set to 0 before
 * the call that failed: SQLite 3.40 tells no system error when COMMIT fails, and its files leave
 * errno as it was. what says what was being done. */
void sql_set_error(sqlite3 *db, const char *what, GError **error);

/* Makes the error of a file that SQLite reads, but that does not hold what was written. */
void sql_set_damaged(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Prepares a statement that is kept and used again. */
sqlite3_stmt *sql_prepare(sqlite3 *db, const char *text, GError **error);
void sql_finalize(sqlite3_stmt *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sql_finalize)

/* Binds the parameter with this number (from 1). Texts are borrowed until the next sql_reset();
 * NULL binds NULL. */
void sql_bind_text(sqlite3_stmt *statement, int parameter, const char *text);
/* Borrowed until then, too. */
void sql_bind_bytes(sqlite3_stmt *statement, int parameter, GBytes *bytes);
void sql_bind_int(sqlite3_stmt *statement, int parameter, int64_t number);

SqlStep sql_step(sqlite3_stmt *statement, GError **error);

/* Makes a statement ready for its next use: no row pending, nothing bound. */
void sql_reset(sqlite3_stmt *statement);

/* Steps a statement without result to its end and resets it. */
bool sql_execute(sqlite3_stmt *statement, GError **error);

/* Runs one text; rows that it gives are not looked at. */
bool sql_run(sqlite3 *db, const char *text, GError **error);

/* The first column of the first row of a query; "" for NULL, for no row too. The caller owns it. */
char *sql_get_text(sqlite3 *db, const char *text, GError **error);

#endif
