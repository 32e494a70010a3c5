#include "agent1/edge/store_memory.h"

#include <math.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/sys/log.h"

#include "common/base/banned.h"

#define INDEX "\"" STORE_MEMORY_INDEX "\""

#define OF_ID " FROM \"memories\" WHERE \"id\" = ?1"

double store_memory_worth(int64_t now_ms, int64_t changed_ms, int64_t recalled_ms)
{
    int64_t last_ms = MAX(changed_ms, recalled_ms);

    /* A clock that was put back makes nothing worth more than it can be. */
    return now_ms > last_ms
               ? exp2(-((double)now_ms - (double)last_ms) / (double)MEMORY_HALF_LIFE_MS)
               : 1;
}

static void worth(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    sqlite3_result_double(context, store_memory_worth(sqlite3_value_int64(values[0]),
                                                      sqlite3_value_int64(values[1]),
                                                      sqlite3_value_int64(values[2])));
}

/* What words of the query are worth where they stand: a word in the key says more than one in the
 * value. */
static const double column_worth[] = { 10, 1 };

/* Of so many words a note is neither short nor long. Any that is counted over all notes would let
 * those that are hidden from somebody change what is shown. */
#define USUAL_WORDS 20

/* How often a word stands there counts less each time, as in BM25. */
#define SATURATION     1.2
#define PART_OF_LENGTH 0.75

/* As BM25, but of the row alone: all words weigh the same. */
static void fit(const Fts5ExtensionApi *api, Fts5Context *note, sqlite3_context *context, int count,
                sqlite3_value **values)
{
    int phrases = api->xPhraseCount(note);
    g_autofree double *found = g_new0(double, (size_t)phrases + 1);
    int places = 0;
    int length = 0;
    double sum = 0;
    double heavy;

    (void)count;
    (void)values;
    if (api->xInstCount(note, &places) != SQLITE_OK ||
        api->xColumnSize(note, -1, &length) != SQLITE_OK)
        places = 0;
    for (int i = 0; i < places; i++) {
        int phrase;
        int column;
        int offset;

        if (api->xInst(note, i, &phrase, &column, &offset) == SQLITE_OK &&
            column < (int)G_N_ELEMENTS(column_worth))
            found[phrase] += column_worth[column];
    }
    heavy = SATURATION * (1 - PART_OF_LENGTH + PART_OF_LENGTH * length / USUAL_WORDS);
    for (int i = 0; i < phrases; i++)
        sum += found[i] * (SATURATION + 1) / (found[i] + heavy);
    sqlite3_result_double(context, sum);
}

/* The one way to FTS5's interface (its documentation, section 7). */
static bool register_fit(sqlite3 *db, GError **error)
{
    g_autoptr(sqlite3_stmt) select = sql_prepare(db, "SELECT fts5(?1)", error);
    fts5_api *api = NULL;

    if (!select)
        return false;
    sqlite3_bind_pointer(select, 1, &api, "fts5_api_ptr", NULL);
    sqlite3_step(select);
    if (!api || api->xCreateFunction(api, STORE_MEMORY_FIT, NULL, fit, NULL) != SQLITE_OK) {
        sql_set_error(db, "adding a function", error);
        return false;
    }
    return true;
}

bool store_memory_register(sqlite3 *db, GError **error)
{
    if (sqlite3_create_function(db, STORE_MEMORY_WORTH, 3,
                                SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, worth,
                                NULL, NULL) != SQLITE_OK) {
        sql_set_error(db, "adding a function", error);
        return false;
    }

    return register_fit(db, error);
}

static bool run_for(sqlite3 *db, const char *text, const char *id, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sql_prepare(db, text, error);

    if (!statement)
        return false;
    sql_bind_text(statement, 1, id);
    return sql_execute(statement, error);
}

/* FTS5 needs the old texts to find what it noted of them. */
bool store_memory_drop(sqlite3 *db, const char *id, GError **error)
{
    return run_for(db,
                   "INSERT INTO " INDEX " (" INDEX ", \"rowid\", \"key\", \"value\") "
                   "SELECT 'delete', \"rowid\", \"key\", \"value\"" OF_ID,
                   id, error);
}

bool store_memory_add(sqlite3 *db, const char *id, GError **error)
{
    return run_for(db,
                   "INSERT INTO " INDEX " (\"rowid\", \"key\", \"value\") "
                   "SELECT \"rowid\", \"key\", \"value\"" OF_ID,
                   id, error);
}

bool store_memory_check(sqlite3 *db, GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (sql_run(db, "INSERT INTO " INDEX " (" INDEX ", \"rank\") VALUES ('integrity-check', 1)",
                &reason))
        return true;
    if (!g_error_matches(reason, PROBLEM, PROBLEM_SYNTAX)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }

    log_line(LOG_LEVEL_WARNING, "the index of what was remembered is made anew: %s",
             reason->message);
    return sql_run(db, "INSERT INTO " INDEX " (" INDEX ") VALUES ('rebuild')", error);
}
