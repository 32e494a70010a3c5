/* What a network and a broker can do to one connection, played byte by byte by a thread. */
#include "tests/unit/common/mqtt_peer.h"

#include <netinet/tcp.h>

#include "common/base/banned.h"

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
    while (frames < 10000 && publish_text(client, "test/large", frame) > 0)
        frames++;
    while (small < 100000 && publish_text(client, "test/small", "") > 0)
        small++;
    print_message("  the buffer took %u frames of 256 KiB, and %u empty ones\n", frames, small);
    assert_int_equal(frames, 64);
    assert_int_equal(frames + small, 10000);
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
        cmocka_unit_test(test_partly_written),
        cmocka_unit_test(test_full_buffer),
        cmocka_unit_test(test_keep_alive_of_the_broker),
        cmocka_unit_test(test_black_hole),
    };

    return cmocka_run_group_tests_name("mqtt_link", tests, NULL, NULL);
}
