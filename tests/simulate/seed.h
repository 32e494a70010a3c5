/*
 * One seed from its beginning to its end: the world is made, people ask and things break for some
 * minutes; then it heals, and time passes until everything has ended.
 */
#ifndef TESTS_SIMULATE_SEED_H
#define TESTS_SIMULATE_SEED_H

#include "tests/simulate/counts.h"
#include "tests/simulate/mutant.h"
#include "tests/simulate/promise.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct Broken {
    Promise promise;
    char problem[512];
} Broken;

/* False when a promise was broken; *out says which. trace may be NULL. */
bool seed_run(uint64_t seed, Mutant mutant, FILE *trace, Counts *counts, Broken *out);

#endif
