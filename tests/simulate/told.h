/*
 * Whatever leaves agent1 must be on its disk before: looked at for every outward effect.
 */
#ifndef TESTS_SIMULATE_TOLD_H
#define TESTS_SIMULATE_TOLD_H

#include "agent1/port/effect.h"
#include "tests/simulate/sim.h"
#include "tests/support/row_store.h"

/* Before a batch is parted into what is stored and what leaves: notes which replies were made while
 * their runs were not over, since in the end it is one commit that ends the runs. */
void told_watch(Sim *sim, const RowStore *store, const Effects *effects);

void told_check(Sim *sim, const RowStore *store, const Effect *effect);

#endif
