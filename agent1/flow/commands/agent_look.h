/*
 * How an agent of the registry looks from here: one word for it, and since when.
 */
#ifndef AGENT1_FLOW_COMMANDS_AGENT_LOOK_H
#define AGENT1_FLOW_COMMANDS_AGENT_LOOK_H

#include "agent1/flow/state/core_state.h"

typedef enum {
    AGENT_LOOK_NOT_ACCEPTED,
    AGENT_LOOK_NOT_SEEN,
    AGENT_LOOK_UNREACHABLE, /* agent1 has no broker */
    AGENT_LOOK_SILENT,
    AGENT_LOOK_PAUSING, /* it was asked to, and has not said so yet */
    AGENT_LOOK_ONLINE,
    AGENT_LOOK_PAUSED,
    AGENT_LOOK_OFFLINE,
} AgentLook;

AgentLook agent_look(const Core *core, const RegistryAgent *entry);

/* In English, for core_words(); and for programs, "not_accepted". */
const char *agent_look_words(AgentLook look);
const char *agent_look_name(AgentLook look);

/* Since when; 0: it was never heard. */
int64_t agent_look_since(const Core *core, const RegistryAgent *entry);

bool agent_look_is_outside_work(const Core *core, const RegistryAgent *entry);

#endif
