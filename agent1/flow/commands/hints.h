/*
 * What a person hears whose line is no order: what was probably meant, and the next step. Nothing
 * is ever done by a hint.
 */
#ifndef AGENT1_FLOW_COMMANDS_HINTS_H
#define AGENT1_FLOW_COMMANDS_HINTS_H

#include "agent1/flow/voice/turn.h"
#include "common/wire/utterance.h"

void hints_unknown_command(Turn *turn, const Line *line);
void hints_unknown_trigger(Turn *turn, const Line *line);
/* More of what is no order is not looked at. */
#define TALK_SHOWN_CHARS 400

/* True for a line that is nearly an order: hints_talk() says which. */
bool hints_know(const Core *core, const Line *line);

/* What pauses or resumes an agent, where !pause or !resume was said of its name and no schedule is
 * called so. Static; NULL: nothing else is meant. */
const char *hints_agent_command(const Core *core, Command command, const char *argument);

void hints_talk(Turn *turn, const Line *line);

#endif
