/* The lock of a state folder: two workers with one journal would start tasks twice. */
#ifndef AGENT2_APP_STATE_LOCK_H
#define AGENT2_APP_STATE_LOCK_H

#include <glib.h>

/* A descriptor that holds the lock; -1 with an error when another process has it. Held until it is
 * released, or this process ends: take it after every fork that outlives this process. */
int state_lock_take(const char *state_dir, GError **error);
void state_lock_release(int fd);

#endif
