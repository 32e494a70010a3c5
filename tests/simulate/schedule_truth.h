/*
 * What must hold of schedules: each of their times has one row at most, and none is passed over.
 * And the file that a world's agent1 has of them.
 */
#ifndef TESTS_SIMULATE_SCHEDULE_TRUTH_H
#define TESTS_SIMULATE_SCHEDULE_TRUTH_H

#include "tests/simulate/sim.h"
#include "tests/support/row_store.h"

ScheduleTruth *schedule_truth_new(Sim *sim);
void schedule_truth_free(ScheduleTruth *truth);

/* agent1's database is an older one: what fired since is not known. */
void schedule_truth_forgot(ScheduleTruth *truth);

/* A row of a run or of a schedule is about to be stored; the store has what came before it. */
void schedule_truth_record_run(ScheduleTruth *truth, const Row *row);
void schedule_truth_record(ScheduleTruth *truth, const RowStore *store, const Row *row);

/* tasks_schedule.json of this seed: NULL where it has none. The caller owns it. */
Json *schedule_truth_file(const Sim *sim);

#endif
