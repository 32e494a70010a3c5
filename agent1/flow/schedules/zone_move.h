/*
 * The installation's zone is another than before, and with it the wall on which the times of its
 * schedules stand: those that were decided there stay decided, also where the new wall shows them
 * once more; those that it never showed have passed. What every zone shows goes on as it was: any
 * hour, an interval, an instant.
 */
#ifndef AGENT1_FLOW_SCHEDULES_ZONE_MOVE_H
#define AGENT1_FLOW_SCHEDULES_ZONE_MOVE_H

#include "agent1/flow/schedules/schedule_book.h"

/* For a schedule without a zone of its own, whose clock is the new one already. False: nothing is
 * to be stored. */
bool zone_move_schedule(Core *core, Schedule *schedule, const WallClock *from);

/* When its next time would have been by the clock of before; false when that is the same. */
bool zone_move_before(Core *core, const Schedule *schedule, const WallClock *from, int64_t *out_ms);

#endif
