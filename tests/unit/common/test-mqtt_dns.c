/* Names: a server that does not answer, for which neither the loop nor mqtt_free() waits, and a
 * host with several addresses. */
#include "tests/unit/common/mqtt_fixture.h"

#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>

#include "common/sys/mailbox.h"

#include "common/base/banned.h"

static Mailbox *answers; /* the name server answers when there is an item */

typedef int (*LookUp)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* An address where nobody listens, and the loopback's. */
static int find_two(LookUp look_up, const struct addrinfo *hints, struct addrinfo **out)
{
    struct addrinfo *second = NULL;

    assert_int_equal(look_up("127.0.0.2", NULL, hints, out), 0);
    assert_int_equal(look_up("127.0.0.1", NULL, hints, &second), 0);
    (*out)->ai_next = second;
    return 0;
}

/* An address that nobody can read. */
static int find_odd(LookUp look_up, const struct addrinfo *hints, struct addrinfo **out)
{
    assert_int_equal(look_up("127.0.0.1", NULL, hints, out), 0);
    (*out)->ai_addrlen = 0;
    return 0;
}

/* Instead of libc's, for this program and the library: takes its time over one name. */
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    union {
        void *symbol;
        LookUp function;
    } real = { .symbol = dlsym(RTLD_NEXT, "getaddrinfo") };

    if (strcmp(host, "odd.invalid") == 0)
        return find_odd(real.function, hints, out);
    if (strcmp(host, "two.invalid") == 0)
        return find_two(real.function, hints, out);
    if (strcmp(host, "slow.invalid") != 0)
        return real.function(host, service, hints, out);

    while (!mailbox_take(answers))
        g_usleep(1000);
    return EAI_AGAIN;
}

static const MqttSettings settings = { .url = "mqtt://slow.invalid",
                                       .client_id = "x",
                                       .keep_alive_s = 60 };

static void test_free_does_not_wait(void **state)
{
    Client *client = client_new(&settings, true);
    int64_t longest_ms = 0;
    int64_t start_ms;

    (void)state;

    for (int i = 0; i < 50; i++) {
        start_ms = clock_boot_ms();
        run_for(5);
        assert_int_equal(publish_text(client, "test/a", "x"), 0);
        longest_ms = MAX(longest_ms, clock_boot_ms() - start_ms);
    }
    print_message("  the longest turn of 5 ms took %d ms\n", (int)longest_ms);
    assert_true(longest_ms < 500);

    start_ms = clock_boot_ms();
    client_free(client);
    print_message("  free took %d ms\n", (int)(clock_boot_ms() - start_ms));
    assert_true(clock_boot_ms() - start_ms < 100);

    /* Now the thread comes back for a client that is gone. The sanitizer watches. */
    assert_true(mailbox_post(answers, answers));
    run_for(200);
}

static void test_answer_comes_late(void **state)
{
    g_autoptr(Client) client = client_new(&settings, false);

    (void)state;

    run_for(50);
    assert_int_equal(client->reasons->len, 0);
    assert_true(mailbox_post(answers, answers));
    wait_until(client->reasons->len == 1);
    assert_true(g_str_has_prefix(last_reason(client), "host not found: slow.invalid ("));
    assert_int_equal(client->wills, 0);

    /* Freed while it asks again. */
    run_for(600);
    g_clear_pointer(&client, client_free);
    assert_true(mailbox_post(answers, answers));
    run_for(200);
}

static void test_no_answer(void **state)
{
    g_autoptr(Client) client = client_new(&settings, false);
    int64_t start_ms = clock_boot_ms();

    (void)state;

    wait_until(client->reasons->len == 2);
    print_message("  given up twice after %d ms\n", (int)(clock_boot_ms() - start_ms));
    assert_string_equal(client->reasons->pdata[0], "the name server does not answer");
    assert_in_range(clock_boot_ms() - start_ms, 19500, 22500);

    /* The one question that was asked is answered in the third attempt. */
    run_for((unsigned)g_array_index(client->waits_ms, int64_t, 1) + 50);
    assert_true(mailbox_post(answers, answers));
    wait_until(client->reasons->len == 3);
    assert_true(g_str_has_prefix(last_reason(client), "host not found: slow.invalid ("));
}

/* No broker: that the second address is reached is seen from the listener. */
static void test_second_address(void **state)
{
    uint16_t port;
    int listener = listen_somewhere(&port);
    g_autofree char *url = g_strdup_printf("mqtt://two.invalid:%u", port);
    const MqttSettings two = { .url = url, .client_id = "x", .keep_alive_s = 60 };
    g_autoptr(Client) client = client_new(&two, false);
    struct pollfd waiting = { .fd = listener, .events = POLLIN };
    int64_t deadline_ms = clock_boot_ms() + 5000;

    (void)state;

    while (poll(&waiting, 1, 0) != 1 && clock_boot_ms() < deadline_ms)
        run_for(1);
    assert_int_equal(poll(&waiting, 1, 0), 1);
    assert_int_equal(client->reasons->len, 0);
    close(listener);
}

static void test_no_usable_address(void **state)
{
    const MqttSettings odd = { .url = "mqtt://odd.invalid", .client_id = "x", .keep_alive_s = 60 };
    g_autoptr(Client) client = client_new(&odd, false);

    (void)state;

    wait_until(client->reasons->len == 1);
    assert_string_equal(last_reason(client), "host not found: odd.invalid has no usable address");
}

static int make_answers(void **state)
{
    (void)state;
    answers = mailbox_new(10, NULL);
    return 0;
}

static int free_answers(void **state)
{
    (void)state;
    mailbox_free(answers);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_free_does_not_wait), cmocka_unit_test(test_answer_comes_late),
        cmocka_unit_test(test_no_answer),          cmocka_unit_test(test_second_address),
        cmocka_unit_test(test_no_usable_address),
    };

    return cmocka_run_group_tests_name("mqtt_dns", tests, make_answers, free_answers);
}
