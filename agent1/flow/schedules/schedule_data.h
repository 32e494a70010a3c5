/*
 * Schedules as programs read them (agent1/flow/voice/answer_data.h); the members are told of in
 * agentctl(1).
 */
#ifndef AGENT1_FLOW_SCHEDULES_SCHEDULE_DATA_H
#define AGENT1_FLOW_SCHEDULES_SCHEDULE_DATA_H

#include "agent1/flow/schedules/schedule_text.h"
#include "common/data/json.h"

/* The caller owns it. */
Json *schedule_data(Core *core, const Schedule *schedule, const NextStart *next);

#endif
