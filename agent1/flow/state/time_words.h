/*
 * What is wrong with a time that somebody typed (common/data/time_problem.h), in the language of
 * whoever is spoken to.
 */
#ifndef AGENT1_FLOW_STATE_TIME_WORDS_H
#define AGENT1_FLOW_STATE_TIME_WORDS_H

#include "agent1/flow/state/core_state.h"
#include "common/data/time_problem.h"
#include "common/data/time_spec.h"

/* With the examples that are nearest where times of any form were expected, and the way to all. The
 * caller owns it. */
char *time_words(const Core *core, const TimeProblem *problem);

/* Times of every form by their kinds, a line for a few. The caller owns it. */
char *time_words_forms(const Core *core);

/* "February has no 31st": why it has no time in any year; NULL when its days exist. The caller owns
 * it. */
char *time_words_never(const Core *core, const TimeSpec *spec);

#endif
