/* Zones by name: found, replaced, and not there. */
#include "common/data/zones.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void test_find(void **state)
{
    g_autoptr(Zones) zones = zones_new();
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GTimeZone) east = g_time_zone_new_offset(3600);

    (void)state;
    assert_null(zones_find(zones, "Europe/Paris"));
    zones_add(zones, "Europe/Paris", utc);
    assert_ptr_equal(zones_find(zones, "Europe/Paris"), utc);
    assert_null(zones_find(zones, "europe/paris"));

    zones_add(zones, "Europe/Paris", east);
    assert_ptr_equal(zones_find(zones, "Europe/Paris"), east);
    zones_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_find) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
