/*
 * One occurrence: through the gate, as the schedule's maker with the rights that he has now, to a
 * run, or to a row that says why there is none.
 */
#ifndef AGENT1_FLOW_SCHEDULES_FIRING_H
#define AGENT1_FLOW_SCHEDULES_FIRING_H

#include "agent1/flow/schedules/schedule_book.h"
#include "agent1/model/gate.h"

/* Decides the next occurrence of a schedule if it is due now, and moves its mark; stores its row.
 */
void firing_do_next(Core *core, Schedule *schedule);

/* What the gate says of the schedule's task at a time (0: now, with all that holds now). */
void firing_judge(const Core *core, const Schedule *schedule, int64_t at_ms, Verdict *out);

#endif
