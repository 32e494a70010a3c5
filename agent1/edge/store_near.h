/*
 * Which notes lie near a vector, by the vectors that an embedding model made of them
 * (TABLE_VECTORS). Two tables are read once each, in the order in which they lie: whose note it is
 * and when it was told, and the vectors. A note itself is looked up when it is among the first.
 */
#ifndef AGENT1_EDGE_STORE_NEAR_H
#define AGENT1_EDGE_STORE_NEAR_H

#include "agent1/edge/store_sql.h"
#include "agent1/port/effect.h"

/* The answer to QUERY_MEMORY_NEAR: Row *, the best first. The caller owns it. */
GPtrArray *store_near_query(sqlite3 *db, const EffectQuery *query, GError **error);

/* An older agent1 kept vectors as arrays of float: packs them all, and deletes what is none. */
bool store_near_pack(sqlite3 *db, GError **error);

#endif
