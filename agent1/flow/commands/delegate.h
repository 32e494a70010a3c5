/*
 * DELEGATE and @agent: from a target and a task through the gate to a run.
 */
#ifndef AGENT1_FLOW_COMMANDS_DELEGATE_H
#define AGENT1_FLOW_COMMANDS_DELEGATE_H

#include "agent1/flow/voice/turn.h"

/* "<target> [options] | <task>" and "@<target> [options] [|] <task>". */
void delegate_trigger(Core *core, Turn *turn, const char *rest);
void delegate_direct(Core *core, Turn *turn, const char *agent, const char *rest);

#endif
