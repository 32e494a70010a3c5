/*
 * The MQTT gateway: frames in, events out; effects in, frames out. Opens and seals; refuses what is
 * retained, oversized, forged or no message before the core sees it. Who may say what is the core's
 * (agent1/flow/admission.h).
 */
#ifndef AGENT1_EDGE_GATEWAY_H
#define AGENT1_EDGE_GATEWAY_H

#include "agent1/port/effect.h"
#include "common/net/mqtt.h"
#include "common/sys/in_hand.h"
#include "common/sys/mailbox.h"
#include "common/wire/key.h"

#include <glib.h>
#include <stdbool.h>

typedef struct Gateway Gateway;

/* Home Assistant on the same broker. */
typedef struct GatewayHouse {
    const char *birth_topic; /* where it says that it started; NULL: it is not served */
} GatewayHouse;

/* Begins to connect. The client id and the filters of settings are the gateway's own; the rest is
 * copied. events is the mailbox for Event *, which outlives the gateway. is_sealed false makes
 * every frame clear, for debugging. in_hand holds what is decoded, so that the third crash on one
 * message sets it aside; it outlives the gateway, too. */
Gateway *gateway_new(const MqttSettings *settings, const GatewayHouse *house, const Key *secret,
                     bool is_sealed, InHand *in_hand, Mailbox *events, GError **error);
void gateway_free(Gateway *gateway);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Gateway, gateway_free)

/* The effects of the same names. What cannot be sent now is lost: the core's outbox repeats it, and
 * where an effect has an id the core hears of it. */
void gateway_publish(Gateway *gateway, const EffectPublish *publish);
void gateway_publish_plain(Gateway *gateway, const EffectPlain *plain);
void gateway_listen(Gateway *gateway, const EffectListen *listen);
void gateway_trust(Gateway *gateway, const GPtrArray *keys);

/* How many messages were refused, and so became no event. NULL has refused none. */
uint64_t gateway_refused(const Gateway *gateway);

#endif
