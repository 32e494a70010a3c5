#include "agent1/edge/store_near.h"

#include <math.h>
#include <string.h>

#include "agent1/edge/store_memory.h"
#include "agent1/edge/store_rows.h"
#include "agent1/port/packed_vector.h"
#include "common/base/limits.h"
#include "common/base/banned.h"

/* How many vectors are in memory at a time while they are packed. */
#define SLICE 200

/* A note whose vector is near enough. */
typedef struct Near {
    const char *id;
    int64_t made_ms;
    double score;
} Near;

/* What notes somebody may see, as far as their keys say it: id → when it was told last, or 0.
 * Where an older agent1 did not write whose a key is, the note itself will tell. */
static GHashTable *find_seen(sqlite3 *db, const EffectQuery *query, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(sqlite3_stmt) select = sql_prepare(
        db,
        "SELECT \"id\", \"recalled\" FROM \"memo_keys\" WHERE (\"scope\" IS NOT '" SCOPE_PRIVATE
        "' OR \"user_name\" IS NULL OR \"user_name\" = ?1) "
        "AND (?2 IS NULL OR \"user_name\" IS NULL OR \"user_name\" = ?2)",
        error);
    SqlStep step;

    if (!select)
        return NULL;
    sql_bind_text(select, 1, query->beside);
    sql_bind_text(select, 2, query->writer);
    while ((step = sql_step(select, error)) == SQL_ROW) {
        int64_t *recalled_ms = g_new(int64_t, 1);

        *recalled_ms = sqlite3_column_int64(select, 1);
        g_hash_table_insert(seen, g_strdup((const char *)sqlite3_column_text(select, 0)),
                            recalled_ms);
    }
    return step == SQL_DONE ? g_steal_pointer(&seen) : NULL;
}

static int best_first(gconstpointer a, gconstpointer b)
{
    const Near *one = a;
    const Near *other = b;

    if (isless(one->score, other->score) || isgreater(one->score, other->score))
        return isless(one->score, other->score) ? 1 : -1;
    return strcmp(one->id, other->id);
}

static bool is_near(sqlite3_stmt *select, GBytes *wanted, double *out_cosine)
{
    gsize length = 0;
    const void *numbers = g_bytes_get_data(wanted, &length);
    const void *vector = sqlite3_column_blob(select, 2);

    return packed_vector_cosine(numbers, length, vector, (size_t)sqlite3_column_bytes(select, 2),
                                out_cosine) &&
           *out_cosine >= MEMORY_NEAR_MIN;
}

/* Near, the best first, with the ids of `seen`. The caller owns it. */
static GArray *find_near(sqlite3 *db, const EffectQuery *query, GHashTable *seen, GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Near));
    g_autoptr(sqlite3_stmt) select =
        sql_prepare(db,
                    "SELECT \"id\", \"made\", \"vector\" FROM \"vectors\" NOT INDEXED "
                    "WHERE \"model\" = ?1",
                    error);
    SqlStep step;

    if (!select)
        return NULL;
    sql_bind_text(select, 1, query->text);
    while ((step = sql_step(select, error)) == SQL_ROW) {
        Near near = { .made_ms = sqlite3_column_int64(select, 1) };
        void *id;
        void *recalled_ms;
        double cosine;

        if (!g_hash_table_lookup_extended(seen, sqlite3_column_text(select, 0), &id,
                                          &recalled_ms) ||
            !is_near(select, query->vector, &cosine))
            continue;
        near.id = id;
        near.score =
            cosine * store_memory_worth(query->number, near.made_ms, *(int64_t *)recalled_ms);
        g_array_append_val(found, near);
    }
    if (step != SQL_DONE)
        return NULL;
    g_array_sort(found, best_first);
    return g_steal_pointer(&found);
}

static void free_row(void *row)
{
    row_free(row);
}

/* A vector counts only for the text that it was made of; and the note says who may see it. */
static GPtrArray *read_note(sqlite3_stmt *select, const EffectQuery *query, const Near *near,
                            GError **error)
{
    sql_bind_text(select, 1, near->id);
    sql_bind_int(select, 2, near->made_ms);
    sql_bind_text(select, 4, query->beside);
    sql_bind_text(select, 6, query->writer);
    return store_rows_read(select, TABLE_MEMORIES, error);
}

static GPtrArray *read_best(sqlite3 *db, const EffectQuery *query, const GArray *near,
                            GError **error)
{
    g_autoptr(GPtrArray) best = g_ptr_array_new_with_free_func(free_row);
    g_autoptr(sqlite3_stmt) select =
        store_rows_select(db, TABLE_MEMORIES,
                          "WHERE \"id\" = ?1 AND \"changed\" = ?2 AND " STORE_MEMORY_SEEN
                          " AND " STORE_MEMORY_WRITTEN,
                          error);

    if (!select)
        return NULL;
    for (unsigned i = 0; i < near->len && best->len < query->limit; i++) {
        GPtrArray *rows = read_note(select, query, &g_array_index(near, Near, i), error);

        if (!rows)
            return NULL;
        g_ptr_array_extend_and_steal(best, rows);
    }
    return g_steal_pointer(&best);
}

GPtrArray *store_near_query(sqlite3 *db, const EffectQuery *query, GError **error)
{
    g_autoptr(GHashTable) seen = find_seen(db, query, error);
    g_autoptr(GArray) near = seen ? find_near(db, query, seen, error) : NULL;

    return near ? read_best(db, query, near, error) : NULL;
}

/* ---- vectors of an older agent1 ---- */

/* The rows behind this key; the caller owns them. */
static GPtrArray *read_slice(sqlite3 *db, const char *after, GError **error)
{
    g_autoptr(sqlite3_stmt) select =
        store_rows_select(db, TABLE_VECTORS, "WHERE \"id\" > ?1 ORDER BY \"id\" LIMIT ?2", error);

    if (!select)
        return NULL;
    sql_bind_text(select, 1, after);
    sql_bind_int(select, 2, SLICE);
    return store_rows_read(select, TABLE_VECTORS, error);
}

/* NULL: it is no array of float, or there is none. */
static GBytes *pack(GBytes *vector)
{
    gsize length = 0;
    const void *floats = vector ? g_bytes_get_data(vector, &length) : NULL;

    return length % sizeof(float) == 0 ? packed_vector_new(floats, length / sizeof(float)) : NULL;
}

/* What is no vector is made anew, by whoever makes them. So is what lacks: when a server refused
 * everything, an older agent1 took it for the fault of each note. */
static bool pack_row(StoreRows *rows, Row *row, GError **error)
{
    g_autoptr(GBytes) packed = pack(row_bytes(row, VECTORS_VECTOR));

    if (!packed)
        return store_rows_delete(rows, TABLE_VECTORS, row_text(row, VECTORS_ID), error);

    row_set_bytes(row, VECTORS_VECTOR, packed);
    return store_rows_put(rows, row, error);
}

bool store_near_pack(sqlite3 *db, GError **error)
{
    g_autoptr(StoreRows) rows = store_rows_new(db, error);
    g_autofree char *after = g_strdup("");

    while (rows) {
        g_autoptr(GPtrArray) slice = read_slice(db, after, error);

        if (!slice)
            return false;
        if (slice->len == 0)
            return true;
        for (unsigned i = 0; i < slice->len; i++) {
            if (!pack_row(rows, slice->pdata[i], error))
                return false;
        }
        g_free(after);
        after = g_strdup(row_text(slice->pdata[slice->len - 1], VECTORS_ID));
    }
    return false;
}
