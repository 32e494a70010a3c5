/*
 * A batch of stored effects before it is written: rows that change several times in it are written
 * once, as they are in the end. What a query of the batch may see stays.
 */
#ifndef AGENT1_EDGE_STORE_BATCH_H
#define AGENT1_EDGE_STORE_BATCH_H

#include <glib.h>

/* Frees the superseded PUT and DELETE effects; their places become NULL. */
void store_batch_drop_superseded(GPtrArray *effects);

#endif
