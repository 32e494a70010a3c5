/*
 * One connection to a broker, over a handle of paho's MQTTAsync: from connect to its end, never
 * twice. It decides nothing: what happens is posted as events, and mqtt.c makes sense of them.
 *
 * paho calls back on its own threads and under its lock. These callbacks copy, post and return.
 * All functions here belong to the main thread.
 */
#ifndef COMMON_NET_MQTT_LINK_H
#define COMMON_NET_MQTT_LINK_H

#include "common/net/mqtt.h"
#include "common/net/mqtt_url.h"
#include "common/sys/mailbox.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    /* To the control mailbox, at most one of each kind from a link. */
    MQTT_LINK_OPENED,     /* CONNACK says yes */
    MQTT_LINK_SUBSCRIBED, /* SUBACK says yes to all filters */
    MQTT_LINK_FAILED,     /* there is or was a connection, and reason tells why no longer */
    MQTT_LINK_HUNG_UP,    /* closed by the broker between CONNECT and CONNACK */
    MQTT_LINK_UNREACHED,  /* no connection, and paho does not tell why */
    /* To the bulk mailbox. */
    MQTT_LINK_MESSAGE,
    MQTT_LINK_PUBLISHED, /* PUBACK */
    MQTT_LINK_REFUSED,   /* PUBACK with an error; reason */
} MqttLinkEventKind;

typedef struct MqttLinkEvent {
    MqttLinkEventKind kind;
    unsigned generation;
    int message_id; /* PUBLISHED, REFUSED */
    int code;       /* FAILED: of CONNACK, or 0 */
    char *reason;   /* for people */
    char *topic;    /* MESSAGE */
    char *payload;
    size_t length;
    bool is_retained;
} MqttLinkEvent;

void mqtt_link_event_free(MqttLinkEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MqttLinkEvent, mqtt_link_event_free)

typedef struct MqttLink MqttLink;

typedef struct MqttLinkOptions {
    const MqttUrl *url;
    const MqttSettings *settings;
    bool is_version_5;
    const char *will_topic; /* NULL: no will */
    const char *will_payload;
    size_t will_length;
    unsigned generation; /* comes back in each event */
    Mailbox *control;    /* must outlive the link */
    Mailbox *bulk;
} MqttLinkOptions;

/* Begins to connect. NULL when paho does not even begin. */
MqttLink *mqtt_link_new(const MqttLinkOptions *options);

/* Sends DISCONNECT where a connection stands, and closes it. No callback comes afterwards. Before
 * MQTT_LINK_OPENED it may block for as long as paho looks the host up. */
void mqtt_link_free(MqttLink *link);

/* Subscribes to all filters, QoS 1. */
bool mqtt_link_subscribe(MqttLink *link, const char *const *filters);

/* Publishes with QoS 1. Returns paho's message id, or 0. */
int mqtt_link_publish(MqttLink *link, const char *topic, const char *payload, size_t length,
                      bool is_retained, const MqttProperties *properties);

#endif
