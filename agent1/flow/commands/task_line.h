/*
 * What a person types to give out work: a target with options before the bar, a task behind it.
 */
#ifndef AGENT1_FLOW_COMMANDS_TASK_LINE_H
#define AGENT1_FLOW_COMMANDS_TASK_LINE_H

#include "agent1/flow/voice/turn.h"
#include "agent1/model/task_options.h"

/* Reads what stands before a bar: one target, with options on either side; the caller owns
 * *out_target. False, with the complaint said, for anything else. */
bool task_line_read_target(Turn *turn, const char *text, char **out_target, TaskOptions *options);

/* Of several names only the first ones, where an option says so. */
void task_line_limit(GPtrArray *names, const TaskOptions *options);

/* What is wrong with a task's text, whoever it is for; or NULL. The caller owns it. */
char *task_line_judge(const Core *core, const char *task);

#endif
