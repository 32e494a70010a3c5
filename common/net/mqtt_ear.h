/*
 * Whether a connection that stands brings what it owes. A broker may keep a connection, answer its
 * pings and take what it says, and yet deliver nothing on a subscription of it: seen with a cluster
 * of NATS of which two nodes were killed one soon after the other. Only the owner knows when
 * something must come; when it does not, he connects anew.
 *
 * Perhaps the other side is simply away: each time in a row it waits twice as long.
 */
#ifndef COMMON_NET_MQTT_EAR_H
#define COMMON_NET_MQTT_EAR_H

#include <glib.h>

/* So often the wait is doubled at most. */
#define MQTT_EAR_DOUBLED_MAX 6

typedef struct MqttEar MqttEar;

/* deaf is called from the main loop, wait_ms after the first that was owed. */
MqttEar *mqtt_ear_new(unsigned wait_ms, void (*deaf)(void *data), void *data);
void mqtt_ear_free(MqttEar *ear);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MqttEar, mqtt_ear_free)

/* Something will come, or must. Said again, it changes nothing. */
void mqtt_ear_expect(MqttEar *ear);

/* Something came: nothing is owed any more. */
void mqtt_ear_heard(MqttEar *ear);

/* The connection is gone: nothing can come. */
void mqtt_ear_rest(MqttEar *ear);

#endif
