/*
 * The life of plans (agent1/model/plan.h): their steps become runs when their stage comes, each
 * through the gate of that moment; what becomes of a run is told to its plan, and the next stage is
 * made in the same turn, so that both are stored together. A plan is told of once, at its end.
 *
 * While agent1 sleeps no step begins; the plans go on when it wakes.
 */
#ifndef AGENT1_FLOW_RUNS_PLANS_H
#define AGENT1_FLOW_RUNS_PLANS_H

#include "agent1/flow/voice/turn.h"
#include "agent1/model/plan.h"

/* Steps of plans that are not over, all together. */
#define PLANS_STEPS_MAX 10000

/* A plan with the next number, for the turn's speaker; nothing is stored yet. The caller adds its
 * steps. */
Plan *plans_new(Core *core, const Turn *turn, PlanKind kind, const char *task);

/* Takes the plan over, begins its first stage, and says what began. The names of agents that
 * refused it only for now are added to `later` (NULL: they are not), with commas between. */
void plans_begin(Core *core, Turn *turn, Plan *plan, GString *later);

/* True when there is room for so many further steps. */
bool plans_have_room(const Core *core, unsigned steps);

/* The plan of this number that is not over, or NULL. */
Plan *plans_find(const Core *core, int64_t number);

/* Cancels what of it is at work or waits, and runs no more of it; says so. */
void plans_cancel(Core *core, Turn *turn, Plan *plan);

/* agent1 woke, or started: what may begin begins. The turn (NULL: none) is told which go on. */
void plans_go_on(Core *core, Turn *turn);

/* At the start, before plans_go_on(): what a lost row left behind is put right. */
void plans_restore(Core *core, const Row *row);
void plans_restore_step(Core *core, const Row *row);
void plans_start(Core *core);

/* Whatever news of runs, or time, made possible. */
void plans_tick(Core *core);
/* The wall clock was put back: what waits for a time looks now. */
void plans_hurry(Core *core);
int64_t plans_next_deadline(const Core *core);

#endif
