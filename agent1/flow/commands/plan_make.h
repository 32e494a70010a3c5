/*
 * From what a person typed to a plan: PLAN:, and one task for several agents. Everything is judged
 * before the first step begins: what can never run is refused as a whole.
 */
#ifndef AGENT1_FLOW_COMMANDS_PLAN_MAKE_H
#define AGENT1_FLOW_COMMANDS_PLAN_MAKE_H

#include "agent1/flow/voice/turn.h"
#include "agent1/model/task_options.h"

/* PLAN: "<target>|<task> ;; <target>|<task> …". */
void plan_make_trigger(Core *core, Turn *turn, const char *rest);

/* One task for these agents (char *), as the options say. Whom the gate lets in later stands in
 * `later` afterwards, with commas between. */
void plan_make_fan_out(Core *core, Turn *turn, const GPtrArray *names, const char *task,
                       const TaskOptions *options, GString *later);

#endif
