/*
 * The queries of agent1/port/effect.h as SQL.
 */
#ifndef AGENT1_EDGE_STORE_QUERY_H
#define AGENT1_EDGE_STORE_QUERY_H

#include "agent1/edge/store_audit.h"
#include "agent1/edge/store_sql.h"
#include "agent1/port/effect.h"
#include "agent1/port/event.h"

/* Answers a query with an EVENT_ROWS, which the caller owns. */
Event *store_query_run(sqlite3 *db, StoreAudit *audit, const EffectQuery *query, GError **error);

/* The statement of a query, not run yet: for looking at its plan. */
sqlite3_stmt *store_query_prepare(sqlite3 *db, QueryKind kind, bool has_text, GError **error);

#endif
