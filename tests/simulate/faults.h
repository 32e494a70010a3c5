/*
 * What breaks in a seed, and when: drawn at its beginning, over its active time.
 */
#ifndef TESTS_SIMULATE_FAULTS_H
#define TESTS_SIMULATE_FAULTS_H

#include "tests/simulate/sim.h"

/* Before the world is made: how it will be. */
void faults_draw_plan(Sim *sim);

/* Once it is made: when something is done to it. */
void faults_schedule(Sim *sim);

#endif
