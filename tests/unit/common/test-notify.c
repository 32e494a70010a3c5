/* The service manager, played by a socket of this test. */
#include "common/sys/notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "common/sys/clock.h"

#include "common/base/banned.h"

static int manager = -1;
static char *folder;

static int start_manager(void **state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    (void)state;

    folder = g_dir_make_tmp("test-notify-XXXXXX", NULL);
    g_snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", folder);
    manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(manager, (struct sockaddr *)&address, sizeof(address)) != 0)
        return -1;
    g_setenv("NOTIFY_SOCKET", address.sun_path, TRUE);
    return 0;
}

static int stop_manager(void **state)
{
    g_autofree char *path = g_build_filename(folder, "notify", NULL);

    (void)state;

    g_unsetenv("NOTIFY_SOCKET");
    close(manager);
    unlink(path);
    rmdir(folder);
    g_clear_pointer(&folder, g_free);
    return 0;
}

static void assert_told(const char *expected)
{
    char told[1024] = { 0 };
    ssize_t length = recv(manager, told, sizeof(told) - 1, MSG_DONTWAIT);

    assert_true(length > 0);
    assert_string_equal(told, expected);
}

static void test_states(void **state)
{
    (void)state;

    notify_ready();
    assert_told("READY=1");
    notify_reloading();
    assert_told("RELOADING=1");
    notify_stopping();
    assert_told("STOPPING=1");
}

static void test_status_is_one_line(void **state)
{
    (void)state;

    notify_status("5 agents");
    assert_told("STATUS=5 agents");
    notify_status("a\nMAINPID=1");
    assert_told("STATUS=a MAINPID=1");
}

static gboolean give_up(gpointer data)
{
    (void)data;
    fail_msg("the watchdog was not fed");
    return G_SOURCE_REMOVE;
}

static void test_watchdog(void **state)
{
    guint deadline = g_timeout_add_seconds(20, give_up, NULL);
    int64_t start_ms;

    (void)state;

    /* Not configured: nothing is fed. */
    notify_start_watchdog();
    assert_false(g_main_context_iteration(NULL, FALSE));

    g_setenv("WATCHDOG_USEC", "100000", TRUE);
    start_ms = clock_boot_ms();
    notify_start_watchdog();
    g_unsetenv("WATCHDOG_USEC");
    assert_told("WATCHDOG=1");
    g_main_context_iteration(NULL, TRUE);
    assert_told("WATCHDOG=1");
    g_main_context_iteration(NULL, TRUE);
    assert_told("WATCHDOG=1");
    assert_true(clock_boot_ms() - start_ms >= 95);
    g_source_remove(deadline);
}

static void test_without_a_manager(void **state)
{
    (void)state;

    g_unsetenv("NOTIFY_SOCKET");
    notify_ready();
    notify_status("nobody listens");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_status_is_one_line),
        cmocka_unit_test(test_watchdog),
        cmocka_unit_test(test_without_a_manager),
    };

    return cmocka_run_group_tests_name("notify", tests, start_manager, stop_manager);
}
