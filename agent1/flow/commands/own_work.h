/*
 * What goes on of whoever speaks, and what is to be typed to end each of it: tasks, plans,
 * subscriptions, questions. In a room, what was asked there.
 */
#ifndef AGENT1_FLOW_COMMANDS_OWN_WORK_H
#define AGENT1_FLOW_COMMANDS_OWN_WORK_H

#include "agent1/flow/voice/turn.h"

/* The lines of it, each the caller's as the array is; empty: nothing goes on. */
GPtrArray *own_work_lines(Core *core, const Speaker *speaker);

/* Says these lines, the first few of them, under a title: words not yet translated. */
void own_work_say(Turn *turn, const GPtrArray *lines, const char *title);

/* "#12 goes on; ..." of a run or plan, named as !cancel takes it: "12" or "p7". The caller owns it.
 */
char *own_work_goes_on(const Core *core, const char *name);

#endif
