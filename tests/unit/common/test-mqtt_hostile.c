/* A broker that breaks the rules can grow no memory of ours, and hide no loss. */
#include "tests/unit/common/mqtt_peer.h"

#include "common/base/banned.h"

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

/* ---- a broker that never reads ----------------------------------------------------------------
 */

/* Small publications without an end. */
static void play_only_talk(Peer *peer, int fd)
{
    static const uint8_t publish[] = { 0x32, 11, 0, 6, 't', 'e', 's', 't', '/', 'a', 0, 1, 0 };
    uint8_t many[sizeof(publish) * 64];

    for (unsigned i = 0; i < 64; i++)
        memcpy(many + i * sizeof(publish), publish, sizeof(publish));
    welcome(peer, fd);
    while (send(fd, many, sizeof(many), MSG_NOSIGNAL) > 0)
        continue;
}

/* Each of its publications wants an acknowledgement, for which there is no room: what waits must
 * be bounded, and the link must end however much is heard. */
static void test_never_read(void **state)
{
    g_autofree char *frame = g_strnfill(FRAME_BYTES, 'f');
    Peer peer = { 0 };
    Client *client = begin(&peer, play_only_talk, 1, false, 5);
    int64_t start_ms;

    (void)state;

    wait_until(client->connects == 1);
    start_ms = clock_boot_ms();
    while (publish_text(client, "test/large", frame) > 0)
        continue;
    wait_until(client->reasons->len == 1);
    print_message("  lost after %d ms, with %u messages to acknowledge\n",
                  (int)(clock_boot_ms() - start_ms), client->messages->len);
    assert_string_equal(last_reason(client), "the connection is lost: the broker takes nothing");
    assert_in_range(clock_boot_ms() - start_ms, 7000, 12000);
    assert_true(client->messages->len < 140000);
    end(&peer, client);
    peer_clear(&peer);
}

/* Acknowledges so many publications as the test says, and has read none. */
static void play_only_acknowledge(Peer *peer, int fd)
{
    uint8_t puback[] = { 0x40, 2, 0, 0 };
    unsigned id = 0;

    welcome(peer, fd);
    do {
        if (id < (unsigned)g_atomic_int_get(&peer->published))
            id++;
        else
            g_usleep(1000);
        puback[2] = (uint8_t)(id >> 8);
        puback[3] = (uint8_t)id;
    } while (id == 0 || send(fd, puback, sizeof(puback), MSG_NOSIGNAL) > 0);
}

/* Its acknowledgements make no room. */
static void test_acknowledged_unread(void **state)
{
    g_autofree char *frame = g_strnfill(FRAME_BYTES, 'f');
    Peer peer = { 0 };
    Client *client = begin(&peer, play_only_acknowledge, 1, false, 60);
    unsigned frames = 0;
    unsigned before;

    (void)state;

    wait_until(client->connects == 1);
    do {
        before = frames;
        while (frames < 400 && publish_text(client, "test/large", frame) > 0)
            frames++;
        /* The subscription has the first id. */
        g_atomic_int_set(&peer.published, (int)frames + 1);
        wait_until(client->published->len == frames);
    } while (frames > before);
    print_message("  took %u frames of 256 KiB\n", frames);
    assert_in_range(frames, 64, 160);
    assert_true(mqtt_is_connected(client->mqtt));
    end(&peer, client);
    peer_clear(&peer);
}

/* ---- keep-alive -------------------------------------------------------------------------------
 */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endless_packet),
        cmocka_unit_test(test_unfinished_publications),
        cmocka_unit_test(test_never_read),
        cmocka_unit_test(test_acknowledged_unread),
        cmocka_unit_test(test_keep_alive_beyond_ours),
    };

    return cmocka_run_group_tests_name("mqtt_hostile", tests, NULL, NULL);
}
