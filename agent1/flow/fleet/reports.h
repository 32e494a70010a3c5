/*
 * What accepted agents report about runs: ack, answer, progress, result. The sender is the agent
 * whose key made the frame; a report about somebody else's run counts for nothing.
 */
#ifndef AGENT1_FLOW_FLEET_REPORTS_H
#define AGENT1_FLOW_FLEET_REPORTS_H

#include "agent1/flow/state/core_state.h"

void reports_take_ack(Core *core, FleetAgent *agent, const Message *message);
void reports_take_answer(Core *core, FleetAgent *agent, const Message *message);
void reports_take_progress(Core *core, FleetAgent *agent, const Message *message);
void reports_take_result(Core *core, FleetAgent *agent, const Message *message);
void reports_take_error(Core *core, FleetAgent *agent, const Message *message);

#endif
