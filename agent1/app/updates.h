/*
 * Looks for a newer version of agent1 itself, for the core: EFFECT_UPDATE in, EVENT_UPDATE out.
 */
#ifndef AGENT1_APP_UPDATES_H
#define AGENT1_APP_UPDATES_H

#include "agent1/port/effect.h"
#include "common/sys/mailbox.h"

typedef struct Updates Updates;

/* events is borrowed. */
Updates *updates_new(Mailbox *events);
void updates_free(Updates *updates);

/* One look at a time: another one is answered "busy". */
void updates_look(Updates *updates, const EffectUpdate *update);

#endif
