/* A broker that is played byte by byte by a thread, for the tests of the MQTT client. Included by
 * one .c file per program. */
#ifndef TESTS_UNIT_COMMON_MQTT_PEER_H
#define TESTS_UNIT_COMMON_MQTT_PEER_H

#include "tests/unit/common/mqtt_fixture.h"

#define PACKET_MAX_BYTES (400 * 1024)
#define FRAME_BYTES      (256 * 1024)

/* ---- a peer -----------------------------------------------------------------------------------
 */

typedef struct Peer Peer;

struct Peer {
    int listener;
    uint16_t port;
    void (*play)(Peer *peer, int fd); /* for each connection */
    unsigned connections;             /* how many are played */
    GThread *thread;
    uint8_t *packet; /* the last one read */
    size_t length;
    unsigned round; /* of the connection under way */
    int published;  /* how far the test has come; atomic */
    /* What the play found, read after the thread's end. */
    size_t count;
    GByteArray *seen;
};

static inline bool read_all(int fd, void *out, size_t length)
{
    return length == 0 || recv(fd, out, length, MSG_WAITALL) == (ssize_t)length;
}

/* Reads one packet into peer->packet, the head left out; its first byte, or 0 at the end. */
static inline uint8_t read_packet(Peer *peer, int fd)
{
    uint8_t head;
    uint8_t byte;
    unsigned shift = 0;

    peer->length = 0;
    if (!read_all(fd, &head, 1))
        return 0;
    do {
        if (!read_all(fd, &byte, 1))
            return 0;
        peer->length |= (size_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);

    g_assert_cmpuint(peer->length, <=, PACKET_MAX_BYTES);
    return read_all(fd, peer->packet, peer->length) ? head : 0;
}

static inline void say(int fd, const void *bytes, size_t length)
{
    const uint8_t *next = bytes;

    while (length > 0) {
        ssize_t sent = send(fd, next, length, MSG_NOSIGNAL);

        if (sent <= 0)
            return;
        next += sent;
        length -= (size_t)sent;
    }
}

/* Up to SUBACK, with properties of CONNACK. */
static inline void welcome_with(Peer *peer, int fd, const uint8_t *properties, uint8_t length)
{
    const uint8_t connack[] = { 0x20, (uint8_t)(3 + length), 0, 0, length };

    read_packet(peer, fd);
    say(fd, connack, sizeof(connack));
    say(fd, properties, length);
    if (read_packet(peer, fd) == 0x82) {
        const uint8_t suback[] = { 0x90, 4, peer->packet[0], peer->packet[1], 0, 1 };

        say(fd, suback, sizeof(suback));
    }
}

static inline void welcome(Peer *peer, int fd)
{
    welcome_with(peer, fd, NULL, 0);
}

/* A PUBLISH of QoS 1 on test/a with so many x; freed by the caller. */
static inline GByteArray *make_publish(size_t length)
{
    GByteArray *packet = g_byte_array_new();
    const uint8_t middle[] = { 0, 6, 't', 'e', 's', 't', '/', 'a', 0, 1, 0 };
    size_t rest = sizeof(middle) + length;
    uint8_t byte = 0x32;

    g_byte_array_append(packet, &byte, 1);
    do {
        byte = (uint8_t)(rest % 128 + (rest > 127 ? 128 : 0));
        g_byte_array_append(packet, &byte, 1);
        rest /= 128;
    } while (rest > 0);
    g_byte_array_append(packet, middle, sizeof(middle));
    byte = 'x';
    for (size_t i = 0; i < length; i++)
        g_byte_array_append(packet, &byte, 1);
    return packet;
}

static inline gpointer run_peer(gpointer data)
{
    Peer *peer = data;

    for (peer->round = 0; peer->round < peer->connections; peer->round++) {
        int fd = accept4(peer->listener, NULL, NULL, SOCK_CLOEXEC);

        peer->play(peer, fd);
        close(fd);
    }

    return NULL;
}

static inline Client *begin(Peer *peer, void (*play)(Peer *, int), unsigned connections,
                            bool has_will, unsigned keep_alive_s)
{
    static const char *const filters[] = { "test/#", NULL };
    g_autofree char *url = NULL;

    peer->listener = listen_somewhere(&peer->port);
    peer->packet = g_malloc(PACKET_MAX_BYTES);
    peer->seen = g_byte_array_new();
    peer->play = play;
    peer->connections = connections;
    peer->thread = g_thread_new("peer", run_peer, peer);
    url = g_strdup_printf("mqtt://127.0.0.1:%u", peer->port);
    return client_new(
        &(MqttSettings){
            .url = url, .client_id = "x", .filters = filters, .keep_alive_s = keep_alive_s },
        has_will);
}

/* Ends both; what the play found can be read afterwards, until peer_clear(). */
static inline void end(Peer *peer, Client *client)
{
    client_free(client);
    g_thread_join(peer->thread);
    close(peer->listener);
}

static inline void peer_clear(Peer *peer)
{
    g_free(peer->packet);
    g_byte_array_unref(peer->seen);
}

#endif
