/* Programs run to their end: what they wrote, how they ended, and that none outlives its time. */
#include "common/sys/child.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/sys/clock.h"

#include "common/base/banned.h"

#define LONG_MS 20000

static void run(const char *program, const char *script, int64_t limit_ms, int cancel_fd,
                ChildEnd *out)
{
    const char *const argv[] = { program, "-c", script, NULL };
    const char *const environment[] = { "PATH=/usr/bin:/bin", "GIVEN=this", NULL };
    const ChildOrder order = { .argv = argv,
                               .environment = environment,
                               .deadline_boot_ms = clock_boot_ms() + limit_ms,
                               .cancel_fd = cancel_fd };

    child_run(&order, out);
}

static void test_ends(void **state)
{
    static const struct {
        const char *what;
        const char *program;
        const char *script;
        ChildKind kind;
        int exit_code;
        const char *output;
        const char *errors;
    } rows[] = {
        { "no such program", "no-such-program", "", CHILD_MISSING, -1, "",
          "No such file or directory" },
        { "no program", "/etc/passwd", "", CHILD_NOT_STARTED, -1, "", "Permission denied" },
        { "it fails", "sh", "echo a; echo b >&2; exit 3", CHILD_EXITED, 3, "a\n", "b\n" },
        { "a signal", "sh", "kill -9 $$", CHILD_SIGNALLED, -1, "", "" },
        { "all is well", "sh", "echo $GIVEN", CHILD_EXITED, 0, "this\n", "" },
        { "only what it is given", "sh", "echo \"$HOME$USER\"", CHILD_EXITED, 0, "\n", "" },
        { "nothing to read", "sh", "cat", CHILD_EXITED, 0, "", "" },
        { "no terminal", "sh", "(: </dev/tty) 2>/dev/null || echo none", CHILD_EXITED, 0, "none\n",
          "" },
        { "a NUL is left out", "sh", "printf 'a\\0b'", CHILD_EXITED, 0, "ab", "" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(ChildEnd) end = { 0 };

        run(rows[i].program, rows[i].script, LONG_MS, -1, &end);
        if (end.kind != rows[i].kind || end.exit_code != rows[i].exit_code ||
            g_strcmp0(end.output, rows[i].output) != 0 ||
            g_strcmp0(end.errors, rows[i].errors) != 0)
            fail_msg("%s: kind %d, exit %d, \"%s\", \"%s\"", rows[i].what, (int)end.kind,
                     end.exit_code, end.output, end.errors);
    }
}

static void test_much_output(void **state)
{
    g_auto(ChildEnd) end = { 0 };

    (void)state;
    run("sh", "head -c 300000 /dev/zero | tr '\\0' x; echo end >&2", LONG_MS, -1, &end);
    assert_int_equal(end.exit_code, 0);
    assert_int_equal(strlen(end.output), CHILD_OUTPUT_MAX_BYTES);
    assert_string_equal(end.errors, "end\n");
}

static void test_input_and_folder(void **state)
{
    const char *const argv[] = { "/bin/sh", "-c", "pwd; cat; echo end", NULL };
    const char *const environment[] = { NULL };
    g_autofree char *input = g_strnfill(200000, 'x');
    const ChildOrder order = { .argv = argv,
                               .environment = environment,
                               .folder = "/",
                               .input = input,
                               .output_max_bytes = 300000,
                               .deadline_boot_ms = clock_boot_ms() + LONG_MS,
                               .cancel_fd = -1 };
    g_auto(ChildEnd) end = { 0 };

    (void)state;
    child_run(&order, &end);
    assert_int_equal(end.exit_code, 0);
    assert_memory_equal(end.output, "/\nxxx", 5);
    assert_string_equal(end.output + 2 + 200000, "end\n");
}

/* A group is gone when nobody can be signalled in it. */
static bool is_gone(pid_t pid)
{
    for (int tries = 0; tries < 20000; tries++) {
        if (kill(pid, 0) != 0)
            return true;
        g_usleep(1000);
    }
    return false;
}

static void test_its_time_is_over(void **state)
{
    g_auto(ChildEnd) end = { 0 };

    (void)state;
    run("sh", "sleep 1000 & echo $!; wait", 300, -1, &end);
    assert_int_equal(end.kind, CHILD_TIMED_OUT);
    assert_true(is_gone((pid_t)strtol(end.output, NULL, 10)));
}

/* What it left behind keeps its output open, and is not waited for. */
static void test_what_it_leaves_behind(void **state)
{
    g_auto(ChildEnd) end = { 0 };

    (void)state;
    run("sh", "sleep 1000 & echo $!", LONG_MS, -1, &end);
    assert_int_equal(end.kind, CHILD_EXITED);
    assert_true(is_gone((pid_t)strtol(end.output, NULL, 10)));
}

static void test_cancelled(void **state)
{
    g_auto(ChildEnd) end = { 0 };
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[1]);
    run("sh", "sleep 1000", LONG_MS, ends[0], &end);
    close(ends[0]);
    assert_int_equal(end.kind, CHILD_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_much_output),
        cmocka_unit_test(test_input_and_folder),
        cmocka_unit_test(test_its_time_is_over),
        cmocka_unit_test(test_what_it_leaves_behind),
        cmocka_unit_test(test_cancelled),
    };

    return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
