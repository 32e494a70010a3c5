/*
 * Agents that go and come back, as people are told of it. One is gone when its will, or its own
 * word, said so a minute ago, or when it is silent beyond two heartbeats and a question: nothing of
 * this changes what becomes of its runs. Those that go or come together are one message; one that
 * comes and goes is told as that, once. While agent1 itself has no broker nobody is gone.
 */
#ifndef AGENT1_FLOW_FLEET_ABSENCE_H
#define AGENT1_FLOW_FLEET_ABSENCE_H

#include "agent1/flow/state/core_state.h"

/* It was there, and is offline since now. */
void absence_begin(Core *core, FleetAgent *agent);

/* A frame of it has come. */
void absence_heard(Core *core, FleetAgent *agent);

/* The wall clock was put back. */
void absence_set_back(const Core *core, FleetAgent *agent);

/* It did not answer when it was asked for a sign of life, and was not heard since. */
bool absence_is_silent(const FleetAgent *agent);

void absence_due(Core *core);

#endif
