/*
 * Many seeds, spread over processes: each takes the next seed until one breaks a promise. A process
 * that dies of an assertion or of a sanitizer leaves the number of its seed behind.
 */
#ifndef TESTS_SIMULATE_CREW_H
#define TESTS_SIMULATE_CREW_H

#include "tests/simulate/seed.h"

typedef struct CrewResult {
    bool is_broken;
    uint64_t seed; /* the lowest that was seen to break */
    Broken broken;
    Counts counts;
} CrewResult;

/* Runs the seeds first … first + count - 1. A process that cannot be made ends the program. */
void crew_run(uint64_t first, uint64_t count, unsigned processes, Mutant mutant, CrewResult *out);

#endif
