/*
 * What people hear when the disk is full: the rows of a turn could not be stored, so nothing of it
 * happened, and whoever asked for something is told so. Remembers the chats of agentctl that were
 * refused, since a copy of one may still be on its way when there is room again: it gets the same
 * answer. Does nothing itself.
 */
#ifndef AGENT1_APP_REFUSALS_H
#define AGENT1_APP_REFUSALS_H

#include "agent1/port/effect.h"
#include "agent1/port/event.h"
#include "common/base/ids.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Refusals Refusals;

Refusals *refusals_new(void);
void refusals_free(Refusals *refusals);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Refusals, refusals_free)

/* An effect of a batch that is about to be stored, or was when that failed; then: they all are. */
void refusals_watch(Refusals *refusals, const Effect *effect);
void refusals_stored(Refusals *refusals);

/* Turns an outward effect of a turn that was not stored into what leaves in its place. False: it is
 * left out. */
bool refusals_rewrite(Refusals *refusals, Effect *effect, int64_t boot_ms);

/* The sayings for those who wrote on XMPP within that batch and would have been answered later. The
 * caller owns them. */
Effects *refusals_of_unanswered(const Refusals *refusals, int64_t now_ms,
                                const uint8_t seed[IDS_SEED_BYTES]);

/* The answer to a chat that was refused before; NULL: it was not. Borrowed until the next call. */
const Effect *refusals_find(Refusals *refusals, const Event *event);

#endif
