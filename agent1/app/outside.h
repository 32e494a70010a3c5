/*
 * How things stand outside, for a core that is made anew while the disk is full: nobody tells it
 * twice. Which connections stand, whether the XMPP server takes files, and which messages it has
 * taken though their rows could not be removed. Does nothing itself.
 */
#ifndef AGENT1_APP_OUTSIDE_H
#define AGENT1_APP_OUTSIDE_H

#include "agent1/port/event.h"

#include <glib.h>

typedef struct Outside Outside;

Outside *outside_new(void);
void outside_free(Outside *outside);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outside, outside_free)

/* An event is about to be given to the core. */
void outside_note(Outside *outside, const Event *event);

/* What was noted so far is stored with the batch that begins; then: it is. */
void outside_batch_begins(Outside *outside);
void outside_batch_stored(Outside *outside);

/* The batch was not stored: the events (Event *) that a new core is to hear, in their order. The
 * caller unrefs the array, which frees them. */
GPtrArray *outside_tell(Outside *outside);

#endif
