/*
 * What is said of a plan: what of it began, and at its end one summary, failures first and totals
 * last.
 */
#ifndef AGENT1_FLOW_RUNS_PLAN_SUMMARY_H
#define AGENT1_FLOW_RUNS_PLAN_SUMMARY_H

#include "agent1/flow/voice/turn.h"
#include "agent1/model/plan.h"

/* The runs (const Run *) that just began. On XMPP a stage that is not the first is only told of
 * where it waits for something. */
void plan_summary_say_begun(Turn *turn, const Plan *plan, const GPtrArray *runs, bool is_first);

/* The whole of it, with its outcome for the chat. */
void plan_summary_say(Turn *turn, const Plan *plan);

/* "step 2 of 3", or "batch 2 of 3". The caller owns it. */
char *plan_summary_stage(const Core *core, const Plan *plan, unsigned stage);

/* "#12 web1: failed (exit 2, 0.4 s)", "web3: refused (paused): …", "web4 | df -h: waits". The
 * caller owns it. */
char *plan_summary_line(const Core *core, const Plan *plan, const PlanStep *step);

#endif
