/*
 * The socket of a connection that paho made, and what paho leaves undone with it: TCP_NODELAY and
 * TCP_QUICKACK (44 ms and more per round trip otherwise), close-on-exec, room for a whole frame,
 * and sleep that ends when something arrives. To be used from paho's callbacks only.
 */
#ifndef COMMON_NET_MQTT_SOCKET_H
#define COMMON_NET_MQTT_SOCKET_H

#include <stdint.h>
#include <sys/types.h>

typedef struct MqttSocket {
    int fd; /* -1: not found */
    ino_t inode;
} MqttSocket;

/* Finds the socket that was connected to port last, and sets its options. */
void mqtt_socket_claim(MqttSocket *mqtt_socket, uint16_t port);

/* Acknowledges what has arrived at once, and what comes next, too. Linux forgets the wish after a
 * while, hence again in every callback. */
void mqtt_socket_quick_ack(const MqttSocket *mqtt_socket);

#endif
