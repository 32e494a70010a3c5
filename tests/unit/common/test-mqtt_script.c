/* Brokers that do not speak MQTT 5, and what else a mosquitto does not do: played by a thread that
 * follows a script, one connection after the other. */
#include "tests/unit/common/mqtt_fixture.h"

#include "common/sys/mailbox.h"

#include "common/base/banned.h"

/* What the broker does with one connection. */
typedef struct Act {
    unsigned version; /* that the client is expected to speak */
    bool is_closed;   /* before CONNACK */
    uint8_t connack[8];
    size_t connack_length;
    uint8_t suback;  /* the code for each filter */
    uint8_t then[4]; /* sent after SUBACK */
    size_t then_length;
    unsigned flood; /* so many publications after SUBACK */
} Act;

#define CONNACK_5(code)   .connack = { 0x20, 3, 0, code, 0 }, .connack_length = 5
#define CONNACK_311(code) .connack = { 0x20, 2, 0, code }, .connack_length = 4

typedef struct FakeBroker {
    int listener;
    uint16_t port;
    const Act *acts;
    size_t act_count;
    GThread *thread;
    unsigned versions[8]; /* that were spoken; read after the thread's end */
    Mailbox *flooded;     /* gets an item when a flood has been acknowledged */
} FakeBroker;

/* Reads one packet of at most length bytes; 0 at the end of the connection. */
static size_t read_packet(int fd, uint8_t *packet, size_t length)
{
    size_t body;

    /* All packets of this test have less than 128 bytes. */
    if (recv(fd, packet, 2, MSG_WAITALL) != 2)
        return 0;
    body = packet[1];
    if (body > length - 2 || recv(fd, packet + 2, body, MSG_WAITALL) != (ssize_t)body)
        return 0;
    return body + 2;
}

static void answer_subscribe(int fd, const Act *act, const uint8_t *packet)
{
    const uint8_t suback_5[] = { 0x90, 5, packet[2], packet[3], 0, act->suback, act->suback };
    const uint8_t suback_311[] = { 0x90, 4, packet[2], packet[3], act->suback, act->suback };

    if (act->version == 5)
        send(fd, suback_5, sizeof(suback_5), MSG_NOSIGNAL);
    else
        send(fd, suback_311, sizeof(suback_311), MSG_NOSIGNAL);
    send(fd, act->then, act->then_length, MSG_NOSIGNAL);
}

/* PUBACK for a PUBLISH. */
static void answer_publish(int fd, const uint8_t *packet)
{
    const uint8_t *id = packet + 4 + packet[3]; /* after the topic */
    const uint8_t puback[] = { 0x40, 2, id[0], id[1] };

    send(fd, puback, sizeof(puback), MSG_NOSIGNAL);
}

/* Sends so many publications of QoS 1 as the client acknowledges them, 50 at a time. */
static void flood(int fd, unsigned count)
{
    for (unsigned i = 0; i < count; i += 50) {
        uint8_t packet[130];

        for (unsigned k = 1; k <= 50; k++) {
            const uint8_t publish[] = { 0x32, 9, 0, 3, 't', '/', 'a', 0, (uint8_t)k, 0, 'x' };

            send(fd, publish, sizeof(publish), MSG_NOSIGNAL);
        }
        for (unsigned k = 1; k <= 50; k++) {
            if (read_packet(fd, packet, sizeof(packet)) == 0)
                return;
        }
    }
}

/* Returns the version of the client's CONNECT. */
static unsigned play(const FakeBroker *broker, int fd, const Act *act)
{
    uint8_t packet[130];
    unsigned version;

    if (read_packet(fd, packet, sizeof(packet)) < 9)
        return 0;
    version = packet[8];
    if (act->is_closed)
        return version;

    send(fd, act->connack, act->connack_length, MSG_NOSIGNAL);
    while (read_packet(fd, packet, sizeof(packet)) > 0) {
        if ((packet[0] & 0xf0) == 0x30)
            answer_publish(fd, packet);
        if (packet[0] != 0x82)
            continue;
        answer_subscribe(fd, act, packet);
        if (act->flood > 0) {
            flood(fd, act->flood);
            mailbox_post(broker->flooded, broker->flooded);
        }
    }
    return version;
}

static gpointer play_all(gpointer data)
{
    FakeBroker *broker = data;

    for (size_t i = 0; i < broker->act_count; i++) {
        int fd = accept4(broker->listener, NULL, NULL, SOCK_CLOEXEC);

        broker->versions[i] = play(broker, fd, &broker->acts[i]);
        close(fd);
    }

    return NULL;
}

static Client *begin(FakeBroker *broker, const Act *acts, size_t act_count)
{
    static const char *const filters[] = { "test/a", "test/b", NULL };
    g_autofree char *url = NULL;

    broker->listener = listen_somewhere(&broker->port);
    broker->flooded = mailbox_new(1, NULL);
    broker->acts = acts;
    broker->act_count = act_count;
    broker->thread = g_thread_new("broker", play_all, broker);
    url = g_strdup_printf("mqtt://127.0.0.1:%u", broker->port);
    return client_new(
        &(MqttSettings){ .url = url, .client_id = "x", .filters = filters, .keep_alive_s = 60 },
        false);
}

static void end(FakeBroker *broker, Client *client)
{
    client_free(client);
    g_thread_join(broker->thread);
    close(broker->listener);
    mailbox_free(broker->flooded);
    for (size_t i = 0; i < broker->act_count; i++)
        assert_int_equal(broker->versions[i], broker->acts[i].version);
}

static void test_refused_with_a_code(void **state)
{
    static const struct {
        const char *what;
        Act acts[2];
    } rows[] = {
        { "in the manner of MQTT 5", { { 5, CONNACK_5(0x84) }, { 4, CONNACK_311(0) } } },
        { "in the manner of 3.1.1", { { 5, CONNACK_311(0x01) }, { 4, CONNACK_311(0) } } },
        { "both mixed", { { 5, CONNACK_311(0x84) }, { 4, CONNACK_311(0) } } },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        FakeBroker broker = { 0 };
        Client *client;

        print_message("  %s\n", rows[i].what);
        client = begin(&broker, rows[i].acts, G_N_ELEMENTS(rows[i].acts));
        wait_until(client->connects == 1);
        assert_int_equal(client->reasons->len, 1);
        assert_string_equal(last_reason(client), "the broker refuses MQTT 5");
        assert_int_equal(g_array_index(client->waits_ms, int64_t, 0), 0);
        end(&broker, client);
    }
}

static void test_hung_up_twice(void **state)
{
    static const Act acts[] = {
        { 5, .is_closed = true },
        { 5, .is_closed = true },
        { 4, CONNACK_311(0) },
    };
    FakeBroker broker = { 0 };
    Client *client = begin(&broker, acts, G_N_ELEMENTS(acts));

    (void)state;

    wait_until(client->connects == 1);
    assert_int_equal(client->reasons->len, 2);
    assert_string_equal(client->reasons->pdata[0], "the broker hung up before it answered");
    end(&broker, client);
}

/* Neither version: back and forth, not stuck with the last one. */
static void test_both_refused(void **state)
{
    static const Act acts[] = {
        { 5, CONNACK_5(0x84) },
        { 4, CONNACK_311(1) },
        { 5, CONNACK_5(0) },
    };
    FakeBroker broker = { 0 };
    Client *client = begin(&broker, acts, G_N_ELEMENTS(acts));

    (void)state;

    wait_until(client->connects == 1);
    assert_int_equal(client->reasons->len, 2);
    assert_string_equal(last_reason(client), "the broker refuses MQTT 3.1.1");
    end(&broker, client);
}

static void test_refused_subscription(void **state)
{
    static const struct {
        const char *what;
        Act acts[2];
        unsigned reasons;
        const char *reason;
    } rows[] = {
        { "MQTT 5",
          { { 5, CONNACK_5(0), .suback = 0x87 }, { 5, CONNACK_5(0), .suback = 1 } },
          1,
          "the subscription is refused: not authorised" },
        { "MQTT 3.1.1",
          { { 5, CONNACK_5(0x84) }, { 4, CONNACK_311(0), .suback = 0x80 } },
          2,
          "the subscription is refused: the broker gives no reason" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        FakeBroker broker = { 0 };
        Client *client;

        print_message("  %s\n", rows[i].what);
        client = begin(&broker, rows[i].acts, G_N_ELEMENTS(rows[i].acts));
        wait_until(client->reasons->len == rows[i].reasons);
        assert_string_equal(last_reason(client), rows[i].reason);
        assert_int_equal(client->connects, 0);
        if (rows[i].reasons == 1)
            wait_until(client->connects == 1);
        end(&broker, client);
    }
}

static void on_subscription_refused(const char *reason, int64_t next_ms, void *data)
{
    GPtrArray *refusals = data;

    assert_true(next_ms >= 0);
    g_ptr_array_add(refusals, g_strdup(reason));
}

static void on_nothing(void *data)
{
    (void)data;
}

static void on_wrong_end(const char *reason, int64_t next_ms, void *data)
{
    (void)next_ms;
    (void)data;
    fail_msg("told as a connection that ended: %s", reason);
}

/* Who wants to know is told that it was the subscription. */
static void test_refused_subscription_told_apart(void **state)
{
    static const Act acts[] = { { 5, CONNACK_5(0), .suback = 0x87 } };
    static const char *const filters[] = { "test/a", "test/b", NULL };
    static const MqttHandlers handlers = { .connected = on_nothing,
                                           .disconnected = on_wrong_end,
                                           .subscription_refused = on_subscription_refused };
    g_autoptr(GPtrArray) refusals = g_ptr_array_new_with_free_func(g_free);
    FakeBroker broker = { .acts = acts, .act_count = G_N_ELEMENTS(acts) };
    g_autofree char *url = NULL;
    Mqtt *mqtt;

    (void)state;

    broker.listener = listen_somewhere(&broker.port);
    broker.thread = g_thread_new("broker", play_all, &broker);
    url = g_strdup_printf("mqtt://127.0.0.1:%u", broker.port);
    mqtt = mqtt_new(
        &(MqttSettings){ .url = url, .client_id = "x", .filters = filters, .keep_alive_s = 60 },
        &handlers, refusals, NULL);
    wait_until(refusals->len == 1);
    assert_string_equal(refusals->pdata[0], "the subscription is refused: not authorised");
    mqtt_free(mqtt);
    g_thread_join(broker.thread);
    close(broker.listener);
}

static void test_disconnect_with_a_reason(void **state)
{
    static const Act acts[] = {
        { 5, CONNACK_5(0), .suback = 1, .then = { 0xe0, 2, 0x8e, 0 }, .then_length = 4 },
        { 5, CONNACK_5(0), .suback = 1 },
    };
    FakeBroker broker = { 0 };
    Client *client = begin(&broker, acts, G_N_ELEMENTS(acts));

    (void)state;

    wait_until(client->connects == 2);
    assert_int_equal(client->reasons->len, 1);
    assert_string_equal(last_reason(client), "another client took over this client id");
    end(&broker, client);
}

static void test_no_answer(void **state)
{
    static const Act acts[] = { { 5, .connack_length = 0 } };
    FakeBroker broker = { 0 };
    Client *client = begin(&broker, acts, G_N_ELEMENTS(acts));
    int64_t start_ms = clock_boot_ms();

    (void)state;

    wait_until(client->reasons->len == 1);
    assert_string_equal(last_reason(client), "the broker does not answer");
    print_message("  given up after %d ms\n", (int)(clock_boot_ms() - start_ms));
    assert_in_range(clock_boot_ms() - start_ms, 9500, 14500);
    end(&broker, client);
}

/* A broker that takes one publication at a time: the others wait in the library. */
static void test_one_at_a_time(void **state)
{
    static const Act acts[] = {
        { 5, .connack = { 0x20, 6, 0, 0, 3, 0x21, 0, 1 }, .connack_length = 8, .suback = 1 },
    };
    FakeBroker broker = { 0 };
    Client *client = begin(&broker, acts, G_N_ELEMENTS(acts));
    int64_t start_ms;

    (void)state;

    wait_until(client->connects == 1);
    start_ms = clock_boot_ms();
    for (int i = 0; i < 50; i++)
        assert_true(publish_text(client, "t/b", "x") > 0);
    wait_until(client->published->len == 50);
    print_message("  50 publications: %d ms\n", (int)(clock_boot_ms() - start_ms));
    assert_true(clock_boot_ms() - start_ms < 5000);
    end(&broker, client);
}

/* Publications come while the loop stands still: they wait in the broker, and nothing is lost. */
static void test_standstill(void **state)
{
    static const Act acts[] = { { 5, CONNACK_5(0), .suback = 1, .flood = 17000 } };
    FakeBroker broker = { 0 };
    Client *client = begin(&broker, acts, G_N_ELEMENTS(acts));
    int64_t deadline_ms = clock_boot_ms() + WAIT_MAX_MS;

    (void)state;

    wait_until(client->connects == 1);
    g_usleep(500000);
    assert_true(client->messages->len < 100);
    wait_until(client->messages->len == 17000);
    while (!mailbox_take(broker.flooded) && clock_boot_ms() < deadline_ms)
        run_for(1); /* the last acknowledgements are under way */
    assert_int_equal(client->reasons->len, 0);
    end(&broker, client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_with_a_code),
        cmocka_unit_test(test_hung_up_twice),
        cmocka_unit_test(test_both_refused),
        cmocka_unit_test(test_refused_subscription),
        cmocka_unit_test(test_refused_subscription_told_apart),
        cmocka_unit_test(test_disconnect_with_a_reason),
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_one_at_a_time),
        cmocka_unit_test(test_standstill),
    };

    return cmocka_run_group_tests_name("mqtt_script", tests, NULL, NULL);
}
