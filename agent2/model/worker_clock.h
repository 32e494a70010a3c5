/*
 * agent1's clock as seen from here: the median of (time written − time of arrival) of the last
 * frames. A task's expiry is judged by it (README.md, delivery rule 7). Pure.
 */
#ifndef AGENT2_MODEL_WORKER_CLOCK_H
#define AGENT2_MODEL_WORKER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define WORKER_CLOCK_SAMPLES 9

typedef struct WorkerClock {
    int64_t offsets[WORKER_CLOCK_SAMPLES];
    unsigned count;
    unsigned next;
} WorkerClock;

void worker_clock_init(WorkerClock *clock);

/* Both in Unix milliseconds: what the frame says, and this host's clock when it came. */
void worker_clock_add(WorkerClock *clock, int64_t written_ms, int64_t arrived_ms);

/* Milliseconds to add to this host's clock to have agent1's; 0 before the first frame. */
int64_t worker_clock_offset(const WorkerClock *clock);

#endif
