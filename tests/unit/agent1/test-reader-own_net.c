/* Which addresses are in a network of this machine's. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <netinet/in.h>

#include "agent1/reader/own_net.h"
#include "common/base/banned.h"

typedef union Address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} Address;

static const struct {
    const char *net;
    const char *mask;
    const char *address;
    bool is_in;
} rows[] = {
    { "203.0.113.9", "255.255.255.0", "203.0.113.200", true },
    { "203.0.113.9", "255.255.255.0", "203.0.114.1", false },
    { "203.0.113.9", "255.255.255.255", "203.0.113.9", true },
    { "203.0.113.9", "0.0.0.0", "198.51.100.1", false },
    { "2001:db8:1::5", "ffff:ffff:ffff:ffff::", "2001:db8:1::1", true },
    { "2001:db8:1::5", "ffff:ffff:ffff:ffff::", "2001:db8:1:1::1", false },
    { "2001:db8:1::5", "ffff:ffff:ffff:ffff::", "203.0.113.9", false },
};

static Address read_address(const char *text)
{
    Address address = { 0 };

    if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &address.v6.sin6_addr), 1);
        address.v6.sin6_family = AF_INET6;
    }
    return address;
}

static void what_is_in(void **state)
{
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        Address net = read_address(rows[i].net);
        Address mask = read_address(rows[i].mask);
        Address address = read_address(rows[i].address);

        if (own_net_has(&net.any, &mask.any, &address.any) != rows[i].is_in)
            fail_msg("%s in %s by %s", rows[i].address, rows[i].net, rows[i].mask);
    }
}

static void its_own_address(void **state)
{
    Address loopback = read_address("127.0.0.1");
    Address other = read_address("198.51.100.77");

    (void)state;
    own_net_learn();
    assert_string_equal(own_net_judge(&loopback.any), "this machine's");
    assert_null(own_net_judge(&other.any));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in),
        cmocka_unit_test(its_own_address),
    };

    return cmocka_run_group_tests_name("reader-own_net", tests, NULL, NULL);
}
