/*
 * Reading people's files anew while agent1 is at work: on a thread of its own, since
 * tasks_schedule.json may be large; what was read and found good is handed over whole. A change
 * during a reading is read after it.
 *
 * An edit that agent1 itself makes to tasks_schedule.json is not read anew: it is known by the
 * stamps of what it was made to and of what was written. An edit that is made during a reading is
 * told to the core after it, so that it counts as open, and what was read is laid under it.
 */
#ifndef AGENT1_APP_RELOAD_H
#define AGENT1_APP_RELOAD_H

#include "agent1/app/executor.h"

typedef struct Reload Reload;

/* The executor and the folder outlive it. */
Reload *reload_new(const char *folder, Executor *executor);

/* Waits for a reading to end; what it read is not used. */
void reload_free(Reload *reload);

/* Somebody asks for it, and everything is read; or something may have changed, and what has not is
 * left. */
void reload_all(Reload *reload);
void reload_changed(Reload *reload);

#endif
