/*
 * One line of JSON for each call of a language model, on agents/metrics/llm: for looking. Nothing
 * of what was asked or answered stands in it, nor who asked.
 */
#ifndef AGENT1_FLOW_TALK_METRIC_H
#define AGENT1_FLOW_TALK_METRIC_H

#include "agent1/flow/state/talks.h"

/* {"provider","model","outcome","first_ms","latency_ms","tokens_in","tokens_out"}; an answer that
 * was of no use has the outcome "refused". */
void metric_publish(Core *core, const Talk *talk, const ModelNews *news, bool is_useful);

#endif
