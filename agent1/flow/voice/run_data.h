/*
 * Runs as programs read them (agent1/flow/voice/answer_data.h); the members are told of in
 * agentctl(1).
 */
#ifndef AGENT1_FLOW_VOICE_RUN_DATA_H
#define AGENT1_FLOW_VOICE_RUN_DATA_H

#include "agent1/flow/voice/turn.h"

/* Adds a run to what an answer holds for programs; with its output, if it is of this run alone. */
void run_data_add(Turn *turn, const Run *run, bool has_output);

/* The answer is a list of runs, be there none; and there are `more` that it does not show. */
void run_data_count(Turn *turn, int64_t more);

#endif
