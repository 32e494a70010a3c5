/*
 * From an allowed task to a run: its row, its number, its place in the outbox, and the line that
 * tells of it.
 */
#ifndef AGENT1_FLOW_LAUNCH_H
#define AGENT1_FLOW_LAUNCH_H

#include "agent1/flow/turn.h"

/* Makes the run and queues it for its agent, as the turn's speaker. */
void launch_run(Core *core, Turn *turn, const char *agent, const char *task);

#endif
