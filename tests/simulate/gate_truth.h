/*
 * What must hold for the windows, whatever happens: a run is let go, from its first moment or after
 * it waited, only when nothing closes them.
 */
#ifndef TESTS_SIMULATE_GATE_TRUTH_H
#define TESTS_SIMULATE_GATE_TRUTH_H

#include "agent1/port/table.h"
#include "tests/simulate/sim.h"

/* Before a row of TABLE_RUNS is stored over the old one (NULL: there is none). */
void gate_truth_record(Sim *sim, const Row *old, const Row *row);

#endif
