/*
 * From what a person types to agents: the target of agent1/model/target.h over those that this
 * agent1 knows, with words for what is not found.
 */
#ifndef AGENT1_FLOW_GATE_TARGETS_H
#define AGENT1_FLOW_GATE_TARGETS_H

#include "agent1/flow/voice/turn.h"

/*
 * The names that a target means, in order of the alphabet: *out_names, char *, freed with the
 * array; at least one. A single name is taken as it is: the gate says what is wrong with it. False,
 * with the refusal said and nothing found, when any part of the target means nobody.
 */
bool targets_find(Core *core, Turn *turn, const char *target, GPtrArray **out_names);

/* True when it means somebody, and all of them told of this skill. */
bool targets_have_skill(const Core *core, const char *target, const char *skill);

#endif
