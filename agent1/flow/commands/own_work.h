/*
 * What goes on of whoever speaks, and what is to be typed to end each of it: tasks, plans,
 * subscriptions, questions. In a room, what was asked there.
 */
#ifndef AGENT1_FLOW_COMMANDS_OWN_WORK_H
#define AGENT1_FLOW_COMMANDS_OWN_WORK_H

#include "agent1/flow/voice/turn.h"

/* The lines of it, each the caller's as the array is; empty: nothing goes on. */
GPtrArray *own_work_lines(Core *core, const Speaker *speaker);

#endif
