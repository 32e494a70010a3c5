/* Subscriptions of their own, over a mosquitto: what comes is gathered, floods are counted, and
 * what the broker retains is not news at each connection. */
#include "tests/unit/common/mqtt_fixture.h"

#include "agent1/edge/listeners.h"
#include "agent1/port/event.h"

#include "common/base/banned.h"

#define FLOOD 5000

static Broker plain;

/* What the core was told. */
typedef struct Told {
    Mailbox *events;
    Listeners *listeners;
    GPtrArray *states; /* "id up" */
    GPtrArray *heard;  /* "id topic payload", with " retained" where it is */
    unsigned batches;
    uint64_t dropped;
} Told;

static void on_event(void *item, void *data)
{
    static const char *const words[] = { "up", "down", "refused" };
    g_autoptr(Event) event = item;
    Told *told = data;

    if (event->kind == EVENT_LISTENING) {
        g_ptr_array_add(told->states, g_strdup_printf("%s %s", event->listening.id,
                                                      words[event->listening.state]));
        return;
    }
    assert_int_equal(event->kind, EVENT_HEARD);
    assert_true(event->heard.messages->len <= HEARD_MAX_AT_ONCE);
    told->batches++;
    told->dropped += event->heard.dropped;
    for (unsigned i = 0; i < event->heard.messages->len; i++) {
        const HeardMessage *message = event->heard.messages->pdata[i];

        g_ptr_array_add(told->heard,
                        g_strdup_printf("%s %s %s%s", event->heard.id, message->topic,
                                        message->payload, message->is_retained ? " retained" : ""));
    }
}

static void free_event(void *event)
{
    event_free(event);
}

static Told *told_new(uint16_t port)
{
    g_autofree char *url = g_strdup_printf("mqtt://127.0.0.1:%u", port);
    const MqttSettings settings = { .url = url, .client_id = "agent1", .keep_alive_s = 60 };
    Told *told = g_new0(Told, 1);

    told->events = mailbox_new(1000, free_event);
    mailbox_attach(told->events, on_event, told);
    told->listeners = listeners_new(&settings, told->events);
    told->states = g_ptr_array_new_with_free_func(g_free);
    told->heard = g_ptr_array_new_with_free_func(g_free);
    return told;
}

static void told_free(Told *told)
{
    listeners_free(told->listeners);
    mailbox_free(told->events);
    g_ptr_array_unref(told->states);
    g_ptr_array_unref(told->heard);
    g_free(told);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Told, told_free)

static void listen_to(Told *told, const char *id, const char *filter)
{
    listeners_do(told->listeners, &(EffectListen){ .id = (char *)(uintptr_t)id,
                                                   .filter = (char *)(uintptr_t)filter });
}

static bool has(const GPtrArray *texts, const char *text)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)(uintptr_t)texts, text, g_str_equal, NULL);
}

static Client *speaker_new(void)
{
    g_autofree char *url = g_strdup_printf("mqtt://127.0.0.1:%u", plain.port);
    Client *client = client_new(
        &(MqttSettings){ .url = url, .client_id = "speaker", .keep_alive_s = 60 }, false);

    wait_until(client->connects == 1);
    return client;
}

static int start_broker(void **state)
{
    (void)state;

    folder = g_dir_make_tmp("test-listeners-XXXXXX", NULL);
    /* Else it drops what waits for a client beyond the thousandth message. */
    configure(&plain, "plain.conf", "max_queued_messages 0\n");
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

static void each_hears_its_own(void **state)
{
    g_autoptr(Told) told = told_new(plain.port);
    g_autoptr(Client) speaker = speaker_new();

    (void)state;
    listen_to(told, "01J000000000000000000000A1", "home/+/state");
    listen_to(told, "01J000000000000000000000A2", "home/#");
    wait_until(told->states->len == 2);
    assert_true(has(told->states, "01J000000000000000000000A1 up"));
    /* Asked for once more, it stands already, and says so. */
    listen_to(told, "01J000000000000000000000A2", "home/#");

    assert_true(publish_text(speaker, "home/lamp/state", "on") > 0);
    assert_true(publish_text(speaker, "home/lamp/set", "off") > 0);
    assert_true(publish_text(speaker, "elsewhere/state", "x") > 0);
    wait_until(told->heard->len == 3);
    assert_true(has(told->heard, "01J000000000000000000000A1 home/lamp/state on"));
    assert_true(has(told->heard, "01J000000000000000000000A2 home/lamp/state on"));
    assert_true(has(told->heard, "01J000000000000000000000A2 home/lamp/set off"));
    assert_int_equal(told->states->len, 3);

    listen_to(told, "01J000000000000000000000A1", NULL);
    listen_to(told, "01J000000000000000000000A1", NULL);
    assert_true(publish_text(speaker, "home/lamp/state", "off") > 0);
    wait_until(told->heard->len == 4);
    assert_true(has(told->heard, "01J000000000000000000000A2 home/lamp/state off"));
}

static void a_flood_is_counted(void **state)
{
    g_autoptr(Told) told = told_new(plain.port);
    g_autoptr(Client) speaker = speaker_new();
    int64_t start_ms = clock_boot_ms();
    unsigned sent = 0;

    (void)state;
    listen_to(told, "01J000000000000000000000B1", "flood/#");
    wait_until(told->states->len == 1);
    while (sent < FLOOD) {
        if (publish_text(speaker, "flood/x", "drop") > 0)
            sent++;
        else
            g_main_context_iteration(NULL, TRUE);
    }
    wait_until(told->heard->len + told->dropped == FLOOD);
    print_message("  %u messages in %d ms: %u told in %u parts, %d counted\n", FLOOD,
                  (int)(clock_boot_ms() - start_ms), told->heard->len, told->batches,
                  (int)told->dropped);
    assert_true(told->heard->len >= HEARD_MAX_AT_ONCE);
    assert_true(told->heard->len <= told->batches * HEARD_MAX_AT_ONCE);
    assert_true(told->batches <= 2 + (unsigned)((clock_boot_ms() - start_ms) / LISTEN_GATHER_MS));
}

/* A broker that comes again tells what it retains anew: only what changed is news. */
static void retained_once(void **state)
{
    g_autoptr(Told) told = told_new(plain.port);

    (void)state;
    {
        g_autoptr(Client) speaker = speaker_new();

        assert_true(mqtt_publish(speaker->mqtt, "home/a", "1", 1, true, NULL) > 0);
        wait_until(speaker->published->len == 1);
        listen_to(told, "01J000000000000000000000C1", "home/#");
        wait_until(has(told->heard, "01J000000000000000000000C1 home/a 1 retained"));
    }
    broker_kill(&plain);
    wait_until(has(told->states, "01J000000000000000000000C1 down"));
    assert_int_equal(told->states->len, 2);
    broker_start(&plain);
    {
        g_autoptr(Client) speaker = speaker_new();

        assert_true(mqtt_publish(speaker->mqtt, "home/a", "1", 1, true, NULL) > 0);
        assert_true(mqtt_publish(speaker->mqtt, "home/b", "2", 1, true, NULL) > 0);
        wait_until(speaker->published->len == 2);
        /* Another id, which has heard nothing yet, shows that the broker has both. */
        listen_to(told, "01J000000000000000000000C2", "home/#");
        wait_until(has(told->heard, "01J000000000000000000000C2 home/a 1 retained") &&
                   has(told->heard, "01J000000000000000000000C2 home/b 2 retained"));
        wait_until(has(told->heard, "01J000000000000000000000C1 home/b 2") ||
                   has(told->heard, "01J000000000000000000000C1 home/b 2 retained"));
        wait_until(told->states->len == 4);
    }
    assert_int_equal(told->states->len, 4);
}

static void never_a_broker(void **state)
{
    uint16_t nobody = free_port();
    g_autoptr(Told) told = told_new(nobody);

    (void)state;
    listen_to(told, "x", "home/#");
    wait_until(told->states->len == 1);
    assert_string_equal(told->states->pdata[0], "x down");
}

/* A core that was made anew asks for what it finds in its rows: it hears how that stands. */
static void what_stands_is_told_again(void **state)
{
    g_autoptr(Told) told = told_new(plain.port);

    (void)state;
    listen_to(told, "a", "home/#");
    wait_until(told->states->len == 1);
    listen_to(told, "a", "home/#");
    wait_until(told->states->len == 2);
    assert_string_equal(told->states->pdata[1], "a up");
}

/* A broker that hangs holds nobody up. */
static void the_end_waits_for_nobody(void **state)
{
    g_autoptr(Told) told = told_new(plain.port);
    int64_t start_ms;

    (void)state;
    listen_to(told, "a", "home/#");
    listen_to(told, "b", "home/#");
    wait_until(told->states->len == 2);
    kill(plain.pid, SIGSTOP);
    start_ms = clock_boot_ms();
    listen_to(told, "a", NULL);
    listen_to(told, "b", NULL);
    assert_true(clock_boot_ms() - start_ms < 500);
    kill(plain.pid, SIGCONT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_hears_its_own),
        cmocka_unit_test(a_flood_is_counted),
        cmocka_unit_test(retained_once),
        cmocka_unit_test(never_a_broker),
        cmocka_unit_test(what_stands_is_told_again),
        cmocka_unit_test(the_end_waits_for_nobody),
    };

    return cmocka_run_group_tests_name("listeners", tests, start_broker, stop_broker);
}
