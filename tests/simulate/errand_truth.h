/*
 * What must hold of errands whose end people are told later: a file that was promised (its row goes
 * only with the word of what became of it, and its link is told once) and a message that was
 * published (it leaves once at most, and is audited once, as it really ended).
 */
#ifndef TESTS_SIMULATE_ERRAND_TRUTH_H
#define TESTS_SIMULATE_ERRAND_TRUTH_H

#include "agent1/port/effect.h"
#include "tests/simulate/sim.h"
#include "tests/support/row_store.h"

ErrandTruth *errand_truth_new(Sim *sim);
void errand_truth_free(ErrandTruth *truth);

/* agent1's database is an older one, which is this. */
void errand_truth_forgot(ErrandTruth *truth, const RowStore *store);

/* Before a batch is stored: Effect *. */
void errand_truth_record(ErrandTruth *truth, const RowStore *store, const GPtrArray *batch);

/* An upload, or a message with an id, leaves agent1. */
void errand_truth_leaves(ErrandTruth *truth, const RowStore *store, const Effect *effect);

/* The broker has the message. */
void errand_truth_taken(ErrandTruth *truth, const char *id);

/* The first errand whose end was not told, in words; NULL: there is none. The caller owns it. */
char *errand_truth_find_open(const ErrandTruth *truth, Promise *out_promise);

#endif
