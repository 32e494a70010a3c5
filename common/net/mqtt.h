/*
 * An MQTT client on the main loop, over libmosquitto: MQTT 5, and 3.1.1 for a day where a broker
 * refuses 5 or hangs up twice before CONNACK. Clean start, session expiry 0, QoS 1.
 *
 * No thread of its own, and idle it wakes for keep-alive only: a ping after half the keep-alive
 * time, and after 1.5 times of it without a byte the connection counts as broken. Names are looked
 * up, and certificates read, on an errand's thread; a connect waits for nothing.
 *
 * Reconnects by itself with full jitter (RECONNECT_MAX_MS), and has a will made anew for each
 * connection. Keeps nothing over a disconnect: what must arrive is in the caller's outbox.
 *
 * A message is acknowledged to the broker before `message` is called, so PUBACK promises the
 * sender nothing: a receipt of our own does. Messages that come while the loop stands still wait in
 * the broker.
 *
 * All functions and handlers belong to the main thread. Handlers may call every function here,
 * mqtt_free() and mqtt_drop() included, but make_will none of them. mqtt_publish() calls no
 * handler.
 */
#ifndef COMMON_NET_MQTT_H
#define COMMON_NET_MQTT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Mqtt Mqtt;

typedef struct MqttSettings {
    const char *url; /* mqtt://host[:port] or mqtts://host[:port]; default ports 1883 and 8883 */
    const char *username;  /* NULL: anonymous */
    const char *password;  /* NULL: none */
    const char *ca_file;   /* mqtts: NULL: the system's */
    const char *cert_file; /* mqtts: client certificate, NULL: none */
    const char *key_file;
    const char *client_id;
    const char *const *filters; /* NULL-terminated; subscribed before `connected` is called */
    unsigned keep_alive_s;      /* 5 … 3600; a broker of MQTT 5 may shorten it */
} MqttSettings;

typedef struct MqttMessage {
    const char *topic;
    const char *payload; /* NUL-terminated, too */
    size_t length;
    bool is_retained;
} MqttMessage;

typedef struct MqttHandlers {
    /* A connection stands and the subscriptions are made. */
    void (*connected)(void *data);
    /* It is gone, or an attempt failed; reason is for people ("bad user name or password"), and
     * next_ms how long until the next attempt. Called once per attempt. */
    void (*disconnected)(const char *reason, int64_t next_ms, void *data);
    /* A broker may send what is retained before it confirms the subscription: then this comes
     * before `connected`. */
    void (*message)(const MqttMessage *message, void *data);
    /* The broker has taken the publication with this token (PUBACK). Promises nothing more. May be
     * NULL. */
    void (*published)(unsigned token, void *data);
    /* The broker refuses it, for this reason: only MQTT 5 can say so (4.9 of 3.1.1: a broker that
     * does not let one publish may acknowledge all the same). May be NULL. */
    void (*publication_refused)(unsigned token, const char *reason, void *data);
    /* Called instead of disconnected where the broker refuses the subscriptions. NULL: it is not.
     */
    void (*subscription_refused)(const char *reason, int64_t next_ms, void *data);
    /* Makes the last will of the coming connection: the payload (owned by the client afterwards)
     * and its topic (owned too); NULL for none. May be NULL. The will is QoS 1 and retained. */
    char *(*make_will)(char **out_topic, size_t *out_length, void *data);
} MqttHandlers;

/* True when the text is a URL this client understands (for tables of fields). */
bool mqtt_url_is_valid(const char *url);

/* Copies the settings; begins to connect at once (the first attempt without delay). Fails only on
 * settings that can never work (URL, unreadable certificate files): PROBLEM_VALUE, PROBLEM_IO. */
Mqtt *mqtt_new(const MqttSettings *settings, const MqttHandlers *handlers, void *data,
               GError **error);

/* Disconnects in good order, waiting at most 1 s, so that the will is not sent. */
void mqtt_free(Mqtt *mqtt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mqtt, mqtt_free)

/* Closes the connection as it is, without waiting for anything: the broker sends the will, if there
 * is one. */
void mqtt_drop(Mqtt *mqtt);

bool mqtt_is_connected(const Mqtt *mqtt);

/* Gives a connection up that stands, for this reason, and makes another as after any other end of
 * it: `disconnected` is called, and the broker sends the will. Nothing where none stands. */
void mqtt_renew(Mqtt *mqtt, const char *reason);

typedef struct MqttProperties {
    const char *content_type; /* NULL: none. All are hints, left out on 3.1.1 */
    const char *response_topic;
    const char *correlation;
    uint32_t expiry_s; /* 0: none */
    bool is_probe;     /* no hint: a refusal is what is hoped for, and is not logged */
} MqttProperties;

/* Publishes with QoS 1. Returns a token > 0 for `published`, or 0 when it is not connected or the
 * client's buffer is full, at 10,000 publications or 16 MiB that the broker has not taken (nothing
 * was sent: the caller's outbox will try again). properties may be NULL. */
unsigned mqtt_publish(Mqtt *mqtt, const char *topic, const char *payload, size_t length,
                      bool is_retained, const MqttProperties *properties);

#endif
