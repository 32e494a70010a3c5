/*
 * What people publish by agent1 on topics of others: the broker takes it, refuses it, or never has
 * it, and its answer comes, or does not. As gateway.c does, an edge hands a message over once, and
 * says what became of it: unknown where the connection ends first.
 */
#ifndef TESTS_SIMULATE_PUBLISHER_H
#define TESTS_SIMULATE_PUBLISHER_H

#include "agent1/port/effect.h"
#include "tests/simulate/broker.h"
#include "tests/simulate/sim.h"

/* client: agent1's. */
Publisher *publisher_new(Sim *sim, const BrokerClient *client);
void publisher_free(Publisher *publisher);

/* agent1's link went up, or down; its process ended. */
void publisher_link_up(Publisher *publisher);
void publisher_link_down(Publisher *publisher);
void publisher_leave(Publisher *publisher);

/* A message that somebody wants to hear of. */
void publisher_publish(Publisher *publisher, const EffectPlain *plain);

#endif
