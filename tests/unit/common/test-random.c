/* Random names: length, alphabet, and that two differ. The clocks: that they are what they say. */
#include "common/sys/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <glib.h>

#include "common/sys/clock.h"

#include "common/base/banned.h"

static void test_names(void **state)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    (void)state;

    for (int i = 0; i < 1000; i++) {
        char *name = random_name(16);

        assert_int_equal(strlen(name), 16);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789"), 16);
        assert_true(g_hash_table_add(seen, name));
    }
}

static void test_numbers(void **state)
{
    uint64_t ones = 0;
    uint64_t zeros = 0;
    uint8_t bytes[64] = { 0 };
    unsigned count = 0;

    (void)state;

    for (int i = 0; i < 200; i++) {
        uint64_t number = random_u64();

        ones |= number;
        zeros |= ~number;
    }
    assert_true(ones == UINT64_MAX && zeros == UINT64_MAX);

    random_fill(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        count += bytes[i] == 0;
    assert_true(count < 16);
}

static void test_clocks(void **state)
{
    int64_t before_s = (int64_t)time(NULL);
    int64_t now_ms = clock_now_ms();
    int64_t boot_ms = clock_boot_ms();

    (void)state;

    /* time(2) may lag the clock by a tick, so a second is allowed each way. */
    assert_in_range(now_ms, (before_s - 1) * 1000, (before_s + 2) * 1000);
    assert_true(boot_ms > 0);
    assert_true(clock_boot_ms() >= boot_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_clocks),
    };

    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
