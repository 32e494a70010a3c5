/*
 * The words about newer versions: one summary, failures first, totals at the end.
 */
#ifndef AGENT1_FLOW_FLEET_UPDATE_TEXT_H
#define AGENT1_FLOW_FLEET_UPDATE_TEXT_H

#include "agent1/flow/state/update_rounds.h"
#include "agent1/flow/voice/turn.h"

/* Says all that was found, with its outcome. */
void update_text_say(Turn *turn, const UpdateRound *round);

/* Says who is still waited for. */
void update_text_remark(Turn *turn, const UpdateRound *round);

#endif
