/*
 * The agents that a command about agents means, which may be agent1 itself among others.
 */
#ifndef AGENT1_FLOW_COMMANDS_AGENT_NAMES_H
#define AGENT1_FLOW_COMMANDS_AGENT_NAMES_H

#include "agent1/flow/voice/turn.h"

#include <stdbool.h>

/* Targets, with blanks or commas between, as one: "web1 web2, agent1" is "web1,web2" and agent1.
 * The caller owns it. */
char *agent_names_read(const char *arguments, bool *out_has_agent1);

bool agent_names_is_accepted(const Core *core, const char *name);

/* All of them (char *) or none: says what is wrong with the first that is not accepted. */
bool agent_names_are_accepted(Core *core, Turn *turn, const GPtrArray *names);

#endif
