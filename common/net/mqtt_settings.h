/* The settings of a client, as a copy that lives as long as it does. */
#ifndef COMMON_NET_MQTT_SETTINGS_H
#define COMMON_NET_MQTT_SETTINGS_H

#include "common/net/mqtt.h"

#include <glib.h>
#include <stdbool.h>

/* False when a certificate file cannot be read: PROBLEM_IO. */
bool mqtt_settings_check_files(const MqttSettings *settings, GError **error);

/* Copies every text; filters is never NULL in the copy. */
void mqtt_settings_copy(MqttSettings *to, const MqttSettings *from);
void mqtt_settings_clear(MqttSettings *copy);

#endif
