/* Which hosts are this machine. */
#include "common/base/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "common/base/banned.h"

static void what_never_leaves_this_machine(void **state)
{
    static const struct {
        const char *host;
        bool is_loopback;
    } rows[] = {
        { "127.0.0.1", true },
        { "127.255.0.9", true },
        { "::1", true },
        { "localhost", true },
        { "LocalHost", true },
        { "", false },
        { "128.0.0.1", false },
        { "127.0.0.1.example.org", false },
        { "localhost.example.org", false },
        { "::2", false },
        { "example.org", false },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("\"%s\"\n", rows[i].host);
        assert_int_equal(host_is_loopback(rows[i].host), rows[i].is_loopback);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_never_leaves_this_machine),
    };

    return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
