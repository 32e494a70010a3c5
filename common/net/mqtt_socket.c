#include "common/net/mqtt_socket.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/limits.h"

#include "common/base/banned.h"

/* paho continues a write that the socket took in part only when its loop comes round, up to a
 * second later: so the largest frame and a small one should fit. */
#define SEND_BUFFER_BYTES (FRAME_MAX_BYTES + 64 * 1024)
#define FIRST_SLEEP_US    500

/* Of paho's receiving thread, which is the one that calls mqtt_socket_claim(). */
static _Thread_local MqttSocket receiving = { -1, 0 };
static _Thread_local useconds_t next_sleep_us = FIRST_SLEEP_US;

static bool has_peer_port(int fd, uint16_t port)
{
    struct sockaddr_in6 peer = { 0 }; /* the port stands at the same place as in sockaddr_in */
    socklen_t length = sizeof(peer);

    return getpeername(fd, (struct sockaddr *)&peer, &length) == 0 &&
           (peer.sin6_family == AF_INET || peer.sin6_family == AF_INET6) &&
           ntohs(peer.sin6_port) == port;
}

/* paho never sets TCP_NODELAY, so a socket that has it was claimed before, or is not paho's. */
static bool is_unclaimed(int fd)
{
    int has_no_delay = 0;
    socklen_t length = sizeof(has_no_delay);

    return getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &has_no_delay, &length) == 0 && !has_no_delay;
}

static void set_options(int fd)
{
    const int on = 1;
    const int send_buffer_bytes = SEND_BUFFER_BYTES;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes, sizeof(send_buffer_bytes));
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void mqtt_socket_claim(MqttSocket *mqtt_socket, uint16_t port)
{
    DIR *descriptors = opendir("/proc/self/fd");
    const struct dirent *entry;
    struct stat status;

    *mqtt_socket = (MqttSocket){ -1, 0 };
    while (descriptors && (entry = readdir(descriptors))) {
        gint64 fd = -1;

        if (!g_ascii_isdigit(entry->d_name[0]))
            continue;
        fd = g_ascii_strtoll(entry->d_name, NULL, 10);
        if (has_peer_port((int)fd, port) && is_unclaimed((int)fd) && fstat((int)fd, &status) == 0)
            *mqtt_socket = (MqttSocket){ (int)fd, status.st_ino };
    }
    if (descriptors)
        closedir(descriptors);

    if (mqtt_socket->fd >= 0)
        set_options(mqtt_socket->fd);
    receiving = *mqtt_socket;
    next_sleep_us = FIRST_SLEEP_US;
    mqtt_socket_quick_ack(mqtt_socket);
}

void mqtt_socket_quick_ack(const MqttSocket *mqtt_socket)
{
    const int on = 1;

    if (mqtt_socket->fd >= 0)
        setsockopt(mqtt_socket->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

/* ---- sleep ------------------------------------------------------------------------------------
 */

static bool is_paho_receiver(void)
{
    char name[16] = { 0 }; /* of a thread; see prctl(2) */

    return prctl(PR_GET_NAME, name) == 0 && strcmp(name, "MQTTAsync_rcv") == 0;
}

/* True when the descriptor is still that socket, and nothing waits in it that paho does not want
 * (it reads only while it can write as well). */
static bool can_wait_for(const MqttSocket *mqtt_socket)
{
    struct pollfd readable = { .fd = mqtt_socket->fd, .events = POLLIN };
    struct stat status;

    return mqtt_socket->fd >= 0 && fstat(mqtt_socket->fd, &status) == 0 &&
           status.st_ino == mqtt_socket->inode && poll(&readable, 1, 0) == 0;
}

static int sleep_us(useconds_t duration_us)
{
    const struct timespec duration = { .tv_sec = duration_us / 1000000,
                                       .tv_nsec = (long)(duration_us % 1000000) * 1000 };

    return nanosleep(&duration, NULL);
}

/*
 * The usleep(3) of this program, for paho's sake: its receiving thread (MQTTAsync_cycle in 1.3.12)
 * sleeps 100 ms after each second in which nothing arrived, and what arrives in that time waits;
 * and as long between two looks for its first socket. Here that thread sleeps on its connection,
 * and while it has none, at first shortly. For all other threads this is usleep(3).
 */
int usleep(useconds_t duration_us)
{
    struct pollfd readable = { .fd = receiving.fd, .events = POLLIN };

    if (!is_paho_receiver())
        return sleep_us(duration_us);
    if (can_wait_for(&receiving))
        return poll(&readable, 1, (int)(duration_us / 1000)) < 0 ? -1 : 0;

    next_sleep_us = MIN(next_sleep_us * 2, duration_us);
    return sleep_us(next_sleep_us);
}
