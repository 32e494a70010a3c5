/*
 * A handle of libmosquitto, set up for one connection, and the packets that we have it write. When
 * to call the library is mqtt_link.c's business, what it calls back mqtt_inbox.c's.
 */
#ifndef COMMON_NET_MQTT_HANDLE_H
#define COMMON_NET_MQTT_HANDLE_H

#include "common/net/mqtt.h"
#include "common/net/mqtt_url.h"

#include <mosquitto.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct MqttHandleOptions {
    const MqttUrl *url;
    const MqttSettings *settings;
    SSL_CTX *tls; /* NULL: no TLS. Nobody else may use it */
    bool is_version_5;
    unsigned ping_s;        /* 5 or more: the library pings after so much silence */
    const char *will_topic; /* NULL: no will */
    const char *will_payload;
    size_t will_length;
} MqttHandleOptions;

/* NULL when the library refuses a setting (text that is not UTF-8, too long). */
struct mosquitto *mqtt_handle_new(const MqttHandleOptions *options, void *data);

/* With the context of its options, also where it was not made. */
void mqtt_handle_free(struct mosquitto *handle, SSL_CTX *tls);

/* These return a result of the library (MOSQ_ERR_…). */

/* Sets off to a numeric address, without waiting for anything. errno tells of MOSQ_ERR_ERRNO. */
int mqtt_handle_connect(struct mosquitto *handle, const char *address, uint16_t port,
                        unsigned ping_s);
int mqtt_handle_subscribe(struct mosquitto *handle, const char *const *filters);

/* Asks for any answer at all: to stop a subscription that there is not. */
int mqtt_handle_ask(struct mosquitto *handle);

/* Properties may be NULL, and must be on 3.1.1. */
int mqtt_handle_publish(struct mosquitto *handle, int *out_id, const char *topic,
                        const char *payload, size_t length, bool is_retained,
                        const MqttProperties *properties);

/* Writes what waits, and DISCONNECT, and lets the broker read it, at most until the deadline, which
 * is of mqtt_source_now_ms(). */
void mqtt_handle_say_goodbye(struct mosquitto *handle, int64_t deadline_ms);

#endif
