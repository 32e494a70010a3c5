/*
 * One connection to a broker, over a handle of libmosquitto and a source of the main loop: from
 * connect to its end, never twice. It decides nothing: what happens comes as events, from the loop,
 * and mqtt.c makes sense of them. It has no thread, and sleeps until the socket or a limit of time
 * wakes it.
 *
 * All functions may be called from the handler. All times are of mqtt_source_now_ms().
 */
#ifndef COMMON_NET_MQTT_LINK_H
#define COMMON_NET_MQTT_LINK_H

#include "common/net/mqtt_handle.h"
#include "common/net/mqtt_inbox.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct MqttLink MqttLink;

/* Begins to connect to the first of the addresses; copies what it needs, and takes over
 * options->tls in any case. Handler is called from the loop, with events in their order. NULL when
 * the library refuses the settings. */
MqttLink *mqtt_link_new(const MqttHandleOptions *options, GStrv addresses,
                        void (*handler)(const MqttLinkEvent *event, void *data), void *data);

/* Closes the connection as it is, so that the broker sends the will. No event comes afterwards. */
void mqtt_link_free(MqttLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MqttLink, mqtt_link_free)

/* Waits for the connection outside of the main loop, at most until the deadline, and handles what
 * comes. False when the link has ended. */
bool mqtt_link_turn(MqttLink *link, int64_t deadline_ms);

/* Sends what waits, and DISCONNECT, and lets the broker read it, at most until the deadline. Only
 * mqtt_link_free() may follow. */
void mqtt_link_say_goodbye(MqttLink *link, int64_t deadline_ms);

/* Subscribes to all filters, QoS 1. A failure comes as an event. */
void mqtt_link_subscribe(MqttLink *link, const char *const *filters);

/* Publishes with QoS 1. Returns the packet's id, or 0. */
int mqtt_link_publish(MqttLink *link, const char *topic, const char *payload, size_t length,
                      bool is_retained, const MqttProperties *properties);

#endif
