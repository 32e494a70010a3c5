/*
 * What people see of agent1 without asking: whether it is awake, and the health of the fleet in one
 * line. Shown when it changed, and at most once in ten seconds.
 */
#ifndef AGENT1_FLOW_VOICE_PRESENCE_H
#define AGENT1_FLOW_VOICE_PRESENCE_H

#include "agent1/flow/state/core_state.h"

#include <stdbool.h>

void presence_init(Presence *presence);
void presence_clear(Presence *presence);

/* After each step: looks whether the line is still true. is_news: something happened. */
void presence_refresh(Core *core, bool is_news);

/* The wall clock was put back. */
void presence_hurry(Core *core);

/* When that is due by time alone; INT64_MAX: not at all. */
int64_t presence_next_deadline(const Core *core);

#endif
