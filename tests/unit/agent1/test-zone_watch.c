/* The link of the host's zone is replaced, taken away and made again; another file beside it is of
 * no concern. */
#include "agent1/edge/zone_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "common/base/banned.h"

static void on_changed(void *data)
{
    (*(unsigned *)data)++;
}

/* Until it was told so often, or what could be told would have been. */
static void wait_for(const unsigned *count, unsigned wanted)
{
    int64_t deadline_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

    while (*count < wanted && g_get_monotonic_time() < deadline_us)
        g_main_context_iteration(NULL, TRUE);
    assert_int_equal(*count, wanted);
}

static void a_link(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("zone-watch-XXXXXX", NULL);
    g_autofree char *link = g_build_filename(folder, "localtime", NULL);
    g_autofree char *other = g_build_filename(folder, "localtime.new", NULL);
    g_autoptr(ZoneWatch) watch = NULL;
    unsigned count = 0;

    (void)state;
    assert_int_equal(symlink("/usr/share/zoneinfo/Europe/Paris", link), 0);
    watch = zone_watch_new(link, on_changed, &count, NULL);
    assert_non_null(watch);
    assert_int_equal(symlink("/usr/share/zoneinfo/Asia/Tokyo", other), 0);
    assert_int_equal(g_rename(other, link), 0);
    wait_for(&count, 1);
    g_unlink(link);
    wait_for(&count, 2);
    assert_int_equal(symlink("/nonexistent", link), 0);
    wait_for(&count, 3);
    g_unlink(link);
    g_rmdir(folder);
}

static void no_folder(void **state)
{
    g_autoptr(GError) error = NULL;

    (void)state;
    assert_null(zone_watch_new("/nonexistent/localtime", on_changed, NULL, &error));
    assert_non_null(error);
    zone_watch_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link),
        cmocka_unit_test(no_folder),
    };

    return cmocka_run_group_tests_name("zone_watch", tests, NULL, NULL);
}
