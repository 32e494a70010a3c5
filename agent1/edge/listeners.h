/*
 * Subscriptions that people asked for by chat: each has a connection of its own to the broker, so
 * that nothing of it comes in on agent1's own topics, overlapping filters deliver once, and the
 * broker's answer to one says nothing about another. A connection comes again by itself.
 *
 * However much comes, the core hears of it once in LISTEN_GATHER_MS at most, and of few messages a
 * second; the rest is counted. What the broker retains is delivered anew at each connection, and
 * left out where it was heard before.
 */
#ifndef AGENT1_EDGE_LISTENERS_H
#define AGENT1_EDGE_LISTENERS_H

#include "agent1/port/effect.h"
#include "common/net/mqtt.h"
#include "common/sys/mailbox.h"

#include <glib.h>

/* Messages of one subscription come together: so long after the ones before. */
#define LISTEN_GATHER_MS 2000
/* On average so many a second. */
#define LISTEN_PER_S 5

typedef struct Listeners Listeners;

/* Copies the settings; their client id and filters are not used. events is the mailbox for Event *,
 * which outlives the listeners. */
Listeners *listeners_new(const MqttSettings *settings, Mailbox *events);
void listeners_free(Listeners *listeners);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listeners, listeners_free)

/* The effect of that name. A subscription that stands already stays as it is. */
void listeners_do(Listeners *listeners, const EffectListen *listen);

#endif
