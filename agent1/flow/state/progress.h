/*
 * The last that was heard of each run at work: since when it runs, how much it wrote, its last
 * lines. Kept in memory alone, for people who look; an agent tells it again every few seconds.
 */
#ifndef AGENT1_FLOW_STATE_PROGRESS_H
#define AGENT1_FLOW_STATE_PROGRESS_H

#include "agent1/flow/state/core_state.h"

typedef struct Progress {
    int64_t seq;
    int64_t started_ms; /* by agent1's clock */
    int64_t bytes;      /* MESSAGE_ABSENT: not told */
    char *tail;         /* harmless, bounded; NULL: none yet */
} Progress;

void progress_free(void *data);

/* Takes a progress message of a run. False when it is no news. */
bool progress_take(Core *core, const Run *run, const MessageProgress *message);

/* Borrowed; NULL: nothing was heard since agent1 started. */
const Progress *progress_find(const Core *core, const Run *run);

/* The attempt is over. */
void progress_forget(Core *core, const Run *run);

#endif
