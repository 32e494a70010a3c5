/*
 * DELEGATE and @agent: from a target and a task through the gate to a run.
 */
#ifndef AGENT1_FLOW_DELEGATE_H
#define AGENT1_FLOW_DELEGATE_H

#include "agent1/flow/turn.h"
#include "agent1/model/task_options.h"

/* "<target> [options] | <task>" and "@<target> [options] [|] <task>". */
void delegate_trigger(Core *core, Turn *turn, const char *rest);
void delegate_direct(Core *core, Turn *turn, const char *agent, const char *rest);

/* Reads what stands before a bar: one target, with options on either side; the caller owns
 * *out_target. False, with the complaint said, for anything else. */
bool delegate_read_target(Turn *turn, const char *text, char **out_target, TaskOptions *options);

/* Of several names only the first ones, where an option says so. */
void delegate_limit(GPtrArray *names, const TaskOptions *options);

/* What is wrong with a task's text, whoever it is for; or NULL. The caller owns it. */
char *delegate_judge_text(const char *task);

#endif
