/*
 * Counts runs that ended: how, when and how long they took, of each agent and of all. One run is
 * added after another, in any order; the rows that say it are made at the end. A quantile is exact,
 * by the nearest rank: the smallest duration that so many per cent do not exceed. Pure.
 */
#ifndef AGENT1_EDGE_STORE_TALLY_H
#define AGENT1_EDGE_STORE_TALLY_H

#include "agent1/port/table.h"
#include "common/wire/run_state.h"

#include <glib.h>
#include <stdint.h>

#define TALLY_NOT_STARTED INT64_C(-1)

typedef struct Tally Tally;

Tally *tally_new(void);
void tally_free(Tally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tally, tally_free)

/* A run of that agent ended so then. took_ms: what did not start took no time. */
void tally_add(Tally *tally, const char *agent, RunState state, int64_t ended_ms, int64_t took_ms);

/* Adds to the rows, Row *: of RESULT_FIGURES one for each agent in order of the alphabet; one for
 * all, without an agent; of RESULT_SLOTS those in which something ended, the first first. Where
 * nothing was added there are none. */
void tally_add_agents(Tally *tally, GPtrArray *rows);
void tally_add_all(Tally *tally, GPtrArray *rows);
void tally_add_slots(Tally *tally, GPtrArray *rows);

#endif
