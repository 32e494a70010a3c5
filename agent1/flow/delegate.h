/*
 * DELEGATE and @agent: from a target and a task through the gate to a run.
 */
#ifndef AGENT1_FLOW_DELEGATE_H
#define AGENT1_FLOW_DELEGATE_H

#include "agent1/flow/turn.h"

/* "<agent> [--now] | <task>" and "@<agent> [--now] [|] <task>". */
void delegate_trigger(Core *core, Turn *turn, const char *rest);
void delegate_direct(Core *core, Turn *turn, const char *agent, const char *rest);

/* Takes options off the beginning of a text: --now. False, with the complaint said, for any other:
 * the shell would get it and fail in a way that tells nothing. */
bool delegate_take_options(Turn *turn, const char *agent, const char **text, bool *out_is_now);

/* What is wrong with a task's text, whoever it is for; or NULL. The caller owns it. */
char *delegate_judge_text(const char *task);

#endif
