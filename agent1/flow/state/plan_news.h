/*
 * What becomes of runs, noted in the plan that they belong to. What follows from it is said and
 * begun at the end of the same step of the core (agent1/flow/runs/plans.h), so that both are stored
 * together.
 */
#ifndef AGENT1_FLOW_STATE_PLAN_NEWS_H
#define AGENT1_FLOW_STATE_PLAN_NEWS_H

#include "agent1/flow/state/core_state.h"
#include "agent1/model/plan.h"

/* So many last lines of a run's output its step keeps. */
#define PLAN_NEWS_TAIL_LINES 20

/* A run has its outcome: true when its plan tells of it, so that it does not speak for itself. */
bool plan_news_take_outcome(Core *core, const Run *run);

/* A run has none, but keeps nobody waiting any more: it is deferred, awaits an approval, or its
 * agent is silent. The same result. */
bool plan_news_take_wait(Core *core, const Run *run);

/* Many runs that were asked for at once do not each tell that they start at last. */
bool plan_news_is_quiet_start(const Core *core, const Run *run);

/* Nothing of it is at work: what is no run yet waits, and so do those that are. */
bool plan_news_is_quiet(const Core *core, const Plan *plan);

/* The word for a chat whose plan waits with nothing at work, or NULL: see chats.h. */
const char *plan_news_waiting_word(const Core *core, const char *chat_id);

#endif
