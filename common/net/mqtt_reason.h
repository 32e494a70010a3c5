/* Why a connection did not come about, or ended, in words for people. */
#ifndef COMMON_NET_MQTT_REASON_H
#define COMMON_NET_MQTT_REASON_H

#include "common/net/mqtt_url.h"

#include <stdbool.h>

/* The words for a code of DISCONNECT, SUBACK or PUBACK (MQTT 5, 2.4: from 0x80 on). The caller owns
 * them. */
char *mqtt_reason_of_code(int code);

/* The words for a code of CONNACK: the same, and 1 to 5 of MQTT 3.1.1 (3.2.2.3). */
char *mqtt_reason_of_connack(int code);

/* True for the two codes that say: this version of MQTT is not spoken here. */
bool mqtt_reason_is_version(int code);

/* The words for the lines that OpenSSL gave. The caller owns them. */
char *mqtt_reason_of_tls(const char *openssl_lines);

/*
 * Looks the host up and connects to it once, because paho tells neither "no such host" from
 * "connection refused" nor either from the rest. Blocks for some seconds at the worst. Returns NULL
 * when a connection could be made. The caller owns the text.
 */
char *mqtt_reason_by_trying(const MqttUrl *url);

#endif
