/*
 * Agents as programs read them (agent1/flow/voice/answer_data.h); the members are told of in
 * agentctl(1).
 */
#ifndef AGENT1_FLOW_COMMANDS_AGENT_DATA_H
#define AGENT1_FLOW_COMMANDS_AGENT_DATA_H

#include "agent1/flow/voice/turn.h"

/* The answer is a list of agents, be there none. */
void agent_data_begin(Turn *turn);

void agent_data_add(Turn *turn, const RegistryAgent *entry, unsigned in_hand, unsigned waiting);

/* One that asks to join. */
void agent_data_add_waiting(Turn *turn, const char *name, const char *fingerprint);

#endif
