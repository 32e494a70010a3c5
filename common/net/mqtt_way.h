/*
 * The way to a broker: the addresses of its host, and for TLS what mqtt_tls.h reads from files.
 * Both may block (a name server, a disk), so they are sought on an errand's thread; a literal
 * address without TLS needs no search.
 */
#ifndef COMMON_NET_MQTT_WAY_H
#define COMMON_NET_MQTT_WAY_H

#include "common/net/mqtt.h"
#include "common/net/mqtt_url.h"

#include <openssl/ssl.h>

typedef struct MqttWay {
    GStrv addresses; /* numeric, in the system's order, 1 to 4; of no use when there is a problem */
    SSL_CTX *tls;    /* NULL: no TLS */
    char *problem;   /* in words for people: why there is no way */
} MqttWay;

void mqtt_way_clear(MqttWay *way);

/* True when mqtt_way_find() does not block for these. */
bool mqtt_way_is_short(const MqttUrl *url);

/* Blocks as long as the name server takes. The caller clears the result. */
void mqtt_way_find(const MqttUrl *url, const MqttSettings *settings, MqttWay *out);

typedef struct MqttSearch MqttSearch;

/* Seeks on a thread of its own and then calls found from the loop, once; found may take the content
 * of the way. The search frees itself. */
MqttSearch *mqtt_search_start(const MqttUrl *url, const MqttSettings *settings,
                              void (*found)(MqttWay *way, void *data), void *data);

/* Found will not be called. The thread ends when it can. NULL is allowed. */
void mqtt_search_abandon(MqttSearch *search);

#endif
