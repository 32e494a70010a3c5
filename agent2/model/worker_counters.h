/*
 * The worker's counters: the few facts beside the run folders that must survive a restart. They are
 * one small JSON file, written before anything that depends on them leaves. Pure.
 */
#ifndef AGENT2_MODEL_WORKER_COUNTERS_H
#define AGENT2_MODEL_WORKER_COUNTERS_H

#include "common/data/json.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WorkerCounters {
    char *journal;       /* the ULID of this journal; a task is meant for one journal */
    int64_t session_end; /* sessions below it may have been used; they follow the clock, in ms */
    int64_t control_seq; /* the highest that took effect */
    int64_t epoch;       /* the highest of agent1 that was seen */
    bool is_paused;
    char *peer;   /* agent1's key that spoke last; NULL: none did */
    Json *policy; /* as it came last; NULL: none came yet */
} WorkerCounters;

void worker_counters_init(WorkerCounters *counters, const char *journal);
void worker_counters_clear(WorkerCounters *counters);

char *worker_counters_print(const WorkerCounters *counters);

/* Reads the text into counters that were initialised; on an error they are cleared. */
bool worker_counters_parse(const char *text, WorkerCounters *out, GError **error);

#endif
