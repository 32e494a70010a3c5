/* The MQTT client against a mosquitto with stock settings (without set_tcp_nodelay). */
#include "tests/unit/common/mqtt_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

#define ROUND_TRIPS 1000
#define BURSTS      20000

static Broker plain;

/* ---- the broker of this test ------------------------------------------------------------------
 */

static int start_broker(void **state)
{
    g_autofree char *passwords = NULL;
    g_autofree char *rules = NULL;
    g_autofree char *more = NULL;

    (void)state;

    folder = g_dir_make_tmp("test-mqtt-XXXXXX", NULL);
    passwords = inside("passwords");
    rules = inside("rules");
    if (!run("mosquitto_passwd -c -b passwords tester right") ||
        !file_write_atomic(rules, "topic readwrite test/#\n", 23, 0600, NULL))
        return -1;

    more = g_strdup_printf("password_file %s\nacl_file %s\n", passwords, rules);
    configure(&plain, "plain.conf", more);
    broker_start(&plain);
    return 0;
}

static int stop_broker(void **state)
{
    (void)state;

    broker_kill(&plain);
    g_free(plain.config);
    file_remove_tree(folder, NULL);
    g_free(folder);
    return 0;
}

static const char *const all_of_test[] = { "test/#", NULL };

/* A client of the plain broker, connected. */
static Client *connect_client(const char *id, const char *const *filters, bool has_will)
{
    g_autofree char *url = g_strdup_printf("mqtt://127.0.0.1:%u", plain.port);
    const MqttSettings settings = {
        .url = url, .client_id = id, .filters = filters, .keep_alive_s = 60
    };
    Client *client = client_new(&settings, has_will);

    wait_until(client->connects == 1);
    return client;
}

/* ---- our own sockets --------------------------------------------------------------------------
 */

/* The descriptors of this process that are connected to the port: bit n for descriptor n. */
static uint64_t sockets_to(uint16_t port)
{
    uint64_t sockets = 0;

    for (int fd = 0; fd < 64; fd++) {
        struct sockaddr_in peer = { 0 };
        socklen_t length = sizeof(peer);

        if (getpeername(fd, (struct sockaddr *)&peer, &length) == 0 && ntohs(peer.sin_port) == port)
            sockets |= UINT64_C(1) << fd;
    }

    return sockets;
}

static int only_descriptor(uint64_t sockets)
{
    assert_int_equal(__builtin_popcountll(sockets), 1);
    return __builtin_ctzll(sockets);
}

/* ---- tests ------------------------------------------------------------------------------------
 */

static void test_settings_that_never_work(void **state)
{
    const MqttSettings bad_url = { .url = "http://x", .client_id = "x", .keep_alive_s = 60 };
    const MqttSettings bad_file = {
        .url = "mqtts://localhost", .ca_file = "/absent", .client_id = "x", .keep_alive_s = 60
    };
    GError *error = NULL;

    (void)state;

    assert_null(mqtt_new(&bad_url, &client_handlers, NULL, &error));
    assert_int_equal(error->code, PROBLEM_VALUE);
    g_clear_error(&error);
    assert_null(mqtt_new(&bad_file, &client_handlers, NULL, &error));
    assert_int_equal(error->code, PROBLEM_IO);
    assert_true(g_str_has_prefix(error->message, "/absent: "));
    g_clear_error(&error);
    mqtt_free(NULL);
}

static void test_publish_and_receive(void **state)
{
    const MqttProperties properties = { .content_type = "text/plain",
                                        .response_topic = "test/answers",
                                        .correlation = "c1",
                                        .expiry_s = 60 };
    g_autoptr(Client) client = connect_client("talker", all_of_test, false);
    unsigned first;
    unsigned second;
    unsigned third;

    (void)state;

    first = publish_text(client, "test/a", "hello");
    second = mqtt_publish(client->mqtt, "test/b", "x\0y", 3, false, &properties);
    third = mqtt_publish(client->mqtt, "test/empty", "", 0, false, NULL);
    assert_true(first > 0 && second == first + 1 && third == second + 1);
    wait_until(client->published->len == 3 && client->messages->len == 3);
    assert_int_equal(g_array_index(client->published, unsigned, 0), first);
    assert_int_equal(g_array_index(client->published, unsigned, 2), third);
    assert_true(has_message(client, "test/a hello"));
    assert_true(has_message(client, "test/b x"));
    assert_true(has_message(client, "test/empty "));
    assert_int_equal(client->reasons->len, 0);
}

static void test_large_frames(void **state)
{
    g_autoptr(Client) client = connect_client("large", all_of_test, false);
    g_autofree char *frame = g_strnfill(256 * 1024, 'f');
    int64_t start_ms = clock_boot_ms();

    (void)state;

    for (int i = 0; i < 20; i++)
        assert_true(publish_text(client, "test/large", frame) > 0);
    wait_until(client->messages->len == 20);
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(strlen(client->messages->pdata[i]), strlen("test/large ") + 256 * 1024);
    print_message("  20 frames of 256 KiB there and back: %d ms\n",
                  (int)(clock_boot_ms() - start_ms));
}

static void test_retained(void **state)
{
    g_autoptr(Client) early = connect_client("early", all_of_test, false);
    g_autoptr(Client) late = NULL;

    (void)state;

    assert_true(mqtt_publish(early->mqtt, "test/status", "on", 2, true, NULL) > 0);
    wait_until(early->messages->len == 1);
    assert_true(has_message(early, "test/status on"));

    late = connect_client("late", all_of_test, false);
    wait_until(late->messages->len == 1);
    assert_true(has_message(late, "test/status on retained"));

    assert_true(mqtt_publish(early->mqtt, "test/status", "", 0, true, NULL) > 0);
    wait_until(early->published->len == 2);
}

static void test_refused_publication(void **state)
{
    g_autoptr(Client) client = connect_client("denied", all_of_test, false);
    unsigned denied = publish_text(client, "elsewhere/a", "no");
    unsigned granted = publish_text(client, "test/a", "yes");
    g_autofree char *reason = NULL;

    (void)state;

    assert_true(denied > 0 && granted > 0);
    wait_until(has_message(client, "test/a yes") && client->published->len > 0);
    assert_int_equal(client->published->len, 1);
    assert_int_equal(g_array_index(client->published, unsigned, 0), granted);
    assert_int_equal(client->refusals->len, 1);
    reason = g_strdup_printf("%u not authorised", denied);
    assert_string_equal(client->refusals->pdata[0], reason);
    assert_true(mqtt_is_connected(client->mqtt));
}

static void test_socket_options(void **state)
{
    uint64_t before = sockets_to(plain.port);
    g_autoptr(Client) client = connect_client("options", all_of_test, false);
    int fd = only_descriptor(sockets_to(plain.port) & ~before);
    int has_no_delay = 0;
    socklen_t length = sizeof(has_no_delay);

    (void)state;

    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &has_no_delay, &length), 0);
    assert_true(has_no_delay);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

/* Question and answer between two clients: the broker's PUBACK and the answer come one shortly
 * after the other, and stock mosquitto, which leaves TCP_NODELAY alone, holds the second back for
 * 44 ms unless the first is acknowledged at once. */
static void test_round_trip_time(void **state)
{
    static const char *const questions[] = { "test/questions", NULL };
    static const char *const answers[] = { "test/answers", NULL };
    g_autoptr(Client) asker = connect_client("asker", answers, false);
    g_autoptr(Client) answerer = connect_client("answerer", questions, false);
    int64_t start_us = g_get_monotonic_time();
    int64_t average_us;
    int64_t longest_us = 0;

    (void)state;

    for (unsigned i = 1; i <= ROUND_TRIPS; i++) {
        int64_t before_us = g_get_monotonic_time();

        assert_true(publish_text(asker, "test/questions", "?") > 0);
        wait_until(answerer->messages->len == i);
        assert_true(publish_text(answerer, "test/answers", "!") > 0);
        wait_until(asker->messages->len == i);
        longest_us = MAX(longest_us, g_get_monotonic_time() - before_us);
    }
    average_us = (g_get_monotonic_time() - start_us) / ROUND_TRIPS;
    print_message("  two QoS 1 hops through a stock broker: %.3f ms on average, %.1f ms at most\n",
                  (double)average_us / 1000, (double)longest_us / 1000);
    assert_true(average_us < 10000);
    assert_true(longest_us < 500000);
}

/* Publications shortly one after the other: none may wait for something else to happen. */
static void test_bursts(void **state)
{
    g_autoptr(Client) client = connect_client("bursts", NULL, false);
    unsigned count = 0;
    unsigned late = 0;

    (void)state;

    for (unsigned i = 0; i < BURSTS; i++) {
        int64_t before_us = g_get_monotonic_time();

        for (unsigned k = 0; k < 3; k++) {
            assert_true(publish_text(client, "test/burst", "b") > 0);
            count++;
            for (volatile unsigned pause = 0; pause < i % 100 * 50; pause++)
                continue;
        }
        wait_until(client->published->len == count);
        late += g_get_monotonic_time() - before_us > 500000;
    }
    /* The machine may be busy for once. */
    print_message("  %u of %d bursts took longer than half a second\n", late, BURSTS);
    assert_true(late <= BURSTS / 10);
}

static void test_message_after_silence(void **state)
{
    g_autoptr(Client) sender = connect_client("sender", NULL, false);
    g_autoptr(Client) receiver = connect_client("receiver", all_of_test, false);
    int64_t shortest_us = INT64_MAX;

    (void)state;

    for (unsigned i = 1; i <= 5; i++) {
        int64_t before_us;

        run_for(1000 + i * 12);
        before_us = g_get_monotonic_time();
        assert_true(publish_text(sender, "test/ping", "ping") > 0);
        wait_until(receiver->messages->len == i);
        shortest_us = MIN(shortest_us, g_get_monotonic_time() - before_us);
    }
    /* An acknowledgement that is held back takes 40 ms each time; a busy machine, now and then. */
    print_message("  the shortest of 5 after silence: %.1f ms\n", (double)shortest_us / 1000);
    assert_true(shortest_us < 30000);
}

static unsigned count_threads(void)
{
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    unsigned count = 0;

    while (g_dir_read_name(tasks))
        count++;
    return count;
}

/* No thread but ours, and nothing to do while nothing comes. */
static void test_idle(void **state)
{
    g_autoptr(Client) client = connect_client("idle", all_of_test, false);
    struct rusage before;
    struct rusage after;
    long wakes;

    (void)state;

    assert_int_equal(count_threads(), 1);
    run_for(100);
    getrusage(RUSAGE_SELF, &before);
    run_for(3000);
    getrusage(RUSAGE_SELF, &after);
    wakes = after.ru_nvcsw - before.ru_nvcsw;
    print_message("  %ld wake-ups in 3 s without traffic, one of them of this test\n", wakes);
    assert_int_equal(count_threads(), 1);
    assert_true(wakes <= 5);
}

static void test_will(void **state)
{
    g_autoptr(Client) watcher = connect_client("watcher", all_of_test, false);
    uint64_t before = sockets_to(plain.port);
    Client *mortal = connect_client("mortal", NULL, true);

    (void)state;

    assert_int_equal(shutdown(only_descriptor(sockets_to(plain.port) & ~before), SHUT_RDWR), 0);
    wait_until(has_message(watcher, "test/will will 1") && mortal->connects == 2);
    assert_int_equal(mortal->reasons->len, 1);
    assert_string_equal(last_reason(mortal), "the connection is lost");

    /* Each connection has a will of its own. */
    assert_int_equal(shutdown(only_descriptor(sockets_to(plain.port) & ~before), SHUT_RDWR), 0);
    wait_until(has_message(watcher, "test/will will 2") && mortal->connects == 3);

    /* Freed in good order: the broker tells the next message, but no will. */
    client_free(mortal);
    assert_true(publish_text(watcher, "test/after", "x") > 0);
    wait_until(has_message(watcher, "test/after x"));
    assert_false(has_message(watcher, "test/will will 3"));

    /* The will is retained. */
    client_free(connect_client("remover", NULL, false));
    mortal = connect_client("late", all_of_test, false);
    wait_until(has_message(mortal, "test/will will 2 retained"));
    assert_true(mqtt_publish(mortal->mqtt, "test/will", "", 0, true, NULL) > 0);
    wait_until(mortal->published->len == 1);
    client_free(mortal);
}

static void test_broker_restarts(void **state)
{
    g_autoptr(Client) client = connect_client("patient", all_of_test, true);
    unsigned wills = client->wills;
    int64_t start_ms;

    (void)state;

    broker_kill(&plain);
    wait_until(client->reasons->len >= 2);
    assert_string_equal(client->reasons->pdata[0], "the connection is lost");
    assert_string_equal(client->reasons->pdata[1], "connection refused");
    assert_int_equal(publish_text(client, "test/a", "lost"), 0);

    broker_start(&plain);
    start_ms = clock_boot_ms();
    wait_until(client->connects == 2);
    print_message("  connected %d ms after the broker's start; the last wait was %d ms\n",
                  (int)(clock_boot_ms() - start_ms),
                  (int)g_array_index(client->waits_ms, int64_t, client->waits_ms->len - 1));
    assert_int_equal(client->wills, wills + client->reasons->len);
    assert_true(publish_text(client, "test/a", "again") > 0);
    wait_until(has_message(client, "test/a again") && client->published->len == 1);
}

static gboolean talk(gpointer data)
{
    publish_text(data, "test/monologue", "?");
    return G_SOURCE_CONTINUE;
}

/* A half-open link: the other side takes our packets and says nothing. That we talk on makes no
 * difference. */
static void test_frozen_broker_is_noticed(void **state)
{
    g_autofree char *url = g_strdup_printf("mqtt://127.0.0.1:%u", plain.port);
    const MqttSettings settings = { .url = url, .client_id = "half-open", .keep_alive_s = 5 };

    (void)state;

    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(Client) client = client_new(&settings, false);
        guint timer = i == 1 ? g_timeout_add(500, talk, client) : 0;
        int64_t start_ms;

        print_message("  %s\n", i == 1 ? "talking" : "silent");
        wait_until(client->connects == 1);
        kill(plain.pid, SIGSTOP);
        start_ms = clock_boot_ms();
        wait_until(client->reasons->len == 1);
        kill(plain.pid, SIGCONT);
        print_message("  noticed after %d ms with a keep-alive of 5 s\n",
                      (int)(clock_boot_ms() - start_ms));
        assert_in_range(clock_boot_ms() - start_ms, 6500, 7600);
        assert_string_equal(last_reason(client), "the connection is lost: the broker is silent");
        wait_until(client->connects == 2);
        if (timer != 0)
            g_source_remove(timer);
    }
}

static void test_reasons(void **state)
{
    const struct {
        const char *what;
        const char *url;
        const char *password;
        const char *reason;
    } rows[] = {
        { "wrong password", "mqtt://127.0.0.1:%u", "wrong", "not authorised: check *" },
        { "TLS on a plain port", "mqtts://localhost:%u", NULL, "TLS fails: *no TLS port" },
        { "nobody listens", "mqtt://127.0.0.1:1", NULL, "connection refused" },
        { "nobody listens, TLS", "mqtts://localhost:1", NULL, "connection refused" },
        { "no such host", "mqtt://no-such-host.invalid", NULL,
          "host not found: no-such-host.invalid*" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) parts = g_strsplit(rows[i].url, "%u", 2);
        g_autofree char *url = g_strdup_printf(parts[1] ? "%s%u" : "%s", parts[0], plain.port);
        const MqttSettings settings = { .url = url,
                                        .username = rows[i].password ? "tester" : NULL,
                                        .password = rows[i].password,
                                        .client_id = "asker",
                                        .keep_alive_s = 60 };
        g_autoptr(Client) client = NULL;

        print_message("  %s\n", rows[i].what);
        client = client_new(&settings, false);
        wait_until(client->reasons->len == 1);
        if (!g_pattern_match_simple(rows[i].reason, last_reason(client)))
            fail_msg("expected %s, found %s", rows[i].reason, last_reason(client));
        assert_int_equal(client->connects, 0);
    }
}

static void test_right_password(void **state)
{
    g_autofree char *url = g_strdup_printf("mqtt://127.0.0.1:%u", plain.port);
    const MqttSettings settings = { .url = url,
                                    .username = "tester",
                                    .password = "right",
                                    .client_id = "known",
                                    .keep_alive_s = 60 };
    g_autoptr(Client) client = client_new(&settings, false);

    (void)state;

    wait_until(client->connects == 1);
}

static void test_waits_grow(void **state)
{
    g_autofree char *url = g_strdup_printf("mqtt://127.0.0.1:%u", free_port());
    const MqttSettings settings = { .url = url, .client_id = "lonely", .keep_alive_s = 60 };
    g_autoptr(Client) client = client_new(&settings, true);

    (void)state;

    wait_until(client->reasons->len == 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_string_equal(client->reasons->pdata[i], "connection refused");
        assert_in_range(g_array_index(client->waits_ms, int64_t, i), 1, 500u << i);
    }
    assert_int_equal(client->wills, 4);
}

static void test_free_sends_what_was_published(void **state)
{
    g_autoptr(Client) reader = connect_client("reader", all_of_test, false);
    Client *writer = connect_client("writer", NULL, true);

    (void)state;

    for (int i = 0; i < 500; i++)
        assert_true(publish_text(writer, "test/last", "words") > 0);
    client_free(writer);
    wait_until(reader->messages->len == 500);
    assert_false(has_message(reader, "test/will will 1"));
}

static void test_free_at_any_moment(void **state)
{
    g_autofree char *url = g_strdup_printf("mqtt://127.0.0.1:%u", plain.port);
    const char *const urls[] = { url, "mqtt://no-such-host.invalid" };
    int64_t longest_ms = 0;

    (void)state;

    for (unsigned i = 0; i < 60; i++) {
        const MqttSettings settings = { .url = urls[i % G_N_ELEMENTS(urls)],
                                        .client_id = "brief",
                                        .filters = all_of_test,
                                        .keep_alive_s = 60 };
        Client *client = client_new(&settings, true);
        int64_t before_ms;

        if (i >= G_N_ELEMENTS(urls))
            run_for(1 + i * 2);
        before_ms = clock_boot_ms();
        client_free(client);
        longest_ms = MAX(longest_ms, clock_boot_ms() - before_ms);
    }
    print_message("  the longest of 60 took %d ms\n", (int)longest_ms);
    assert_true(longest_ms < 2000);
}

/* As after any other end of a connection: the will is sent, and another one is made. */
static void test_renewed(void **state)
{
    Client *client = connect_client("renewed", all_of_test, true);
    Client *other = connect_client("other", all_of_test, false);

    (void)state;
    mqtt_renew(client->mqtt, "nothing comes");
    assert_int_equal(client->reasons->len, 1);
    assert_string_equal(client->reasons->pdata[0], "nothing comes");
    assert_false(mqtt_is_connected(client->mqtt));
    /* There is none that could be given up. */
    mqtt_renew(client->mqtt, "nothing comes");
    assert_int_equal(client->reasons->len, 1);
    wait_until(client->connects == 2);
    wait_until(other->messages->len >= 1);
    assert_string_equal(other->messages->pdata[0], "test/will will 1");
    client_free(client);
    client_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings_that_never_work),
        cmocka_unit_test(test_publish_and_receive),
        cmocka_unit_test(test_large_frames),
        cmocka_unit_test(test_retained),
        cmocka_unit_test(test_refused_publication),
        cmocka_unit_test(test_socket_options),
        cmocka_unit_test(test_round_trip_time),
        cmocka_unit_test(test_bursts),
        cmocka_unit_test(test_message_after_silence),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_will),
        cmocka_unit_test(test_renewed),
        cmocka_unit_test(test_broker_restarts),
        cmocka_unit_test(test_frozen_broker_is_noticed),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_right_password),
        cmocka_unit_test(test_waits_grow),
        cmocka_unit_test(test_free_sends_what_was_published),
        cmocka_unit_test(test_free_at_any_moment),
    };

    return cmocka_run_group_tests_name("mqtt", tests, start_broker, stop_broker);
}
