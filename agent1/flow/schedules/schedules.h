/*
 * The life of schedules: each occurrence becomes exactly one run, or a row that says why not, in
 * the same transaction in which the schedule notes that this time is decided. So a crash repeats
 * none and forgets none; what a time finds that has passed meanwhile is made up for, or missed, by
 * the schedule's own rule.
 */
#ifndef AGENT1_FLOW_SCHEDULES_SCHEDULES_H
#define AGENT1_FLOW_SCHEDULES_SCHEDULES_H

#include "agent1/flow/schedules/schedule_book.h"

/* The files were read, or agent1 starts: takes up what is new in tasks_schedule.json, begins anew
 * what was changed, and tells of what was lost. zone_before is the installation's zone that counted
 * until now, if it is another one; else NULL. */
void schedules_settle(Core *core, GTimeZone *zone_before);

/* Does what is due. */
void schedules_tick(Core *core);
int64_t schedules_next_deadline(const Core *core);

/* The wall clock was put back. */
void schedules_set_back(Core *core);

/* Everything below changes the file tasks_schedule.json too, or what the store keeps of it. */

/* A new one, as its maker confirmed it; entry->id is free. */
void schedules_make(Core *core, TaskEntry *entry);

/* Takes it out of the file. by: the user whose wish it is, who is told if a save of the file brings
 * it back; NULL: nobody's. */
void schedules_cancel(Core *core, Schedule *schedule, const char *by);

/* Holds it: what falls into that time does not happen, and has no row. by NULL: goes on from now.
 */
void schedules_hold(Core *core, Schedule *schedule, const char *by);

#endif
