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

static void what_looks_like_a_name(void **state)
{
    static const struct {
        const char *text;
        const char *left;
        const char *name;
    } rows[] = {
        { "daily 03:00 Europe/Paris", "daily 03:00", "Europe/Paris" },
        { " daily 03:00\tamerica/new_york ", "daily 03:00", "america/new_york" },
        { "@daily UTC", "@daily", "UTC" },
        { "@daily utc", "@daily", "utc" },
        { "hourly America/Argentina/Buenos_Aires", "hourly", "America/Argentina/Buenos_Aires" },
        { "in 20m Etc/GMT+5", "in 20m", "Etc/GMT+5" },
        { "Europe/Paris", "Europe/Paris", NULL },
        { "UTC", "UTC", NULL },
        { "", "", NULL },
        { "0 3 * * */2", "0 3 * * */2", NULL },
        { "0 3 * * mon-fri/2", "0 3 * * mon-fri/2", NULL },
        { "daily 03:00 CET", "daily 03:00 CET", NULL },
        { "daily 03:00 ../etc/passwd", "daily 03:00 ../etc/passwd", NULL },
        { "daily 03:00 Europe/..", "daily 03:00 Europe/..", NULL },
        { "daily 03:00 Europe/", "daily 03:00 Europe/", NULL },
        { "daily 03:00 \xc3\x89urope/Paris", "daily 03:00 \xc3\x89urope/Paris", NULL },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *left = NULL;
        g_autofree char *name = NULL;

        zones_split(rows[i].text, &left, &name);
        if (g_strcmp0(left, rows[i].left) != 0 || g_strcmp0(name, rows[i].name) != 0)
            fail_msg("%s: %s, %s", rows[i].text, left, name ? name : "no name");
    }
}

static void all_of_another(void **state)
{
    g_autoptr(Zones) zones = zones_new();
    g_autoptr(Zones) other = zones_new();
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

    (void)state;
    zones_add(other, "a", utc);
    zones_add(other, "b", utc);
    zones_add_all(zones, other);
    assert_ptr_equal(zones_find(zones, "a"), utc);
    assert_ptr_equal(zones_find(zones, "b"), utc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(what_looks_like_a_name),
        cmocka_unit_test(all_of_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
