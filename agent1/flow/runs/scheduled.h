/*
 * What is told of runs that a schedule made. Nobody waits for them, so each is told on
 * agents/scheduler/notifications, for programs to look at, and what ended without its work is a
 * notice to whoever made the schedule.
 */
#ifndef AGENT1_FLOW_RUNS_SCHEDULED_H
#define AGENT1_FLOW_RUNS_SCHEDULED_H

#include "agent1/flow/state/core_state.h"

/* A run has begun, or has its outcome. Does nothing for one that no schedule made. */
void scheduled_tell(Core *core, const Run *run);

#endif
