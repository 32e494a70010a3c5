/* The HTTP client and a name server that does not answer: nobody waits for it. */
#include "tests/unit/common/http_fixture.h"

#include <dlfcn.h>
#include <netdb.h>

#include "common/base/banned.h"

static int wanted; /* so many lookups may end; atomic, as the next */
static int ended;

typedef int (*LookUp)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* Instead of libc's, for this program and the library: takes its time over one name. */
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    union {
        void *symbol;
        LookUp function;
    } real = { .symbol = dlsym(RTLD_NEXT, "getaddrinfo") };

    if (strcmp(host, "slow.invalid") != 0)
        return real.function(host, service, hints, out);

    /* Who waits for this, against what is tested, does not for ever. */
    for (unsigned i = 0; i < 5000 && g_atomic_int_get(&wanted) <= g_atomic_int_get(&ended); i++)
        g_usleep(1000);
    g_atomic_int_inc(&ended);
    return EAI_AGAIN;
}

/* Lets the one lookup end that is under way. */
static void answer(void)
{
    int count = g_atomic_int_add(&wanted, 1) + 1;

    while (g_atomic_int_get(&ended) < count)
        g_usleep(1000);
}

static void test_nobody_waits(void **state)
{
    static const struct {
        const char *what;
        int64_t connect_ms;
        int64_t total_ms;
        bool is_cancelled;
    } rows[] = {
        { "a time limit of the connection", 100, 0, false },
        { "a time limit of the whole", 0, 100, false },
        { "cancelled", 0, 0, true },
        { "freed", 0, 0, false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t start_us = g_get_monotonic_time();
        HttpRequest *request;
        Client client;

        client_init(&client);
        request = http_start(client.http,
                             &(HttpOrder){ .url = "http://slow.invalid/",
                                           .connect_ms = rows[i].connect_ms,
                                           .total_ms = rows[i].total_ms },
                             &noting, &client, NULL);
        while (g_main_context_iteration(NULL, FALSE))
            continue;
        if (rows[i].is_cancelled)
            http_cancel(request);
        if (rows[i].connect_ms || rows[i].total_ms) {
            wait_until(client.is_done);
            if (client.end != HTTP_END_SILENT)
                fail_msg("%s: %s", rows[i].what, client.why);
        }
        client_clear(&client);
        if (g_get_monotonic_time() - start_us > 2 * G_USEC_PER_SEC)
            fail_msg("%s: %d ms", rows[i].what, (int)((g_get_monotonic_time() - start_us) / 1000));
        answer();
    }
}

static void test_an_answer_after_all(void **state)
{
    Client client;

    (void)state;
    client_init(&client);
    http_start(client.http, &(HttpOrder){ .url = "http://slow.invalid/" }, &noting, &client, NULL);
    g_atomic_int_inc(&wanted);
    wait_until(client.is_done);
    assert_int_equal(client.end, HTTP_END_UNREACHABLE);
    client_clear(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_waits),
        cmocka_unit_test(test_an_answer_after_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
