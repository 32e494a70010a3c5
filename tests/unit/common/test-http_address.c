/* Addresses of this machine and its link, and those of others. */
#include "common/net/http_address.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void test_addresses(void **state)
{
    static const struct {
        const char *text;
        bool is_local;
    } rows[] = {
        { "127.0.0.1", true },
        { "127.255.0.9", true },
        { "0.0.0.0", true },
        { "169.254.169.254", true },
        { "169.253.0.1", false },
        { "128.0.0.1", false },
        { "10.0.0.1", false },
        { "192.0.2.7", false },
        { "::1", true },
        { "::", true },
        { "fe80::1", true },
        { "::ffff:127.0.0.1", true },
        { "::ffff:169.254.1.1", true },
        { "::ffff:192.0.2.7", false },
        { "2001:db8::1", false },
        { "fd00::1", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sockaddr_storage storage = { 0 };
        struct sockaddr_in four = { .sin_family = AF_INET };
        struct sockaddr_in6 six = { .sin6_family = AF_INET6 };

        print_message("%s\n", rows[i].text);
        if (inet_pton(AF_INET, rows[i].text, &four.sin_addr) == 1) {
            memcpy(&storage, &four, sizeof(four));
        } else {
            assert_int_equal(inet_pton(AF_INET6, rows[i].text, &six.sin6_addr), 1);
            memcpy(&storage, &six, sizeof(six));
        }
        assert_int_equal(http_address_is_local((const struct sockaddr *)&storage),
                         rows[i].is_local);
    }
}

static void test_other_families(void **state)
{
    const struct sockaddr_un socket = { .sun_family = AF_UNIX };

    (void)state;
    assert_true(http_address_is_local((const struct sockaddr *)&socket));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_other_families),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
