/* What a network and a broker can do to one connection, played byte by byte by a thread. */
#include "tests/unit/common/mqtt_fixture.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "common/sys/mailbox.h"

#include "common/base/banned.h"

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
    /* What the play found, read after the thread's end. */
    size_t count;
    GByteArray *seen;
};

static bool read_all(int fd, void *out, size_t length)
{
    return length == 0 || recv(fd, out, length, MSG_WAITALL) == (ssize_t)length;
}

/* Reads one packet into peer->packet, the head left out; its first byte, or 0 at the end. */
static uint8_t read_packet(Peer *peer, int fd)
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

static void say(int fd, const void *bytes, size_t length)
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
static void welcome_with(Peer *peer, int fd, const uint8_t *properties, uint8_t length)
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

static void welcome(Peer *peer, int fd)
{
    welcome_with(peer, fd, NULL, 0);
}

/* A PUBLISH of QoS 1 on test/a with so many x; freed by the caller. */
static GByteArray *make_publish(size_t length)
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

static gpointer run_peer(gpointer data)
{
    Peer *peer = data;

    for (peer->round = 0; peer->round < peer->connections; peer->round++) {
        int fd = accept4(peer->listener, NULL, NULL, SOCK_CLOEXEC);

        peer->play(peer, fd);
        close(fd);
    }

    return NULL;
}

static Client *begin(Peer *peer, void (*play)(Peer *, int), unsigned connections, bool has_will,
                     unsigned keep_alive_s)
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
static void end(Peer *peer, Client *client)
{
    client_free(client);
    g_thread_join(peer->thread);
    close(peer->listener);
}

static void peer_clear(Peer *peer)
{
    g_free(peer->packet);
    g_byte_array_unref(peer->seen);
}

/* ---- CONNECT and DISCONNECT -------------------------------------------------------------------
 */

static void play_note_connect(Peer *peer, int fd)
{
    read_packet(peer, fd);
    g_byte_array_append(peer->seen, peer->packet, (guint)peer->length);
    /* No answer. What comes then, to the end of the connection: */
    while (read_packet(peer, fd) == 0xe0)
        peer->count++;
}

/* The packet, and that the broker learns of an end in good order even where it did not answer yet:
 * else it would send the will. */
static void test_connect_and_disconnect(void **state)
{
    static const uint8_t expected[] = {
        0,    4,    'M', 'Q', 'T', 'T', 5,   0x2e, /* clean start; a will, QoS 1, retained */
        0,    30,                                  /* half of 60 */
        8,    0x27, 0,   5,   0,   0,              /* maximum packet size: 320 KiB */
        0x21, 0,    20,                            /* receive maximum: 20 */
        0,    1,    'x', 0,                        /* client id; no properties of the will */
        0,    9,    't', 'e', 's', 't', '/', 'w',  'i', 'l',
        'l',  0,    6,   'w', 'i', 'l', 'l', ' ',  '1',
    };
    Peer peer = { 0 };
    Client *client = begin(&peer, play_note_connect, 1, true, 60);

    (void)state;

    wait_until(client->wills == 1);
    run_for(50);
    end(&peer, client);
    assert_int_equal(peer.seen->len, sizeof(expected));
    assert_memory_equal(peer.seen->data, expected, sizeof(expected));
    assert_int_equal(peer.count, 1);
    peer_clear(&peer);
}

/* ---- bytes that come slowly, and not at all
 * -------------------------------------------------------
 */

static void play_drip(Peer *peer, int fd)
{
    static const uint8_t connack[] = { 0x20, 3, 0, 0, 0 };
    g_autoptr(GByteArray) publish = make_publish(300);
    const int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    read_packet(peer, fd);
    for (size_t i = 0; i < sizeof(connack); i++) {
        say(fd, connack + i, 1);
        g_usleep(500);
    }
    if (read_packet(peer, fd) == 0x82) {
        const uint8_t suback[] = { 0x90, 4, peer->packet[0], peer->packet[1], 0, 1 };

        for (size_t i = 0; i < sizeof(suback); i++) {
            say(fd, suback + i, 1);
            g_usleep(500);
        }
    }
    for (size_t i = 0; i < publish->len; i++) {
        say(fd, publish->data + i, 1);
        g_usleep(500);
    }
    while (read_packet(peer, fd) != 0)
        peer->count++;
}

static void test_one_byte_at_a_time(void **state)
{
    Peer peer = { 0 };
    Client *client = begin(&peer, play_drip, 1, false, 60);

    (void)state;

    wait_until(client->messages->len == 1);
    assert_int_equal(strlen(client->messages->pdata[0]), strlen("test/a ") + 300);
    assert_int_equal(client->reasons->len, 0);
    end(&peer, client);
    assert_int_equal(peer.count, 2); /* PUBACK and DISCONNECT */
    peer_clear(&peer);
}

static void play_cut(Peer *peer, int fd)
{
    g_autoptr(GByteArray) publish = make_publish(1000);

    welcome(peer, fd);
    /* Within the head, the topic, and the payload; at last all of it. */
    say(fd, publish->data, peer->round == 3 ? publish->len : (size_t[]){ 1, 6, 500 }[peer->round]);
    if (peer->round == 3)
        while (read_packet(peer, fd) != 0)
            continue;
}

static void test_cut_in_a_packet(void **state)
{
    Peer peer = { 0 };
    Client *client = begin(&peer, play_cut, 4, false, 60);

    (void)state;

    wait_until(client->messages->len == 1);
    assert_int_equal(client->connects, 4);
    for (unsigned i = 0; i < 3; i++)
        assert_string_equal(client->reasons->pdata[i], "the connection is lost");
    end(&peer, client);
    peer_clear(&peer);
}

/* ---- a packet without an end ------------------------------------------------------------------
 */

static long resident_kib(void)
{
    g_autofree char *text = NULL;
    const char *line;

    assert_true(g_file_get_contents("/proc/self/status", &text, NULL, NULL));
    line = strstr(text, "VmRSS:");
    return line ? (long)g_ascii_strtoll(line + strlen("VmRSS:"), NULL, 10) : 0;
}

/* At the pace of a fast network, 64 MB/s. Over the loopback the library could go on reading for as
 * long as the sender's and the receiver's processor keep up with one another. */
static void play_endless(Peer *peer, int fd)
{
    static const uint8_t head[] = { 0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 't' }; /* 256 MiB */
    static uint8_t rest[64 * 1024];
    ssize_t sent = 1;

    welcome(peer, fd);
    if (peer->round == 0) {
        say(fd, head, sizeof(head));
        while (sent > 0 && peer->count < 256 * 1024 * 1024) {
            sent = send(fd, rest, sizeof(rest), MSG_NOSIGNAL);
            peer->count += (size_t)MAX(sent, 0);
            g_usleep(1000);
        }
    }
    while (read_packet(peer, fd) != 0)
        continue;
}

static void test_endless_packet(void **state)
{
    long before_kib = resident_kib();
    long after_kib;
    Peer peer = { 0 };
    Client *client = begin(&peer, play_endless, 2, false, 60);

    (void)state;

    wait_until(client->reasons->len == 1);
    after_kib = resident_kib();
    assert_string_equal(last_reason(client),
                        "the broker sends a packet that is larger than allowed");
    wait_until(client->connects == 2);
    end(&peer, client);
    print_message("  256 MiB promised, %zu KiB sent, resident memory grew by %ld KiB\n",
                  peer.count / 1024, after_kib - before_kib);
    assert_true(peer.count < 16 * 1024 * 1024);
    peer_clear(&peer);
}

/* ---- publications without an end --------------------------------------------------------------
 */

static void welcome_of_3_1_1(Peer *peer, int fd)
{
    static const uint8_t connack[] = { 0x20, 2, 0, 0 };

    read_packet(peer, fd);
    say(fd, connack, sizeof(connack));
    if (read_packet(peer, fd) == 0x82) {
        const uint8_t suback[] = { 0x90, 3, peer->packet[0], peer->packet[1], 1 };

        say(fd, suback, sizeof(suback));
    }
}

/* Of QoS 2, each with 8 KiB that the client must keep until a PUBREL which never comes, and a whole
 * publication of QoS 0 in between. */
static void say_unfinished(Peer *peer, int fd, bool is_version_5)
{
    static const uint8_t head[] = { 0x34, 0, 0, 0, 6, 't', 'e', 's', 't', '/', 'a' };
    static const uint8_t whole[] = { 0x30, 9, 0, 6, 't', 'e', 's', 't', '/', 'a', 0 };
    static const uint8_t no_properties[] = { 0 };
    static uint8_t rest[8192];
    size_t length = 8 + 2 + sizeof(rest) + (is_version_5 ? 1 : 0);
    ssize_t sent = 1;

    while (sent > 0 && peer->count < 5000) {
        uint8_t id[] = { (uint8_t)(++peer->count >> 8), (uint8_t)peer->count };
        uint8_t begin[sizeof(head)];

        memcpy(begin, head, sizeof(head));
        begin[1] = (uint8_t)(length | 0x80);
        begin[2] = (uint8_t)(length >> 7);
        say(fd, begin, sizeof(begin));
        say(fd, id, sizeof(id));
        if (is_version_5)
            say(fd, no_properties, sizeof(no_properties));
        sent = send(fd, rest, sizeof(rest), MSG_NOSIGNAL);
        say(fd, whole, sizeof(whole));
        /* PUBREC, or the end. */
        if (read_packet(peer, fd) == 0)
            return;
    }
}

static void play_unfinished(Peer *peer, int fd)
{
    welcome(peer, fd);
    say_unfinished(peer, fd, true);
}

static void play_unfinished_of_3_1_1(Peer *peer, int fd)
{
    static const uint8_t refusal[] = { 0x20, 2, 0, 1 };

    if (peer->round == 0) {
        read_packet(peer, fd);
        say(fd, refusal, sizeof(refusal));
        return;
    }
    welcome_of_3_1_1(peer, fd);
    say_unfinished(peer, fd, false);
}

/* The library keeps what comes with QoS 2 until the broker completes it. */
static void test_unfinished_publications(void **state)
{
    static const struct {
        const char *what;
        void (*play)(Peer *peer, int fd);
        unsigned connections;
        size_t kept_max;
        const char *reason;
    } rows[] = {
        { "MQTT 5", play_unfinished, 1, 21, "the broker breaks the protocol" },
        { "MQTT 3.1.1", play_unfinished_of_3_1_1, 2, 2,
          "the broker sends with a quality of service that nobody asked for" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Peer peer = { 0 };
        Client *client = begin(&peer, rows[i].play, rows[i].connections, false, 60);

        wait_until(client->reasons->len == rows[i].connections);
        print_message("  %s: %s\n", rows[i].what, last_reason(client));
        assert_string_equal(last_reason(client), rows[i].reason);
        end(&peer, client);
        assert_in_range(peer.count, 1, rows[i].kept_max);
        peer_clear(&peer);
    }
}

/* ---- a broker that reads slowly ---------------------------------------------------------------
 */

static void play_read_slowly(Peer *peer, int fd)
{
    static const uint8_t puback[] = { 0x40, 2, 0, 1 };
    const int small = 128 * 1024;

    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    welcome(peer, fd);
    g_usleep(50000);
    while (read_packet(peer, fd) == 0x32) {
        uint8_t answer[sizeof(puback)];

        memcpy(answer, puback, sizeof(puback));
        memcpy(answer + 2, peer->packet + 2 + peer->packet[1], 2);
        say(fd, answer, sizeof(answer));
        peer->count += peer->length;
    }
}

/* The socket takes a frame in parts; the rest must go out as soon as there is room. */
static void test_partly_written(void **state)
{
    g_autofree char *frame = g_strnfill(FRAME_BYTES, 'f');
    Peer peer = { 0 };
    Client *client = begin(&peer, play_read_slowly, 1, false, 60);
    int64_t start_ms;

    (void)state;

    wait_until(client->connects == 1);
    start_ms = clock_boot_ms();
    for (unsigned i = 0; i < 20; i++)
        assert_true(publish_text(client, "test/large", frame) > 0);
    wait_until(client->published->len == 20);
    print_message("  20 frames of 256 KiB to a slow reader: %d ms\n",
                  (int)(clock_boot_ms() - start_ms));
    assert_true(clock_boot_ms() - start_ms < 5000);
    end(&peer, client);
    assert_true(peer.count > (size_t)20 * FRAME_BYTES);
    peer_clear(&peer);
}

/* The buffer ends, and is empty again when the broker has taken what is in it. */
static void play_hold(Peer *peer, int fd)
{
    welcome(peer, fd);
    while (read_packet(peer, fd) != 0)
        peer->count++;
}

static void test_full_buffer(void **state)
{
    g_autofree char *frame = g_strnfill(FRAME_BYTES, 'f');
    Peer peer = { 0 };
    Client *client = begin(&peer, play_hold, 1, false, 60);
    unsigned frames = 0;
    unsigned small = 0;

    (void)state;

    wait_until(client->connects == 1);
    while (frames < 1000 && publish_text(client, "test/large", frame) > 0)
        frames++;
    while (small < 10000 && publish_text(client, "test/small", "") > 0)
        small++;
    print_message("  the buffer took %u frames of 256 KiB, and %u empty ones\n", frames, small);
    assert_int_equal(frames, 64);
    assert_int_equal(frames + small, 1000);
    assert_true(mqtt_is_connected(client->mqtt));
    end(&peer, client);
    peer_clear(&peer);
}

/* ---- keep-alive -------------------------------------------------------------------------------
 */

static void play_want_pings(Peer *peer, int fd)
{
    static const uint8_t one_second[] = { 0x13, 0, 1 };
    static const uint8_t pingresp[] = { 0xd0, 0 };

    welcome_with(peer, fd, one_second, sizeof(one_second));
    while (peer->count < 3 && read_packet(peer, fd) == 0xc0) {
        peer->count++;
        say(fd, pingresp, sizeof(pingresp));
    }
}

/* The broker's own keep-alive counts (MQTT 5, 3.2.2.3.14), and each ping comes in its time. */
static void test_keep_alive_of_the_broker(void **state)
{
    Peer peer = { 0 };
    int64_t start_ms;
    Client *client = begin(&peer, play_want_pings, 1, false, 60);

    (void)state;

    wait_until(client->connects == 1);
    start_ms = clock_boot_ms();
    wait_until(client->reasons->len == 1); /* the peer hangs up after the third */
    print_message("  3 pings in %d ms\n", (int)(clock_boot_ms() - start_ms));
    assert_in_range(clock_boot_ms() - start_ms, 2500, 4500);
    end(&peer, client);
    assert_int_equal(peer.count, 3);
    peer_clear(&peer);
}

static void play_want_no_pings(Peer *peer, int fd)
{
    static const uint8_t none[] = { 0x13, 0, 0 };

    welcome_with(peer, fd, none, sizeof(none));
    while (read_packet(peer, fd) != 0)
        peer->count++;
}

static void play_want_late_pings(Peer *peer, int fd)
{
    static const uint8_t eighteen_hours[] = { 0x13, 0xff, 0xff };
    uint8_t head;

    welcome_with(peer, fd, eighteen_hours, sizeof(eighteen_hours));
    while ((head = read_packet(peer, fd)) != 0) {
        const uint8_t unsuback[] = { 0xb0, 4, peer->packet[0], peer->packet[1], 0, 0x11 };

        /* The first question only. */
        if (head == 0xa2 && peer->count++ == 0)
            say(fd, unsuback, sizeof(unsuback));
    }
}

/* A broker that wants no pings, or one in 18 hours, cannot switch off that its loss is noticed. */
static void test_keep_alive_beyond_ours(void **state)
{
    Peer peers[2] = { 0 };
    Client *none;
    Client *late;
    int64_t start_ms;

    (void)state;

    none = begin(&peers[0], play_want_no_pings, 1, false, 5);
    late = begin(&peers[1], play_want_late_pings, 1, false, 5);
    wait_until(none->connects == 1 && late->connects == 1);
    start_ms = clock_boot_ms();
    wait_until(none->reasons->len == 1);
    print_message("  no pings: lost after %d ms\n", (int)(clock_boot_ms() - start_ms));
    assert_in_range(clock_boot_ms() - start_ms, 7000, 9000);
    assert_string_equal(last_reason(none), "the connection is lost: the broker is silent");
    assert_int_equal(late->reasons->len, 0);
    wait_until(late->reasons->len == 1);
    print_message("  one answer: lost after %d ms\n", (int)(clock_boot_ms() - start_ms));
    assert_in_range(clock_boot_ms() - start_ms, 12000, 14000);
    end(&peers[0], none);
    end(&peers[1], late);
    assert_int_equal(peers[0].count, 1);
    assert_int_equal(peers[1].count, 2);
    peer_clear(&peers[0]);
    peer_clear(&peers[1]);
}

/* ---- a black hole -----------------------------------------------------------------------------
 */

/* A listener whose queue is full: further attempts get no answer at all. */
static void test_black_hole(void **state)
{
    enum { FILLERS = 8 };
    int fillers[FILLERS];
    struct sockaddr_in address = { .sin_family = AF_INET };
    g_autofree char *url = NULL;
    MqttSettings settings = { .client_id = "x", .keep_alive_s = 60 };
    uint16_t port;
    int listener = listen_somewhere(&port);
    int64_t longest_ms = 0;
    int64_t start_ms;
    Client *client;

    (void)state;

    assert_int_equal(listen(listener, 0), 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    for (unsigned i = 0; i < FILLERS; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        connect(fillers[i], (struct sockaddr *)&address, sizeof(address));
    }

    url = g_strdup_printf("mqtt://127.0.0.1:%u", port);
    settings.url = url;
    start_ms = clock_boot_ms();
    client = client_new(&settings, false);
    while (client->reasons->len == 0 && clock_boot_ms() - start_ms < WAIT_MAX_MS) {
        int64_t before_ms = clock_boot_ms();

        run_for(5);
        longest_ms = MAX(longest_ms, clock_boot_ms() - before_ms);
    }
    print_message("  given up after %d ms; the longest turn of 5 ms took %d ms\n",
                  (int)(clock_boot_ms() - start_ms), (int)longest_ms);
    assert_string_equal(last_reason(client), "the broker does not answer");
    assert_in_range(clock_boot_ms() - start_ms, 9500, 11500);
    assert_true(longest_ms < 500);

    start_ms = clock_boot_ms();
    client_free(client);
    assert_true(clock_boot_ms() - start_ms < 100);
    for (unsigned i = 0; i < FILLERS; i++)
        close(fillers[i]);
    close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connect_and_disconnect),
        cmocka_unit_test(test_one_byte_at_a_time),
        cmocka_unit_test(test_cut_in_a_packet),
        cmocka_unit_test(test_endless_packet),
        cmocka_unit_test(test_unfinished_publications),
        cmocka_unit_test(test_partly_written),
        cmocka_unit_test(test_full_buffer),
        cmocka_unit_test(test_keep_alive_of_the_broker),
        cmocka_unit_test(test_keep_alive_beyond_ours),
        cmocka_unit_test(test_black_hole),
    };

    return cmocka_run_group_tests_name("mqtt_link", tests, NULL, NULL);
}
