/*
 * The executor: carries events from the edges into the core, and the core's effects out again. What
 * is stored commits first; what goes outward leaves after that commit, in order; one batch is in
 * flight, and what happens meanwhile forms the next one.
 */
#ifndef AGENT1_APP_EXECUTOR_H
#define AGENT1_APP_EXECUTOR_H

#include "agent1/app/config.h"
#include "common/wire/key.h"

#include <glib.h>
#include <stdbool.h>

typedef struct Executor Executor;

/* Opens the store, restores the core, and begins to connect. config is taken over, and so is
 * checked, a core that was configured with it and has done nothing yet. failed is called on the
 * main loop when the process must end (the store broke). */
Executor *executor_new(Config *config, Core *checked, void (*failed)(void *data), void *data,
                       GError **error);

/* Disconnects in good order, finishes what was committed, and closes the store. */
void executor_free(Executor *executor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Executor, executor_free)

/* Reads the configuration anew; on failure the running one stays, and the error says why. */
bool executor_reload(Executor *executor, const char *folder, GError **error);

/* The folder that the settings name for the database and the key. The caller owns it. */
char *executor_state_dir(const Config *config, const Settings *settings);

/* This program's key pair: read, or made, in the state folder. */
bool executor_load_key(const Config *config, const Settings *settings, Key *out_secret,
                       GError **error);

#endif
