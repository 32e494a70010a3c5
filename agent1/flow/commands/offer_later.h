/*
 * What the gate closes only for now is offered for later: one question, and a yes lets it wait for
 * its hours. A line may say so itself.
 */
#ifndef AGENT1_FLOW_COMMANDS_OFFER_LATER_H
#define AGENT1_FLOW_COMMANDS_OFFER_LATER_H

#include "agent1/flow/commands/questions.h"
#include "agent1/model/gate.h"

/* The word by which a line says so itself. */
#define OFFER_DEFER "--defer"

/* True for a verdict that passes at a time that is known, unless now is wanted or never. */
bool offer_later_fits(const Verdict *verdict, bool is_now);

/* Takes that word off, in front of a text or behind it; a plan ends with a task, whose words are
 * its own: it has no end. The caller owns *out_rest. */
bool offer_take_defer(const char *text, bool has_end, char **out_rest);

/* "run then?", unless it is asked already, or nothing is to be done anyway. */
void offer_later(Core *core, Turn *turn, const Question *question);

#endif
