/*
 * A bare MQTT 3.1.1 client (OASIS, clean session, no keep-alive) for the measuring clients: QoS 1
 * both ways, acknowledged at once. What is published does not wait for its PUBACK.
 */
#ifndef TESTS_BENCH_PACKETS_H
#define TESTS_BENCH_PACKETS_H

#include "tests/bench/link.h"

typedef struct Packets {
    Link link;
    guint16 next_id;
    bool is_up; /* the broker took the connection */
    void (*on_message)(const char *topic, const char *payload, gsize length, void *data);
    void *data;
} Packets;

void packets_connect(Packets *packets, unsigned port, const char *client_id, const char *user,
                     const char *password);

/* Waits for the SUBACK. */
void packets_subscribe(Packets *packets, const char *filter);

/* The same without waiting: for a link that was begun. What is refused ends the program. */
void packets_ask_connect(Packets *packets, const char *client_id, const char *user,
                         const char *password);
void packets_ask_subscribe(Packets *packets, const char *filter);

void packets_publish(Packets *packets, const char *topic, const void *payload, gsize length);

/* Waits, and tells on_message of all that came. False when nothing came in time. */
bool packets_wait(Packets *packets, int timeout_ms);

#endif
