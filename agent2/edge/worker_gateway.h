/*
 * The worker's MQTT gateway: frames in, events out; messages in, frames out. Opens and seals;
 * refuses what is retained, oversized, unsigned, of a strange key, forged or no message before the
 * core sees it; counts what it refused, and logs that at most once a minute. Who may say what is
 * the core's (agent2/flow/worker_admission.h).
 */
#ifndef AGENT2_EDGE_WORKER_GATEWAY_H
#define AGENT2_EDGE_WORKER_GATEWAY_H

#include "common/sys/in_hand.h"
#include "agent2/port/worker_effect.h"
#include "agent2/port/worker_event.h"
#include "common/net/mqtt.h"
#include "common/wire/key.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WorkerGateway WorkerGateway;

typedef struct WorkerGatewayHandlers {
    /* Takes the event over: MESSAGE, SET_ASIDE, LINK_UP, LINK_DOWN. What it does is done with the
     * message in hand. */
    void (*event)(WorkerEvent *event, void *data);
    /* True while no message can be taken: it is dropped, agent1 repeats it. */
    bool (*is_busy)(void *data);
    /* The last will of the coming connection and the key it is for (borrowed); NULL for none. The
     * caller owns the message. */
    Message *(*make_will)(const char **out_peer, void *data);
    /* The broker has taken everything that was published. May be NULL. */
    void (*drained)(void *data);
} WorkerGatewayHandlers;

typedef struct WorkerGatewaySettings {
    const char *name;  /* of the agent */
    MqttSettings mqtt; /* client_id and filters are the gateway's own */
    const Key *secret;
    bool is_sealed;        /* false: every frame is clear, for debugging */
    const GPtrArray *keys; /* char *, the orchestrator's, as key_print() writes them */
    InHand *in_hand;       /* outlives the gateway */
} WorkerGatewaySettings;

/* Begins to connect; copies the settings. All handlers are called on the main loop. */
WorkerGateway *worker_gateway_new(const WorkerGatewaySettings *settings,
                                  const WorkerGatewayHandlers *handlers, void *data,
                                  GError **error);
void worker_gateway_free(WorkerGateway *gateway);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerGateway, worker_gateway_free)

/* Other keys of the orchestrator. Those that are no keys are left out. */
void worker_gateway_set_keys(WorkerGateway *gateway, const GPtrArray *keys);

/* What cannot be sent now is lost: the core repeats what must arrive. */
void worker_gateway_publish(WorkerGateway *gateway, const WorkerPublish *publish);

/* A word where the broker's ACL must forbid it; who hears it warns. NULL: nothing. */
void worker_gateway_probe(WorkerGateway *gateway);

/* Gives the connection up and makes another, with subscriptions of its own; why is for people.
 * NULL: nothing. */
void worker_gateway_renew(WorkerGateway *gateway, const char *why);

/* How many publications the broker has not taken yet. */
unsigned worker_gateway_outstanding(const WorkerGateway *gateway);

/* Messages refused, for the log and for tests. */
uint64_t worker_gateway_refused(const WorkerGateway *gateway);

#endif
