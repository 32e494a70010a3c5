#include "agent1/edge/store_query.h"

#include "agent1/edge/store_memory.h"
#include "agent1/edge/store_near.h"
#include "agent1/edge/store_range.h"
#include "agent1/edge/store_rows.h"
#include "agent1/edge/store_schema.h"

#include "common/base/limits.h"
#include "common/base/banned.h"

/* Parameters: 1 the text, 2 the number, 3 the limit, 4 what stands beside the text, 6 the writer; a
 * query without text may read differently. */
typedef struct QueryText {
    Table table;
    const char *rest; /* behind SELECT … FROM */
    const char *rest_without_text;
} QueryText;

/* By when it was changed or told last. */
#define WORTH_NOW                                                                                  \
    STORE_MEMORY_WORTH "(?2, \"changed\", (SELECT \"recalled\" FROM \"memo_keys\" "                \
                       "WHERE \"memo_keys\".\"id\" = \"memories\".\"id\"))"

#define MEMORIES_WITH_WORDS(seen)                                                                  \
    ", (SELECT \"rowid\" AS \"match\", " STORE_MEMORY_FIT "(\"" STORE_MEMORY_INDEX                 \
    "\") AS \"place\" FROM \"" STORE_MEMORY_INDEX "\" "                                            \
    "WHERE \"" STORE_MEMORY_INDEX "\" MATCH ?1) "                                                  \
    "WHERE \"memories\".\"rowid\" = \"match\" AND " seen " ORDER BY \"place\" * " WORTH_NOW        \
    " DESC, \"id\" LIMIT ?3"

#define MATCHING_MEMORIES MEMORIES_WITH_WORDS(STORE_MEMORY_SEEN " AND " STORE_MEMORY_WRITTEN)
#define OWN_MEMORIES      MEMORIES_WITH_WORDS(STORE_MEMORY_OWN)

#define BARE_MEMORIES                                                                              \
    "WHERE NOT EXISTS (SELECT 1 FROM \"vectors\" WHERE \"vectors\".\"id\" = \"memories\".\"id\" "  \
    "AND \"model\" = ?1 AND \"made\" = \"changed\") ORDER BY \"id\" LIMIT ?3 OFFSET ?2"

#define REFUSED_VECTORS "WHERE \"vector\" IS NULL ORDER BY \"id\" LIMIT ?3"

#define MEMORIES_OF_ID "WHERE \"id\" IN (?1, ?4) ORDER BY \"scope\" = '" SCOPE_SHARED "'"

static const QueryText queries[] = {
    [QUERY_RUN_BY_ID] = { TABLE_RUNS, "WHERE \"id\" = ?1", "WHERE \"id\" = ?1" },
    [QUERY_RUN_BY_NUMBER] = { TABLE_RUNS, "WHERE \"number\" = ?2", "WHERE \"number\" = ?2" },
    [QUERY_RUNS_RECENT] = { TABLE_RUNS,
                            "WHERE \"agent\" = ?1 AND \"number\" IS NOT NULL "
                            "ORDER BY \"number\" DESC LIMIT ?3",
                            "WHERE \"number\" IS NOT NULL ORDER BY \"number\" DESC LIMIT ?3" },
    /* Without a word SQLite would take the index of states, and sort what it finds there. */
    [QUERY_RUNS_FAILED] = { TABLE_RUNS,
                            "INDEXED BY \"runs_failed_by_agent\" WHERE \"agent\" = ?1 "
                            "AND \"number\" IS NOT NULL AND " STORE_RUN_FAILED
                            " ORDER BY \"number\" DESC LIMIT ?3",
                            "INDEXED BY \"runs_failed\" WHERE \"number\" IS NOT NULL "
                            "AND " STORE_RUN_FAILED " ORDER BY \"number\" DESC LIMIT ?3" },
    [QUERY_MEMORY] = { TABLE_MEMORIES, MEMORIES_OF_ID, MEMORIES_OF_ID },
    [QUERY_MEMORY_MATCH] = { TABLE_MEMORIES, MATCHING_MEMORIES, MATCHING_MEMORIES },
    [QUERY_MEMORY_OWN] = { TABLE_MEMORIES, OWN_MEMORIES, OWN_MEMORIES },
    [QUERY_MEMORY_BARE] = { TABLE_MEMORIES, BARE_MEMORIES, BARE_MEMORIES },
    [QUERY_VECTORS_REFUSED] = { TABLE_VECTORS, REFUSED_VECTORS, REFUSED_VECTORS },
    [QUERY_MEMORY_ANY] = { TABLE_MEMORIES, MATCHING_MEMORIES, MATCHING_MEMORIES },
    /* The keys of a day's begin with it and a slash; a nought comes next in order. */
    [QUERY_DAILY] = { TABLE_DAILIES,
                      "WHERE \"id\" > ?1 || '/' AND \"id\" < ?1 || '0' ORDER BY \"id\" LIMIT ?3",
                      "WHERE 0" },
    [QUERY_PLAN] = { TABLE_PLANS, "WHERE \"id\" = ?1", "WHERE \"id\" = ?1" },
    [QUERY_PLAN_RUNS] = { TABLE_RUNS,
                          "WHERE \"id\" IN (SELECT \"run\" FROM \"steps\" WHERE \"id\" > ?1 || '.' "
                          "AND \"id\" < ?1 || '/') ORDER BY \"id\" LIMIT ?3",
                          "WHERE 0" },
    /* The keys of a plan's steps begin with its own and a dot; a slash comes next in order. */
    [QUERY_STEPS] = { TABLE_STEPS,
                      "WHERE \"id\" > ?1 || '.' AND \"id\" < ?1 || '/' ORDER BY \"id\" LIMIT ?3",
                      "WHERE 0" },
};

sqlite3_stmt *store_query_prepare(sqlite3 *db, QueryKind kind, bool has_text, GError **error)
{
    const QueryText *text = &queries[kind];
    const char *rest = has_text ? text->rest : text->rest_without_text;

    g_assert(kind < G_N_ELEMENTS(queries) && rest);
    return store_rows_select(db, text->table, rest, error);
}

static GPtrArray *read_rows(sqlite3 *db, const EffectQuery *query, GError **error)
{
    const QueryText *text = &queries[query->kind];
    g_autoptr(sqlite3_stmt) select = NULL;
    int parameters;

    select = store_query_prepare(db, query->kind, query->text != NULL, error);
    if (!select)
        return NULL;

    /* A statement has as many parameters as the highest number it uses. */
    parameters = sqlite3_bind_parameter_count(select);
    if (parameters >= 1)
        sql_bind_text(select, 1, query->text);
    if (parameters >= 2)
        sql_bind_int(select, 2, query->number);
    if (parameters >= 3)
        sql_bind_int(select, 3, query->limit);
    if (parameters >= 4)
        sql_bind_text(select, 4, query->beside);
    if (parameters >= 6)
        sql_bind_text(select, 6, query->writer);

    return store_rows_read(select, text->table, error);
}

Event *store_query_run(sqlite3 *db, StoreAudit *audit, const EffectQuery *query, GError **error)
{
    g_autoptr(GPtrArray) rows = NULL;
    Event *event;

    if (query->kind == QUERY_AUDIT)
        rows = store_audit_query(audit, query, error);
    else if (store_range_knows(query->kind))
        rows = store_range_query(db, audit, query, error);
    else if (query->kind == QUERY_MEMORY_NEAR)
        rows = store_near_query(db, query, error);
    else
        rows = read_rows(db, query, error);
    if (!rows)
        return NULL;

    event = event_new(EVENT_ROWS);
    event->rows.cookie = query->cookie;
    event->rows.rows = g_steal_pointer(&rows);
    return event;
}
