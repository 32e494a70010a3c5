/* The launcher: shims that outlive it, and failures that a Watch can see. Shims and systemctl are
 * scripts of the test. */
#include "agent2/edge/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent2/folder/names.h"
#include "common/base/problem.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

#define RUN_NAME "01JD6Q8W3MZX5T4R7V9B2C0DFG.1"

typedef struct Scene {
    char *folder;
    char *run;
    char *script;
    int opened; /* a descriptor of agent2 that nobody is to inherit */
} Scene;

static int set_up(void **state)
{
    Scene *scene = g_new0(Scene, 1);

    scene->folder = g_dir_make_tmp("test-launcher-XXXXXX", NULL);
    scene->run = g_build_filename(scene->folder, RUN_NAME, NULL);
    scene->script = g_build_filename(scene->folder, "shim", NULL);
    scene->opened = open("/dev/zero", O_RDONLY); /* not close-on-exec, as a library may leave it */
    *state = scene;
    return file_make_folder(scene->run, 0700, NULL) && scene->opened >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    Scene *scene = *state;
    bool is_gone = file_remove_tree(scene->folder, NULL);

    close(scene->opened);
    g_free(scene->folder);
    g_free(scene->run);
    g_free(scene->script);
    g_free(scene);
    return is_gone ? 0 : -1;
}

static void write_script(const char *path, const char *lines)
{
    g_autofree char *text = g_strconcat("#!/bin/sh\n", lines, "\n", NULL);

    assert_true(file_write_atomic(path, text, strlen(text), 0700, NULL));
}

/* The content of a file of the folder, once it is there; alarm(2) bounds the wait. */
static char *wait_for_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *text = NULL;

    while (!g_file_get_contents(path, &text, NULL, NULL))
        g_usleep(1000);
    return text;
}

/* "report.new" is renamed by the scripts, so that a report appears whole. */
#define REPORT "mv report.new report"

static void test_what_a_shim_inherits(void **state)
{
    Scene *scene = *state;
    g_autoptr(Launcher) launcher = NULL;
    g_autofree char *report = NULL;
    g_autofree char *expected = NULL;

    write_script(scene->script, "cd \"$1\"; exec > report.new\n"
                                "echo \"$# $1\"\n"
                                "readlink /proc/$$/fd/0 /proc/$$/fd/2\n"
                                "for fd in /proc/$$/fd/*; do\n"
                                "  [ -c \"$fd\" ] && readlink $fd | grep zero\n"
                                "  readlink $fd | grep socket\n"
                                "done\n"
                                "echo \"secret=$SECRET\"\n"
                                /* Signals 32 and 33 are the C library's own: who starts the
                                 * tests (make) may leave them ignored, and nobody can change it. */
                                "while read -r name mask; do case $name in Sig[BI]*)\n"
                                "  echo \"$name $((0x$mask & ~0x180000000))\";; esac\n"
                                "done < /proc/self/status\n" REPORT);
    launcher = launcher_new(LAUNCHER_SPAWN, scene->script, NULL);
    assert_non_null(launcher);
    assert_true(launcher_start(launcher, scene->run, NULL));
    report = wait_for_file(scene->run, "report");
    expected = g_strdup_printf("1 %s\n/dev/null\n/dev/null\nsecret=\n"
                               "SigBlk: 0\nSigIgn: 0\n",
                               scene->run);
    assert_string_equal(report, expected);
}

static void test_shims_outlive_the_launcher(void **state)
{
    Scene *scene = *state;
    g_autofree char *go = g_build_filename(scene->run, "go", NULL);
    g_autofree char *report = NULL;
    Launcher *launcher;
    int fifo;

    assert_int_equal(mkfifo(go, 0600), 0);
    write_script(scene->script, "cd \"$1\"; read x < go; echo $x > report.new; " REPORT);
    launcher = launcher_new(LAUNCHER_SPAWN, scene->script, NULL);
    assert_non_null(launcher);
    assert_true(launcher_start(launcher, scene->run, NULL));
    fifo = open(go, O_WRONLY | O_CLOEXEC); /* waits for the shim to read */
    launcher_free(launcher);
    assert_int_equal(write(fifo, "on\n", 3), 3);
    close(fifo);
    report = wait_for_file(scene->run, "report");
    assert_string_equal(report, "on\n");
}

static void test_many_in_order(void **state)
{
    Scene *scene = *state;
    g_autoptr(Launcher) launcher = NULL;

    write_script(scene->script, "echo x > \"$1/began\"");
    launcher = launcher_new(LAUNCHER_SPAWN, scene->script, NULL);
    assert_non_null(launcher);
    for (unsigned i = 1; i <= 50; i++) {
        g_autofree char *run = g_strdup_printf("%s/run%u", scene->folder, i);

        assert_true(file_make_folder(run, 0700, NULL));
        assert_true(launcher_start(launcher, run, NULL));
    }
    for (unsigned i = 1; i <= 50; i++) {
        g_autofree char *run = g_strdup_printf("%s/run%u", scene->folder, i);

        g_free(wait_for_file(run, "began"));
    }
}

/* Waits until somebody who could write closes the run's lock, which is what a Watch waits for. */
static void wait_lock_closed(int inotify)
{
    char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    bool is_closed = false;

    while (!is_closed) {
        const struct inotify_event *event = (const void *)buffer;

        assert_true(read(inotify, buffer, sizeof(buffer)) > 0);
        is_closed = strcmp(event->name, RUN_FILE_LOCK) == 0;
    }
}

static int watch_run(const Scene *scene)
{
    int inotify = inotify_init1(IN_CLOEXEC);

    assert_true(inotify >= 0);
    assert_true(inotify_add_watch(inotify, scene->run, IN_CLOSE_WRITE) >= 0);
    return inotify;
}

static void test_a_shim_that_cannot_run(void **state)
{
    Scene *scene = *state;
    g_autoptr(Launcher) launcher = NULL;
    int inotify = watch_run(scene);

    write_script(scene->script, "exit 0");
    launcher = launcher_new(LAUNCHER_SPAWN, scene->script, NULL);
    assert_non_null(launcher);
    assert_int_equal(unlink(scene->script), 0);
    assert_true(launcher_start(launcher, scene->run, NULL));
    wait_lock_closed(inotify);
    close(inotify);
}

/* A systemctl in a PATH of the test's own. */
static Launcher *new_unit_launcher(const Scene *scene, const char *script)
{
    g_autofree char *bin = g_build_filename(scene->folder, "bin", NULL);
    g_autofree char *systemctl = g_build_filename(bin, "systemctl", NULL);
    g_autofree char *path = g_strconcat(bin, ":", getenv("PATH"), NULL);
    g_autofree char *before = g_strdup(getenv("PATH"));
    Launcher *launcher;

    assert_true(file_make_folder(bin, 0700, NULL));
    write_script(systemctl, script);
    g_setenv("PATH", path, TRUE);
    launcher = launcher_new(LAUNCHER_UNIT, NULL, NULL);
    g_setenv("PATH", before, TRUE);
    assert_non_null(launcher);
    return launcher;
}

static void test_a_unit(void **state)
{
    Scene *scene = *state;
    g_autofree char *script =
        g_strdup_printf("cd %s; echo \"$@\" > report.new; " REPORT, scene->run);
    g_autoptr(Launcher) launcher = new_unit_launcher(scene, script);
    g_autofree char *report = NULL;

    assert_true(launcher_start(launcher, scene->run, NULL));
    report = wait_for_file(scene->run, "report");
    assert_string_equal(report,
                        "start --no-block --no-ask-password agent2-run@" RUN_NAME ".service\n");
}

static void test_a_unit_that_systemd_refuses(void **state)
{
    Scene *scene = *state;
    int inotify = watch_run(scene);
    g_autoptr(Launcher) launcher = new_unit_launcher(scene, "exit 4");

    assert_true(launcher_start(launcher, scene->run, NULL));
    wait_lock_closed(inotify);
    close(inotify);
}

static void test_refused(void **state)
{
    Scene *scene = *state;
    g_autoptr(Launcher) launcher = NULL;
    g_autoptr(GError) error = NULL;

    assert_null(launcher_new(LAUNCHER_SPAWN, NULL, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_MISSING));
    g_clear_error(&error);
    assert_null(launcher_new(LAUNCHER_SPAWN, scene->script, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_MISSING));
    g_clear_error(&error);

    write_script(scene->script, "exit 0");
    launcher = launcher_new(LAUNCHER_SPAWN, scene->script, NULL);
    assert_non_null(launcher);
    assert_false(launcher_start(launcher, "relative/run", &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_VALUE));
}

/* The pid of the spawner: our only child. */
static pid_t find_spawner(void)
{
    g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int)getpid());
    g_autofree char *text = file_read(path, 4096, NULL, NULL);

    assert_non_null(text);
    return (pid_t)g_ascii_strtoll(text, NULL, 10);
}

static void test_a_spawner_that_is_gone(void **state)
{
    Scene *scene = *state;
    g_autoptr(Launcher) launcher = NULL;
    g_autoptr(GError) error = NULL;
    pid_t spawner;

    write_script(scene->script, "exit 0");
    launcher = launcher_new(LAUNCHER_SPAWN, scene->script, NULL);
    assert_non_null(launcher);
    spawner = find_spawner();
    assert_true(spawner > 0);
    assert_int_equal(kill(spawner, SIGKILL), 0);
    while (launcher_start(launcher, scene->run, &error))
        g_usleep(1000);
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_IO));
}

/* A spawner that does not come after: the asking says so and does not wait. */
static void test_a_spawner_that_is_behind(void **state)
{
    Scene *scene = *state;
    g_autoptr(Launcher) launcher = NULL;
    g_autoptr(GError) error = NULL;
    unsigned asked = 0;
    pid_t spawner;

    write_script(scene->script, "exit 0");
    launcher = launcher_new(LAUNCHER_SPAWN, scene->script, NULL);
    assert_non_null(launcher);
    spawner = find_spawner();
    assert_int_equal(kill(spawner, SIGSTOP), 0);
    while (launcher_start(launcher, scene->run, &error))
        asked++;
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_FULL));
    assert_true(asked >= 10);
    assert_int_equal(kill(spawner, SIGKILL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_a_shim_inherits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shims_outlive_the_launcher, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_shim_that_cannot_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_unit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_unit_that_systemd_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_spawner_that_is_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_spawner_that_is_behind, set_up, tear_down),
    };

    g_setenv("SECRET", "canary", TRUE);
    alarm(60); /* the end of any wait for another process */
    return cmocka_run_group_tests_name("launcher", tests, NULL, NULL);
}
