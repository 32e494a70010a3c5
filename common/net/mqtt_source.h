/*
 * A source of the main loop for one socket and one time: it calls its handler when either is ready.
 * Each change of a source wakes the loop, so it is changed only where that makes a difference: a
 * time may come earlier than asked for. Times are of mqtt_source_now_ms().
 */
#ifndef COMMON_NET_MQTT_SOURCE_H
#define COMMON_NET_MQTT_SOURCE_H

#include <glib.h>
#include <stdint.h>

typedef struct MqttSource MqttSource;

/* ready: what the socket is ready for, or 0. The handler may free the source. */
MqttSource *mqtt_source_new(void (*handler)(GIOCondition ready, void *data), void *data);
void mqtt_source_free(MqttSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MqttSource, mqtt_source_free)

/* Watches the socket until mqtt_source_unwatch(), which comes before it is closed. */
void mqtt_source_watch(MqttSource *source, int fd, GIOCondition wanted);
void mqtt_source_unwatch(MqttSource *source);

/* 0: at once; INT64_MAX: never. */
void mqtt_source_arm(MqttSource *source, int64_t due_ms);

int64_t mqtt_source_now_ms(void);

#endif
