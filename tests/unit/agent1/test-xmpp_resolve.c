/* Where a server is, as far as that can be asked without a name server. */
#include "agent1/edge/xmpp_resolve.h"

#include "common/base/problem.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void test_hosts(void **state)
{
    static const struct {
        const char *what;
        XmppResolveQuery query;
        const char *host;
        unsigned port;
    } rows[] = {
        { "the usual port", { .domain = "x", .host = "127.0.0.1" }, "127.0.0.1", 5222 },
        { "the usual port with TLS",
          { .domain = "x", .host = "127.0.0.1", .is_direct_tls = true },
          "127.0.0.1",
          5223 },
        { "a port", { .domain = "x", .host = "127.0.0.1", .port = 7 }, "127.0.0.1", 7 },
        { "a name of this machine", { .domain = "x", .host = "localhost", .port = 7 }, NULL, 7 },
    };

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) addresses = xmpp_resolve(&rows[i].query, NULL);

        if (!addresses || addresses->len == 0)
            fail_msg("%s: no address", rows[i].what);
        for (unsigned n = 0; n < addresses->len; n++) {
            const XmppAddress *address = addresses->pdata[n];

            assert_int_equal(address->port, rows[i].port);
            if (rows[i].host)
                assert_string_equal(address->host, rows[i].host);
        }
    }
}

static void test_no_host(void **state)
{
    const XmppResolveQuery query = { .domain = "x", .host = "no such name" };
    g_autoptr(GError) error = NULL;

    (void)state;

    assert_null(xmpp_resolve(&query, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_IO));
}

/* A socket on loopback that listens, or only keeps the port from others. */
static int bind_port(bool is_listening, unsigned short *out_port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    if (is_listening)
        assert_int_equal(listen(fd, 100), 0);
    *out_port = ntohs(address.sin_port);

    return fd;
}

static void count_sockets(int fd, void *data)
{
    int *balance = data;

    *balance += fd >= 0 ? 1 : -1;
}

static void test_reachable(void **state)
{
    unsigned short ports[3];
    const int fds[] = { bind_port(false, &ports[0]), bind_port(true, &ports[1]),
                        bind_port(false, &ports[2]) };
    const XmppAddress *address;
    g_autoptr(GPtrArray) addresses = NULL;
    g_autoptr(GError) error = NULL;
    int balance = 0;

    (void)state;

    /* Three addresses, of which the second takes connections. */
    for (unsigned i = 0; i < G_N_ELEMENTS(ports); i++) {
        const XmppResolveQuery query = { .domain = "x", .host = "127.0.0.1", .port = ports[i] };
        g_autoptr(GPtrArray) one = xmpp_resolve(&query, NULL);

        assert_int_equal(one->len, 1);
        if (!addresses)
            addresses = g_steal_pointer(&one);
        else
            g_ptr_array_extend_and_steal(addresses, g_steal_pointer(&one));
    }
    for (unsigned first = 0; first < 7; first++) {
        address = xmpp_resolve_reachable(addresses, first, count_sockets, &balance, &error);
        if (!address)
            fail_msg("from %u on: %s", first, error->message);
        assert_int_equal(address->port, ports[1]);
        assert_int_equal(balance, 0);
    }

    close(fds[1]);
    assert_null(xmpp_resolve_reachable(addresses, 1, count_sockets, &balance, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_IO));
    assert_non_null(g_strrstr(error->message, "Connection refused"));
    assert_int_equal(balance, 0);
    close(fds[0]);
    close(fds[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_no_host),
        cmocka_unit_test(test_reachable),
    };

    return cmocka_run_group_tests_name("xmpp_resolve", tests, NULL, NULL);
}
