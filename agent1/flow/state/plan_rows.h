/*
 * Plans and their steps as rows, and back: the only place that ties agent1/model/plan.h to
 * TABLE_PLANS and TABLE_STEPS.
 */
#ifndef AGENT1_FLOW_STATE_PLAN_ROWS_H
#define AGENT1_FLOW_STATE_PLAN_ROWS_H

#include "agent1/model/plan.h"
#include "agent1/port/effect.h"
#include "agent1/port/table.h"

/* The caller owns the results. */
Row *plan_rows_of_plan(const Plan *plan);
Plan *plan_rows_to_plan(const Row *row); /* without its steps; NULL for a row that is none */

Row *plan_rows_of_step(const Plan *plan, const PlanStep *step);

/* Adds the row's step; rows come in the order of their keys. False for one that is none. */
bool plan_rows_add_step(Plan *plan, const Row *row);

/* Stores a plan, one of its steps, or those that a step that went wrong, or a person, left out. */
void plan_rows_put(Effects *fx, const Plan *plan);
void plan_rows_put_step(Effects *fx, const Plan *plan, const PlanStep *step);
void plan_rows_put_not_run(Effects *fx, const Plan *plan);

#endif
