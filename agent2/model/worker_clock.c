#include "agent2/model/worker_clock.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/banned.h"

void worker_clock_init(WorkerClock *clock)
{
    memset(clock, 0, sizeof *clock);
}

void worker_clock_add(WorkerClock *clock, int64_t written_ms, int64_t arrived_ms)
{
    clock->offsets[clock->next] = written_ms - arrived_ms;
    clock->next = (clock->next + 1) % WORKER_CLOCK_SAMPLES;
    clock->count = MIN(clock->count + 1, WORKER_CLOCK_SAMPLES);
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

int64_t worker_clock_offset(const WorkerClock *clock)
{
    int64_t sorted[WORKER_CLOCK_SAMPLES];

    if (clock->count == 0)
        return 0;

    memcpy(sorted, clock->offsets, clock->count * sizeof *sorted);
    qsort(sorted, clock->count, sizeof *sorted, compare);
    return sorted[clock->count / 2];
}
