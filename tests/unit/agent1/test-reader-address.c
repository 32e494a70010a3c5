/* Which addresses are public: every range that is not, at both its ends and beside them, and what
 * carries an address of IPv4. */
#include "agent1/reader/address.h"

#include <arpa/inet.h>
#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static const char *judge(const char *text)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return address_judge((const struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return address_judge((const struct sockaddr *)&v6);
}

static const struct {
    const char *address;
    const char *what;
} addresses[] = {
    { "0.0.0.0", "of this network" },
    { "0.255.255.255", "of this network" },
    { "1.1.1.1", NULL },
    { "9.255.255.255", NULL },
    { "10.0.0.0", "private" },
    { "10.255.255.255", "private" },
    { "11.0.0.0", NULL },
    { "100.63.255.255", NULL },
    { "100.64.0.0", "shared by a carrier" },
    { "100.100.100.200", "shared by a carrier" },
    { "100.127.255.255", "shared by a carrier" },
    { "100.128.0.0", NULL },
    { "126.255.255.255", NULL },
    { "127.0.0.1", "loopback" },
    { "127.255.255.255", "loopback" },
    { "128.0.0.0", NULL },
    { "168.63.129.15", NULL },
    { "168.63.129.16", "a cloud's own" },
    { "169.253.255.255", NULL },
    { "169.254.169.254", "link-local" },
    { "169.255.0.0", NULL },
    { "172.15.255.255", NULL },
    { "172.16.0.0", "private" },
    { "172.31.255.255", "private" },
    { "172.32.0.0", NULL },
    { "192.0.0.192", "reserved" },
    { "192.0.1.0", NULL },
    { "192.0.2.1", "for documentation" },
    { "192.88.99.1", "reserved" },
    { "192.167.255.255", NULL },
    { "192.168.0.1", "private" },
    { "192.169.0.0", NULL },
    { "198.17.255.255", NULL },
    { "198.18.0.0", "for measurements" },
    { "198.19.255.255", "for measurements" },
    { "198.20.0.0", NULL },
    { "198.51.100.7", "for documentation" },
    { "203.0.113.7", "for documentation" },
    { "223.255.255.255", NULL },
    { "224.0.0.1", "multicast" },
    { "239.255.255.255", "multicast" },
    { "240.0.0.0", "reserved" },
    { "255.255.255.255", "reserved" },
    { "::", "unspecified" },
    { "::1", "loopback" },
    { "::2", "reserved" },
    { "::127.0.0.1", "reserved" },
    { "::ffff:127.0.0.1", "loopback" },
    { "::ffff:10.1.2.3", "private" },
    { "::ffff:169.254.169.254", "link-local" },
    { "::ffff:1.1.1.1", NULL },
    { "64:ff9b::7f00:1", "loopback" },
    { "64:ff9b::a9fe:a9fe", "link-local" },
    { "64:ff9b::101:101", NULL },
    { "64:ff9b:1::1", "reserved" },
    { "100::1", "reserved" },
    { "2000::1", NULL },
    { "2001::1", "reserved" },
    { "2001:1ff::1", "reserved" },
    { "2001:200::1", NULL },
    { "2001:db8::1", "for documentation" },
    { "2001:db9::1", NULL },
    { "2002:7f00:1::1", "loopback" },
    { "2002:c0a8:1::1", "private" },
    { "2002:101:101::1", NULL },
    { "2606:4700::1111", NULL },
    { "3fff:fff::1", "for documentation" },
    { "3fff:1000::1", NULL },
    { "4000::1", "reserved" },
    { "fc00::1", "private" },
    { "fd00:ec2::254", "private" },
    { "fe80::1", "link-local" },
    { "fec0::1", "private" },
    { "ff02::1", "multicast" },
};

static void the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        const char *what = judge(addresses[i].address);

        if (g_strcmp0(what, addresses[i].what) != 0)
            fail_msg("%s: %s", addresses[i].address, what ? what : "public");
    }
}

static void other_families(void **state)
{
    const struct sockaddr local = { .sa_family = AF_UNIX };

    (void)state;
    assert_string_equal(address_judge(&local), "no address of the Internet");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table),
        cmocka_unit_test(other_families),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
