/* A name server that does not answer: neither the loop nor mqtt_free() waits for it. */
#include "tests/unit/common/mqtt_fixture.h"

#include <dlfcn.h>
#include <netdb.h>

#include "common/sys/mailbox.h"

#include "common/base/banned.h"

static Mailbox *answers; /* the name server answers when there is an item */

/* Instead of libc's, for this program and the library: takes its time over one name. */
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    union {
        void *symbol;
        int (*function)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    } real = { .symbol = dlsym(RTLD_NEXT, "getaddrinfo") };

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
    assert_in_range(clock_boot_ms() - start_ms, 900, 2000);

    /* Now paho goes on with a client that is gone. The sanitizer watches. */
    assert_true(mailbox_post(answers, answers));
    run_for(200);
}

static void test_answer_comes_late(void **state)
{
    g_autoptr(Client) client = client_new(&settings, false);

    (void)state;

    run_for(50);
    assert_int_equal(client->reasons->len, 0);
    /* paho's question, and ours for the reason. */
    assert_true(mailbox_post(answers, answers) && mailbox_post(answers, answers));
    wait_until(client->reasons->len == 1);
    assert_true(g_str_has_prefix(last_reason(client), "host not found: slow.invalid ("));

    /* Freed while it asks for the reason of the second failure. */
    assert_true(mailbox_post(answers, answers));
    run_for(1500);
    g_clear_pointer(&client, client_free);
    for (int i = 0; i < 4; i++)
        assert_true(mailbox_post(answers, answers));
    run_for(200);
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
        cmocka_unit_test(test_free_does_not_wait),
        cmocka_unit_test(test_answer_comes_late),
    };

    return cmocka_run_group_tests_name("mqtt_dns", tests, make_answers, free_answers);
}
