/*
 * agent1's process around its real core: batches, commits, and what leaves only afterwards, as
 * agent1/app/executor.c does them; it may crash after every step, between a commit and each of the
 * outward effects, and between a commit and its answer. Its store lies in memory and outlives it.
 */
#ifndef TESTS_SIMULATE_ORCHESTRATOR_H
#define TESTS_SIMULATE_ORCHESTRATOR_H

#include "agent1/port/event.h"
#include "tests/simulate/broker.h"
#include "tests/simulate/sim.h"
#include "tests/support/row_store.h"

Orchestrator *orchestrator_new(Sim *sim);
void orchestrator_free(Orchestrator *agent1);

bool orchestrator_is_up(const Orchestrator *agent1);

/* An event of an edge; takes it. Lost while the process is down. */
void orchestrator_post(Orchestrator *agent1, Event *event);

/* What is committed; borrowed. */
const RowStore *orchestrator_store(const Orchestrator *agent1);

/* agent1's wall clock now, and the true time of an instant of it. */
int64_t orchestrator_now(const Orchestrator *agent1);
int64_t orchestrator_true_ms(const Orchestrator *agent1, int64_t wall_ms);

bool orchestrator_is_asleep(const Orchestrator *agent1);

/* The registry file, with what is accepted; borrowed. */
const Json *orchestrator_registry(const Orchestrator *agent1);

/* blackout_hours.json as it is; NULL: there is none. */
const Json *orchestrator_blackouts(const Orchestrator *agent1);

/* ---- faults ---- */

/* kill -9; it starts again after the delay. */
void orchestrator_crash(Orchestrator *agent1, int64_t away_ms);
void orchestrator_fill_disk(Orchestrator *agent1, int64_t for_ms);
void orchestrator_break_disk(Orchestrator *agent1);
void orchestrator_slow_disk(Orchestrator *agent1, int64_t for_ms);
/* A copy of the database, and the return to it (with the process down meanwhile). */
void orchestrator_back_up(Orchestrator *agent1);
void orchestrator_restore(Orchestrator *agent1, int64_t away_ms);
void orchestrator_set_clock(Orchestrator *agent1, int64_t by_ms);
void orchestrator_heal(Orchestrator *agent1);

#endif
