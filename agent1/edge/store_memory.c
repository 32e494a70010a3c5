#include "agent1/edge/store_memory.h"

#include <math.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/sys/log.h"

#include "common/base/banned.h"

#define INDEX "\"" STORE_MEMORY_INDEX "\""

#define OF_ID " FROM \"memories\" WHERE \"id\" = ?1"

static void worth(sqlite3_context *context, int count, sqlite3_value **values)
{
    int64_t now_ms = sqlite3_value_int64(values[0]);
    int64_t last_ms = MAX(sqlite3_value_int64(values[1]), sqlite3_value_int64(values[2]));

    (void)count;
    /* A clock that was put back makes nothing worth more than it can be. */
    sqlite3_result_double(context, now_ms > last_ms ? exp2(-((double)now_ms - (double)last_ms) /
                                                           (double)MEMORY_HALF_LIFE_MS)
                                                    : 1);
}

/* The numbers of a vector, and how many; 0: it is none. */
static size_t read_vector(sqlite3_value *value, const float **out)
{
    size_t length = (size_t)sqlite3_value_bytes(value);

    if (sqlite3_value_type(value) != SQLITE_BLOB || length % sizeof(float) != 0)
        return 0;
    *out = sqlite3_value_blob(value);
    return length / sizeof(float);
}

/* SQLite aligns a blob by itself only where it owns it: each number is copied. */
static double number_at(const float *numbers, size_t place)
{
    float number;

    memcpy(&number, (const char *)numbers + place * sizeof(float), sizeof(float));
    return number;
}

static void cosine(sqlite3_context *context, int count, sqlite3_value **values)
{
    const float *one = NULL;
    const float *other = NULL;
    size_t length = read_vector(values[0], &one);
    double product = 0;
    double one_square = 0;
    double other_square = 0;

    (void)count;
    if (length == 0 || read_vector(values[1], &other) != length)
        return;
    for (size_t i = 0; i < length; i++) {
        double a = number_at(one, i);
        double b = number_at(other, i);

        product += a * b;
        one_square += a * a;
        other_square += b * b;
    }
    product /= sqrt(one_square) * sqrt(other_square);
    if (isfinite(product))
        sqlite3_result_double(context, product);
}

bool store_memory_register(sqlite3 *db, GError **error)
{
    static const struct {
        const char *name;
        int values;
        void (*call)(sqlite3_context *context, int count, sqlite3_value **values);
    } functions[] = {
        { STORE_MEMORY_WORTH, 3, worth },
        { STORE_MEMORY_COSINE, 2, cosine },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(functions); i++) {
        if (sqlite3_create_function(db, functions[i].name, functions[i].values,
                                    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
                                    functions[i].call, NULL, NULL) != SQLITE_OK) {
            sql_set_error(db, "adding a function", error);
            return false;
        }
    }

    return true;
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
