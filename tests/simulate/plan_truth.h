/*
 * What must hold for plans, whatever happens: each step becomes one run at most, in its turn, and
 * what it ended as stays.
 */
#ifndef TESTS_SIMULATE_PLAN_TRUTH_H
#define TESTS_SIMULATE_PLAN_TRUTH_H

#include "agent1/port/effect.h"
#include "tests/simulate/sim.h"
#include "tests/support/row_store.h"

PlanTruth *plan_truth_new(Sim *sim);
void plan_truth_free(PlanTruth *truth);

/* Before a row of TABLE_STEPS is stored; the rows before it in its transaction are there. */
void plan_truth_record(PlanTruth *truth, const RowStore *store, const Row *row);

/* The store is an older copy of itself from now on. */
void plan_truth_forgot(PlanTruth *truth);

/* The first plan that is not over, in words; NULL: there is none. The caller owns it. */
char *plan_truth_find_open(const RowStore *store);

/* True when a plan of this chat of agentctl is not told of yet, by what is stored and what is about
 * to be (effects; NULL: nothing). */
bool plan_truth_is_open(const RowStore *store, const Effects *effects, const char *chat);

#endif
