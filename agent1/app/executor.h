/*
 * The executor: carries events from the edges into the core, and the core's effects out again. What
 * is stored commits first; what goes outward leaves after that commit, in order; one batch is in
 * flight, and what happens meanwhile forms the next one.
 */
#ifndef AGENT1_APP_EXECUTOR_H
#define AGENT1_APP_EXECUTOR_H

#include "agent1/app/config.h"

#include <glib.h>
#include <stdbool.h>

#define TASKS_FILE "tasks_schedule.json"

typedef struct Executor Executor;

/* Opens the store, restores the core, and begins to connect. config is taken over, and so is
 * checked, a core that was configured with it and has done nothing yet. failed is called on the
 * main loop when the process must end (the store broke). */
Executor *executor_new(Config *config, Core *checked, void (*failed)(void *data), void *data,
                       GError **error);

/* Disconnects in good order, finishes what was committed, and closes the store. */
void executor_free(Executor *executor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Executor, executor_free)

/* What runs. Borrowed until it takes other files. */
const Config *executor_config(const Executor *executor);

/* Files that were read anew: config is taken over; what the core leaves of the reading is the
 * caller's to free. Or they were not good: people are told, and the running configuration stays. */
void executor_take_files(Executor *executor, Config *config, CoreReading *reading);
void executor_refuse_files(Executor *executor, const GError *error);

/* An edit of a file was made (EVENT_FILE_EDITED): asked before the core hears of it. True: the
 * event is the asked one's, who hands it in later. */
typedef bool (*EditWatch)(Event *event, void *data);

void executor_watch_edits(Executor *executor, EditWatch watch, void *data);

/* True while an edit of tasks_schedule.json was asked for and not answered yet: the file may be
 * what the core knows, or not. */
bool executor_is_editing_tasks(const Executor *executor);

void executor_take_event(Executor *executor, Event *event);

#endif
