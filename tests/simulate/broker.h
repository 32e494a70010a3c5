/*
 * The broker and the links to it. It may lose, double, delay and so reorder whatever passes; a kill
 * loses everything in it, acknowledged or not, and in half the cases what it retained; a partition
 * swallows both directions until somebody notices. It holds retained statuses and sends last wills.
 */
#ifndef TESTS_SIMULATE_BROKER_H
#define TESTS_SIMULATE_BROKER_H

#include "common/wire/message.h"
#include "tests/simulate/sim.h"

/* What passes on the wire: the body as bytes, and what a frame proves. */
typedef struct Parcel {
    char *topic;
    char *body;
    char *sender; /* the key that made it */
    char *peer;   /* the only key that opens it */
    bool is_sealed;
    bool is_retained; /* as the receiver sees it */
    MessageKind kind; /* for the trace and for mutants */
} Parcel;

Parcel *parcel_new(const char *topic, const char *sender, const char *peer, bool is_sealed,
                   const Message *message);
Parcel *parcel_copy(const Parcel *parcel);
void parcel_free(void *parcel);

/* Decodes the body; the caller owns it. */
Message *parcel_open(const Parcel *parcel);

typedef struct BrokerClient BrokerClient;

typedef struct BrokerHandlers {
    bool (*wants)(void *owner, const char *topic);
    void (*message)(void *owner, const Parcel *parcel);
    void (*up)(void *owner);
    void (*down)(void *owner);
    Parcel *(*make_will)(void *owner); /* NULL: none */
} BrokerHandlers;

Broker *broker_new(Sim *sim);
void broker_free(Broker *broker);

/* A client that is not connected. Owned by the broker. */
BrokerClient *broker_add_client(Broker *broker, const char *name, const BrokerHandlers *handlers,
                                void *owner);

/* Begins to connect, and to connect again whenever the link goes down, until broker_leave(). */
void broker_join(BrokerClient *client);

/* The client's process ended: the broker publishes its will, unless it said goodbye. */
void broker_leave(BrokerClient *client, bool is_orderly);

/* Lost when the link is not up. Takes the parcel. */
void broker_publish(BrokerClient *client, Parcel *parcel, bool is_retained);

/* The faults. */
void broker_kill(Broker *broker);
void broker_cut(BrokerClient *client, int64_t for_ms);
BrokerClient *broker_random_client(Broker *broker);

bool broker_is_linked(const BrokerClient *client);

/* All clients that shall be connected are. */
bool broker_is_whole(const Broker *broker);

#endif
