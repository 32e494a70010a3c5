/* Zones by name: those of the system, and names that are none: quickly, and without a
 * complaint of GLib's. */
#include "common/sys/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

static void test_good(void **state)
{
    static const char *const names[] = {
        "UTC", "Europe/Paris", "Etc/GMT+5", "EST5EDT", "America/Argentina/Buenos_Aires", "GMT-0"
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GTimeZone) zone = zone_read(names[i], NULL);

        print_message("  %s\n", names[i]);
        assert_non_null(zone);
        assert_string_equal(g_time_zone_get_identifier(zone), names[i]);
    }
}

/* A warning of GLib's would end the test: see main(). */
static void test_bad(void **state)
{
    static const char *const names[] = {
        "",
        "Nowhere",
        "europe/paris",
        "Europe",
        "Europe/",
        "/etc/passwd",
        "../../../etc/passwd",
        "Europe/../Europe/Paris",
        "/usr/share/zoneinfo/Europe/Paris",
        "tzdata.zi",
        "zone.tab",
        ":Europe/Paris",
        ":/etc/localtime",
        "Europe/Paris\n",
        "iso3166.tab",
        "leapseconds",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;

        print_message("  %s\n", names[i]);
        assert_null(zone_read(names[i], &error));
        assert_true(g_error_matches(error, PROBLEM, PROBLEM_VALUE));
        assert_non_null(strstr(error->message, "Europe/Paris"));
    }
}

/* What a link to a zone, to nothing, and to something else tells. */
static void test_host(void **state)
{
    static const struct {
        const char *target; /* NULL: there is no link */
        const char *name;   /* NULL: it tells none */
        const char *error;
    } rows[] = {
        { "/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo", NULL },
        { "../usr/share/zoneinfo/America/New_York", "America/New_York", NULL },
        { "/usr/share/zoneinfo/Nowhere", NULL, "\"Nowhere\": expected an IANA time zone" },
        { "/usr/share/zoneinfo/tzdata.zi", NULL, "expected an IANA time zone" },
        { "/etc/passwd", NULL, "is no time zone" },
        { "/nonexistent", NULL, "is no time zone" },
        { NULL, NULL, "there is no such file" },
    };
    g_autofree char *folder = g_dir_make_tmp("zone-XXXXXX", NULL);
    g_autofree char *link = g_build_filename(folder, "localtime", NULL);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GTimeZone) zone = NULL;

        print_message("  %s\n", rows[i].target ? rows[i].target : "nothing");
        if (rows[i].target)
            assert_int_equal(symlink(rows[i].target, link), 0);
        zone = zone_read_host(link, &error);
        assert_true(!zone == !rows[i].name && !zone == !!error);
        if (zone)
            assert_string_equal(g_time_zone_get_identifier(zone), rows[i].name);
        else
            assert_non_null(strstr(error->message, rows[i].error));
        g_unlink(link);
    }
    g_rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_host),
    };

    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
