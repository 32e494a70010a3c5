/*
 * Who may say what: an authentic frame's sender, the name it gives, the topic it came on and the
 * kind of its message must agree before anything is done with it.
 */
#ifndef AGENT1_FLOW_ADMISSION_H
#define AGENT1_FLOW_ADMISSION_H

#include "agent1/flow/state/core_state.h"

/* EVENT_MESSAGE: judged, then handed to the flow of its kind; what does not agree is counted. */
void admission_take(Core *core, const EventMessage *event);

/* Why a message is not admitted, or NULL when it is. Static text. Exposed for the tests. */
const char *admission_judge(const Core *core, const EventMessage *event);

#endif
