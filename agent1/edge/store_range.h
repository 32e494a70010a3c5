/*
 * What ended in a range of time, as the queries QUERY_DAY … of agent1/port/effect.h ask: counts and
 * durations (store_tally.h), and the runs themselves.
 */
#ifndef AGENT1_EDGE_STORE_RANGE_H
#define AGENT1_EDGE_STORE_RANGE_H

#include "agent1/edge/store_audit.h"
#include "agent1/edge/store_sql.h"
#include "agent1/port/effect.h"

typedef enum {
    RANGE_ENDS, /* of each run what is counted */
    RANGE_NEWEST,
    RANGE_FAILED, /* the newest that failed */
    RANGE_PART_COUNT,
} RangePart;

/* Whether a query is of this kind. */
bool store_range_knows(QueryKind kind);

/* The rows that answer it, or NULL. */
GPtrArray *store_range_query(sqlite3 *db, StoreAudit *audit, const EffectQuery *query,
                             GError **error);

/* The statement of one part, not run yet: for looking at its plan. */
sqlite3_stmt *store_range_prepare(sqlite3 *db, RangePart part, bool has_agent, GError **error);

#endif
