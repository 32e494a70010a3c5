#include "agent1/edge/store_range.h"

#include "agent1/edge/store_rows.h"
#include "agent1/edge/store_schema.h"
#include "agent1/edge/store_tally.h"
#include "common/wire/run_state.h"

#include "common/base/banned.h"

/* Parameters: 1 the agent, 2 from, 3 until, 4 how many at most. */
typedef struct PartText {
    const char *text; /* of runs: behind SELECT … FROM */
    const char *text_of_agent;
} PartText;

/* clang-format off */
#define OF_AGENT " AND \"agent\" = ?1"
#define IN_RANGE \
    "\"runs\" INDEXED BY \"runs_ended\" WHERE " STORE_RUN_ENDED \
    " AND \"changed\" >= ?2 AND \"changed\" < ?3"
#define NEWEST " ORDER BY \"changed\" DESC, \"rowid\" DESC LIMIT ?4"

/* The index holds all that is counted: the runs themselves are not read. What never started took no
 * time. */
#define ENDS(of_agent) \
    "SELECT \"agent\", \"state\", \"changed\", CASE WHEN \"started\" IS NULL THEN NULL " \
    "ELSE \"duration_ms\" END FROM " IN_RANGE of_agent NEWEST

/* The newest are found in the index, and only those rows are read. */
#define RUNS_OF(state, of_agent) \
    "WHERE \"rowid\" IN (SELECT \"rowid\" FROM " IN_RANGE state of_agent NEWEST ") " \
    "ORDER BY \"changed\" DESC, \"rowid\" DESC"
#define ALL(of_agent) RUNS_OF("", of_agent)
#define FAILED(of_agent) RUNS_OF(" AND " STORE_RUN_FAILED, of_agent)

#define PART(text) { text(""), text(OF_AGENT) }
/* clang-format on */

static const PartText parts[RANGE_PART_COUNT] = {
    [RANGE_ENDS] = PART(ENDS),
    [RANGE_NEWEST] = PART(ALL),
    [RANGE_FAILED] = PART(FAILED),
};

bool store_range_knows(QueryKind kind)
{
    return kind == QUERY_DAY || kind == QUERY_RANGE || kind == QUERY_RANGE_FAILED;
}

sqlite3_stmt *store_range_prepare(sqlite3 *db, RangePart part, bool has_agent, GError **error)
{
    const char *text = has_agent ? parts[part].text_of_agent : parts[part].text;

    return part == RANGE_ENDS ? sql_prepare(db, text, error)
                              : store_rows_select(db, TABLE_RUNS, text, error);
}

/* Prepared and bound. */
static sqlite3_stmt *begin(sqlite3 *db, RangePart part, const EffectQuery *query, unsigned limit,
                           GError **error)
{
    sqlite3_stmt *select = store_range_prepare(db, part, query->text != NULL, error);

    if (!select)
        return NULL;
    sql_bind_text(select, 1, query->text);
    sql_bind_int(select, 2, query->number);
    sql_bind_int(select, 3, query->until);
    sql_bind_int(select, 4, limit);
    return select;
}

static bool count(Tally *tally, sqlite3 *db, const EffectQuery *query, GError **error)
{
    g_autoptr(sqlite3_stmt) ends = begin(db, RANGE_ENDS, query, QUERY_RANGE_RUNS_MAX, error);
    SqlStep step;

    if (!ends)
        return false;
    while ((step = sql_step(ends, error)) == SQL_ROW) {
        const char *agent = (const char *)sqlite3_column_text(ends, 0);
        const char *word = (const char *)sqlite3_column_text(ends, 1);
        bool has_started = sqlite3_column_type(ends, 3) != SQLITE_NULL;
        RunState state;

        if (agent && run_state_parse(word, &state))
            tally_add(tally, agent, state, sqlite3_column_int64(ends, 2),
                      has_started ? MAX(sqlite3_column_int64(ends, 3), 0) : TALLY_NOT_STARTED);
    }
    return step == SQL_DONE;
}

static bool add_runs(GPtrArray *rows, sqlite3 *db, RangePart part, const EffectQuery *query,
                     GError **error)
{
    g_autoptr(sqlite3_stmt) select = begin(db, part, query, query->limit, error);
    GPtrArray *found = select ? store_rows_read(select, TABLE_RUNS, error) : NULL;

    if (!found)
        return false;
    g_ptr_array_extend_and_steal(rows, found);
    return true;
}

static void free_row(void *row)
{
    row_free(row);
}

GPtrArray *store_range_query(sqlite3 *db, StoreAudit *audit, const EffectQuery *query,
                             GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);
    g_autoptr(Tally) tally = tally_new();

    if (!count(tally, db, query, error))
        return NULL;

    if (query->kind == QUERY_DAY)
        tally_add_agents(tally, rows);
    tally_add_all(tally, rows);
    if (query->kind == QUERY_DAY)
        tally_add_slots(tally, rows);
    if (!add_runs(rows, db, query->kind == QUERY_RANGE ? RANGE_NEWEST : RANGE_FAILED, query, error))
        return NULL;
    if (query->kind == QUERY_DAY)
        store_audit_add_head(audit, rows);
    return g_steal_pointer(&rows);
}
