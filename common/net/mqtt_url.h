/* The URLs of brokers: mqtt://host[:port] and mqtts://host[:port], default ports 1883 and 8883; an
 * IPv6 address stands in brackets. Nothing may follow the port. */
#ifndef COMMON_NET_MQTT_URL_H
#define COMMON_NET_MQTT_URL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct MqttUrl {
    bool is_tls;
    char *host; /* without brackets */
    uint16_t port;
} MqttUrl;

/* On success the caller clears the result. */
bool mqtt_url_parse(const char *text, MqttUrl *out, GError **error);
void mqtt_url_clear(MqttUrl *url);

#endif
