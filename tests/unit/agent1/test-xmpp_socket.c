/* Where a socket leads: to this machine, or elsewhere. */
#include "agent1/edge/xmpp_socket.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/banned.h"

/* A socket of datagrams, which knows its other end without a word to it; -1: there is no way. */
static int connect_to(const char *text)
{
    struct sockaddr_storage storage = { 0 };
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(9) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(9) };
    bool is_four = inet_pton(AF_INET, text, &four.sin_addr) == 1;
    socklen_t length = is_four ? sizeof(four) : sizeof(six);
    int fd = socket(is_four ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (is_four) {
        memcpy(&storage, &four, sizeof(four));
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
        memcpy(&storage, &six, sizeof(six));
    }
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&storage, length) == 0)
        return fd;

    if (fd >= 0)
        close(fd);
    return -1;
}

static void test_where_it_leads(void **state)
{
    static const struct {
        const char *address;
        bool stays_here;
    } rows[] = {
        { "127.0.0.1", true }, { "127.0.1.1", true },    { "127.255.0.9", true },
        { "::1", true },       { "192.0.2.7", false },   { "198.51.100.7", false },
        { "10.9.8.7", false }, { "2001:db8::1", false },
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int fd = connect_to(rows[i].address);

        print_message("%s%s\n", rows[i].address, fd < 0 ? ": no way here" : "");
        if (fd < 0)
            continue;
        assert_int_equal(xmpp_socket_stays_here(fd), rows[i].stays_here);
        close(fd);
    }
}

/* The address that others know this machine by, where it has one. */
static void test_an_own_address(void **state)
{
    int out = connect_to("192.0.2.7");
    struct sockaddr_in own = { 0 };
    socklen_t length = sizeof(own);
    char text[INET_ADDRSTRLEN];
    int back;

    (void)state;
    if (out < 0)
        skip();
    assert_int_equal(getsockname(out, (struct sockaddr *)&own, &length), 0);
    close(out);
    assert_non_null(inet_ntop(AF_INET, &own.sin_addr, text, sizeof(text)));
    back = connect_to(text);
    assert_true(back >= 0 && xmpp_socket_stays_here(back));
    close(back);
}

static void test_no_other_end(void **state)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    assert_false(xmpp_socket_stays_here(fd));
    assert_false(xmpp_socket_stays_here(-1));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_it_leads),
        cmocka_unit_test(test_an_own_address),
        cmocka_unit_test(test_no_other_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
