/*
 * Several lists of the same things, each in its own order, as one: reciprocal rank fusion, by which
 * a thing counts the sum of 1 / (60 + its place) over the lists (Cormack, Clarke and Büttcher,
 * 2009). What stands high in one of them stands high; what stands in both stands higher. Pure.
 */
#ifndef AGENT1_MODEL_RANK_FUSION_H
#define AGENT1_MODEL_RANK_FUSION_H

#include <glib.h>

/* lists: arrays of ids (const char *), the best first, each id once in a list; NULL: an empty one.
 * Returns every id once, the best first, of equals the one that comes first in an earlier list:
 * borrowed; the caller unrefs the array. */
GPtrArray *rank_fusion(const GPtrArray *const *lists, unsigned count);

#endif
