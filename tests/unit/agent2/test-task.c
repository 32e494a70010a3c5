/* The order in a run folder: printed, read, and what may not run. */
#include "agent2/folder/task.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define RUN  "01JD6Q8W3MZX5T4R7V9B2C0DFG"
#define BOOT "3b2a1c4d-0000-4e5f-8a9b-0123456789ab"

static char shell[] = "/bin/sh";
static char option[] = "-c";
static char text[] = "echo 'a\\b'\necho \xff";
static char empty[] = "";

static RunTask make_task(void)
{
    return (RunTask){
        .run = RUN,
        .attempt = 2,
        .boot_id = BOOT,
        .expires_ms = 1732150000000,
        .window_end_ms = RUN_NO_WINDOW,
        .timeout_ms = 3600000,
        .kill_grace_ms = 5000,
        .max_output = RUN_OUTPUT_DEFAULT,
        .uid = RUN_AS_NOBODY_ELSE,
        .gid = RUN_AS_NOBODY_ELSE,
        .cwd = "/",
        .env_count = 2,
        .env = { "PATH=/usr/bin:/bin", "EMPTY=" },
        .arg_count = 3,
        .args = { shell, option, text },
    };
}

static void assert_same(const RunTask *a, const RunTask *b)
{
    assert_string_equal(a->run, b->run);
    assert_int_equal(a->attempt, b->attempt);
    assert_string_equal(a->boot_id, b->boot_id);
    assert_int_equal(a->expires_ms, b->expires_ms);
    assert_int_equal(a->window_end_ms, b->window_end_ms);
    assert_int_equal(a->timeout_ms, b->timeout_ms);
    assert_int_equal(a->kill_grace_ms, b->kill_grace_ms);
    assert_int_equal(a->max_output, b->max_output);
    assert_int_equal(a->uid, b->uid);
    assert_int_equal(a->gid, b->gid);
    assert_int_equal(a->group_count, b->group_count);
    assert_memory_equal(a->groups, b->groups, a->group_count * sizeof(a->groups[0]));
    assert_string_equal(a->cwd, b->cwd);
    assert_int_equal(a->env_count, b->env_count);
    for (unsigned i = 0; i < a->env_count; i++)
        assert_string_equal(a->env[i], b->env[i]);
    assert_int_equal(a->arg_count, b->arg_count);
    for (unsigned i = 0; i < a->arg_count; i++)
        assert_string_equal(a->args[i], b->args[i]);
    assert_null(b->args[b->arg_count]);
    assert_int_equal(a->meta != NULL, b->meta != NULL);
    if (a->meta)
        assert_string_equal(a->meta, b->meta);
}

/* Prints and reads the task again, twice: the second print is the same bytes. */
static void assert_round_trip(const RunTask *task)
{
    g_autofree char *buffer = g_malloc(RUN_TASK_MAX_BYTES + 1);
    g_autofree char *first = NULL;
    const char *problem = "unset";
    RunTask again;
    size_t length;
    size_t second;

    assert_true(run_task_print(task, buffer, RUN_TASK_MAX_BYTES, &length));
    first = g_strndup(buffer, length);
    assert_int_equal(run_task_parse(buffer, length, &again, &problem), LINES_OK);
    assert_null(problem);
    assert_same(task, &again);

    {
        g_autofree char *copy = g_malloc(RUN_TASK_MAX_BYTES);

        assert_true(run_task_print(&again, copy, RUN_TASK_MAX_BYTES, &second));
        assert_int_equal(second, length);
        assert_memory_equal(copy, first, length);
    }
}

static void test_form(void **state)
{
    RunTask task = make_task();
    char buffer[1000];
    size_t length;

    (void)state;

    task.window_end_ms = 1732140000000;
    task.uid = 1000;
    task.gid = 1001;
    task.group_count = 1;
    task.groups[0] = 27;
    task.meta = "{\"number\":42}\n";
    assert_true(run_task_print(&task, buffer, sizeof(buffer) - 1, &length));
    buffer[length] = '\0';
    assert_string_equal(buffer, "format: 1\n"
                                "run: " RUN "\n"
                                "attempt: 2\n"
                                "boot: " BOOT "\n"
                                "expires: 1732150000000\n"
                                "window_end: 1732140000000\n"
                                "timeout_ms: 3600000\n"
                                "kill_grace_ms: 5000\n"
                                "max_output: 8388608\n"
                                "uid: 1000\n"
                                "gid: 1001\n"
                                "group: 27\n"
                                "cwd: /\n"
                                "env: PATH=/usr/bin:/bin\n"
                                "env: EMPTY=\n"
                                "args: 3\n"
                                "arg: /bin/sh\n"
                                "arg: -c\n"
                                "arg: echo 'a\\\\b'\\necho \xff\n"
                                "meta: {\"number\":42}\\n\n");
}

static void test_round_trips(void **state)
{
    RunTask task = make_task();
    g_autofree char *long_text = g_strnfill(128 * 1024, 'x');

    (void)state;

    assert_round_trip(&task);

    task.window_end_ms = 0;
    task.uid = 0;
    task.gid = 0;
    task.expires_ms = RUN_TIME_MAX_MS;
    task.timeout_ms = 0;
    task.kill_grace_ms = RUN_GRACE_MAX_MS;
    task.max_output = RUN_OUTPUT_MIN;
    task.env_count = 0;
    assert_round_trip(&task);

    task.group_count = RUN_GROUPS_MAX;
    for (unsigned i = 0; i < RUN_GROUPS_MAX; i++)
        task.groups[i] = i * 1000;
    task.env_count = RUN_ENV_MAX;
    for (unsigned i = 0; i < RUN_ENV_MAX; i++)
        task.env[i] = "NAME=value=with=more";
    task.arg_count = RUN_ARGS_MAX;
    for (unsigned i = 1; i < RUN_ARGS_MAX; i++)
        task.args[i] = empty;
    assert_round_trip(&task);

    task.args[1] = long_text;
    assert_round_trip(&task);
}

/* Each breaks one thing of a good task; printing must refuse what reading would refuse. */
static void break_run(RunTask *task)
{
    task->run = "../../etc";
}
static void break_attempt(RunTask *task)
{
    task->attempt = 0;
}
static void break_boot(RunTask *task)
{
    task->boot_id = "";
}
static void break_expires(RunTask *task)
{
    task->expires_ms = -1;
}
static void break_window(RunTask *task)
{
    task->window_end_ms = RUN_TIME_MAX_MS + 1;
}
static void break_timeout(RunTask *task)
{
    task->timeout_ms = RUN_TIMEOUT_MAX_MS + 1;
}
static void break_grace(RunTask *task)
{
    task->kill_grace_ms = -1;
}
static void break_output(RunTask *task)
{
    task->max_output = RUN_OUTPUT_MIN - 1;
}
static void break_uid(RunTask *task)
{
    task->uid = 0xffffffff;
    task->gid = 1;
}
static void break_gid(RunTask *task)
{
    task->uid = 1;
    task->gid = RUN_AS_NOBODY_ELSE;
}
static void break_cwd(RunTask *task)
{
    task->cwd = "tmp";
}
static void break_env(RunTask *task)
{
    task->env[1] = "NAME";
}
static void break_env_name(RunTask *task)
{
    task->env[1] = "=value";
}
static void break_cookie(RunTask *task)
{
    task->env[1] = RUN_COOKIE "=x";
}
static void break_no_command(RunTask *task)
{
    task->arg_count = 0;
    task->args[0] = NULL;
}
static void break_empty_command(RunTask *task)
{
    task->args[0] = empty;
}

static void test_refused(void **state)
{
    static const struct {
        const char *what;
        void (*damage)(RunTask *task);
    } rows[] = {
        { "run", break_run },
        { "attempt", break_attempt },
        { "boot id", break_boot },
        { "expiry", break_expires },
        { "window", break_window },
        { "time-out", break_timeout },
        { "grace", break_grace },
        { "output", break_output },
        { "user", break_uid },
        { "group", break_gid },
        { "working folder", break_cwd },
        { "environment", break_env },
        { "empty variable", break_env_name },
        { "the shim's variable", break_cookie },
        { "no command", break_no_command },
        { "empty command", break_empty_command },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RunTask task = make_task();
        char buffer[1000];
        size_t length = 7;

        print_message("  %s\n", rows[i].what);
        assert_true(run_task_is_valid(&task));
        rows[i].damage(&task);
        assert_false(run_task_is_valid(&task));
        assert_false(run_task_print(&task, buffer, sizeof(buffer), &length));
        assert_int_equal(length, 7);
    }
}

/* A good text in which one part is replaced. */
static void test_hostile_texts(void **state)
{
    static const struct {
        const char *what;
        const char *old;
        const char *new;
        LinesVerdict verdict;
    } rows[] = {
        { "as it was", "", "", LINES_OK },
        { "a newer format", "format: 1\n", "format: 2\n", LINES_NEWER },
        { "no run", "run: " RUN "\n", "", LINES_BROKEN },
        { "a run that climbs", RUN, "../../../../../../../../../a", LINES_BROKEN },
        { "twice", "attempt: 2\n", "attempt: 2\nattempt: 2\n", LINES_BROKEN },
        { "another order", "cwd: /\nenv: PATH=/usr/bin:/bin\n", "env: PATH=/usr/bin:/bin\ncwd: /\n",
          LINES_BROKEN },
        { "a window without end", "timeout_ms", "window_end: none\ntimeout_ms", LINES_BROKEN },
        { "the window that means none", "timeout_ms", "window_end: 9223372036854775807\ntimeout_ms",
          LINES_BROKEN },
        { "uid alone", "cwd: /\n", "uid: 0\ncwd: /\n", LINES_BROKEN },
        { "groups without uid", "cwd: /\n", "group: 0\ncwd: /\n", LINES_BROKEN },
        { "uid -1", "cwd: /\n", "uid: -1\ngid: 1\ncwd: /\n", LINES_BROKEN },
        { "the shim's variable", "EMPTY=", RUN_COOKIE "=", LINES_BROKEN },
        { "fewer arguments", "arg: -c\n", "", LINES_BROKEN },
        { "more arguments", "arg: -c\n", "arg: -c\narg: -x\n", LINES_BROKEN },
        { "no arguments", "args: 3", "args: 0", LINES_BROKEN },
        { "too many arguments", "args: 3", "args: 257", LINES_BROKEN },
        { "an empty command", "arg: /bin/sh\n", "arg: \n", LINES_BROKEN },
        { "too small an output", "max_output: 8388608", "max_output: 1", LINES_BROKEN },
        { "an unknown line", "cwd: /\n", "nice: 5\ncwd: /\n", LINES_BROKEN },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RunTask task = make_task();
        g_autoptr(GString) file = g_string_new(NULL);
        char buffer[1000];
        size_t length;

        print_message("  %s\n", rows[i].what);
        assert_true(run_task_print(&task, buffer, sizeof(buffer), &length));
        g_string_append_len(file, buffer, (gssize)length);
        if (*rows[i].old)
            assert_int_equal(g_string_replace(file, rows[i].old, rows[i].new, 1), 1);
        assert_int_equal(run_task_parse(file->str, file->len, &task, NULL), rows[i].verdict);
    }
}

/* Every beginning of a good file but the whole is refused: a torn task never runs. */
static void test_torn(void **state)
{
    RunTask task = make_task();
    char buffer[1000];
    size_t length;

    (void)state;

    assert_true(run_task_print(&task, buffer, sizeof(buffer), &length));
    for (size_t cut = 0; cut < length; cut++) {
        g_autofree char *torn = g_malloc(cut + 1);
        RunTask read;

        memcpy(torn, buffer, cut);
        assert_int_equal(run_task_parse(torn, cut, &read, NULL), LINES_BROKEN);
    }
}

static void test_too_much(void **state)
{
    static const struct {
        const char *what;
        const char *before; /* the lines are put before this one */
        const char *line;
        unsigned allowed;
    } rows[] = {
        { "groups", "cwd: /\n", "group: 1\n", RUN_GROUPS_MAX },
        { "variables", "env: PATH", "env: A=b\n", RUN_ENV_MAX - 2 },
    };
    RunTask task = make_task();
    g_autofree char *huge = g_strnfill(RUN_TASK_MAX_BYTES, 'x');
    g_autofree char *buffer = g_malloc(2 * RUN_TASK_MAX_BYTES);
    size_t length;

    (void)state;

    task.uid = 1;
    task.gid = 1;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (unsigned extra = 0; extra < 2; extra++) {
            g_autoptr(GString) file = NULL;
            RunTask again;

            print_message("  %s%s\n", rows[i].what, extra ? ", one more" : "");
            assert_true(run_task_print(&task, buffer, RUN_TASK_MAX_BYTES, &length));
            file = g_string_new_len(buffer, (gssize)length);
            for (unsigned n = 0; n < rows[i].allowed + extra; n++) {
                const char *place = strstr(file->str, rows[i].before);

                assert_non_null(place);
                g_string_insert(file, place - file->str, rows[i].line);
            }
            assert_int_equal(run_task_parse(file->str, file->len, &again, NULL),
                             extra ? LINES_BROKEN : LINES_OK);
        }
    }

    task.args[2] = huge;
    assert_false(run_task_print(&task, buffer, 2 * RUN_TASK_MAX_BYTES, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),    cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_torn),    cmocka_unit_test(test_too_much),
    };

    return cmocka_run_group_tests_name("task", tests, NULL, NULL);
}
