/* The bounds of what the files of a run folder may hold, each kept from both sides: one row at the
 * bound, one beyond it, for claims, exits, orders and names. */
#include "agent2/folder/claim.h"
#include "agent2/folder/exit.h"
#include "agent2/folder/task.h"

#include <limits.h>
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

/* ---- claims ---- */

static void a_reason_is_cut_between_characters(void **state)
{
    (void)state;

    for (size_t shift = 0; shift < 4; shift++) {
        g_autoptr(GString) reason = g_string_new(NULL);
        RunClaim claim;

        for (size_t i = 0; i < shift; i++)
            g_string_append_c(reason, 'a');
        while (reason->len < RUN_CLAIM_REASON_BYTES)
            g_string_append(reason, "\xf0\x9f\x90\x98");
        run_claim_init(&claim, CLAIM_CANCELLED, BOOT, 1, NULL, reason->str);
        if (!g_utf8_validate(claim.reason, -1, NULL))
            fail_msg("after %zu bytes: a character was cut in two", shift);
        assert_in_range(strlen(claim.reason), RUN_CLAIM_REASON_BYTES - 4,
                        RUN_CLAIM_REASON_BYTES - 1);
    }
}

static void a_reason_without_a_character_is_none(void **state)
{
    g_autofree char *bytes = g_strnfill(RUN_CLAIM_REASON_BYTES, '\x80');
    RunClaim claim;

    (void)state;
    run_claim_init(&claim, CLAIM_CANCELLED, BOOT, 1, NULL, bytes);
    assert_string_equal(claim.reason, "");
}

static void claims_name_all_their_processes_or_none(void **state)
{
    static const struct {
        const char *what;
        ClaimKind kind;
        int64_t at_ms;
        int64_t shim;
        int64_t leader;
        bool is_valid;
    } rows[] = {
        { "both of a start", CLAIM_STARTED, 0, 1, 2, true },
        { "a start without a leader", CLAIM_STARTED, 0, 1, 0, false },
        { "a start without a shim", CLAIM_STARTED, 0, 0, 2, false },
        { "none of a cancel", CLAIM_CANCELLED, 0, 0, 0, true },
        { "a cancel with a leader", CLAIM_CANCELLED, 0, 0, 2, false },
        { "a cancel with a shim", CLAIM_CANCELLED, 0, 1, 0, false },
        { "a time before 1970", CLAIM_CANCELLED, -1, 0, 0, false },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char buffer[RUN_CLAIM_MAX_BYTES];
        RunClaim claim;
        size_t length;

        run_claim_init(&claim, rows[i].kind, BOOT, rows[i].at_ms, NULL, NULL);
        claim.shim = rows[i].shim;
        claim.leader = rows[i].leader;
        if (run_claim_print(&claim, buffer, sizeof(buffer), &length) != rows[i].is_valid)
            fail_msg("%s", rows[i].what);
    }
}

static void a_claim_that_does_not_fit_is_not_printed(void **state)
{
    char buffer[RUN_CLAIM_MAX_BYTES];
    size_t length = 0;
    RunClaim claim;

    (void)state;
    run_claim_init(&claim, CLAIM_CANCELLED, BOOT, 1, NULL, NULL);
    assert_true(run_claim_print(&claim, buffer, sizeof(buffer), &length));
    assert_true(run_claim_print(&claim, buffer, length, &length));
    assert_false(run_claim_print(&claim, buffer, length - 1, &length));
}

/* ---- exits ---- */

static void ends_say_what_their_kind_says(void **state)
{
    static const struct {
        const char *what;
        EndKind kind;
        int64_t exit_code;
        int64_t signal;
        const char *reason;
        bool is_valid;
    } rows[] = {
        { "exited", END_EXITED, 0, 0, "", true },
        { "exited without a code", END_EXITED, -1, 0, "", false },
        { "exited by a signal", END_EXITED, 0, 9, "", false },
        { "signalled", END_SIGNALLED, -1, 9, "", true },
        { "signalled by none", END_SIGNALLED, -1, 0, "", false },
        { "signalled with a code", END_SIGNALLED, 0, 9, "", false },
        { "timed out, with a code", END_TIMED_OUT, 0, 0, "", true },
        { "timed out, and nothing ended it", END_TIMED_OUT, -1, 0, "", true },
        { "cancelled by a signal", END_CANCELLED, -1, 15, "", true },
        { "cancelled with both", END_CANCELLED, 1, 15, "", false },
        { "not started", END_START_FAILED, -1, 0, "exec: no", true },
        { "not started, nobody says why", END_START_FAILED, -1, 0, "", false },
        { "not started, with a code", END_START_FAILED, 0, 0, "exec: no", false },
        { "not started, by a signal", END_START_FAILED, -1, 9, "exec: no", false },
        { "no kind", END_KIND_COUNT, 0, 0, "", false },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RunExit end = { .kind = rows[i].kind,
                        .exit_code = rows[i].exit_code,
                        .signal = rows[i].signal };
        char buffer[RUN_EXIT_MAX_BYTES];
        size_t length;

        g_strlcpy(end.reason, rows[i].reason, sizeof(end.reason));
        if (run_exit_print(&end, buffer, sizeof(buffer), &length) != rows[i].is_valid)
            fail_msg("%s", rows[i].what);
    }
}

static void an_exit_that_does_not_fit_is_not_printed(void **state)
{
    RunExit end = { .kind = END_EXITED };
    char buffer[RUN_EXIT_MAX_BYTES];
    size_t length = 0;

    (void)state;
    assert_true(run_exit_print(&end, buffer, sizeof(buffer), &length));
    assert_true(run_exit_print(&end, buffer, length, &length));
    assert_false(run_exit_print(&end, buffer, length - 1, &length));
}

static void a_reason_of_an_exit_has_a_bound(void **state)
{
    RunExit end = { .kind = END_START_FAILED, .exit_code = -1, .reason = "x" };
    char buffer[RUN_EXIT_MAX_BYTES];
    size_t length = 0;

    (void)state;
    assert_true(run_exit_print(&end, buffer, sizeof(buffer), &length));
    for (size_t bytes = RUN_EXIT_REASON_BYTES - 1; bytes <= RUN_EXIT_REASON_BYTES; bytes++) {
        g_autofree char *reason = g_strnfill(bytes, 'x');
        /* Behind "reason: " there is one x and the line's end. */
        g_autofree char *text =
            g_strdup_printf("%.*s%s\n", (int)(length - strlen("x\n")), buffer, reason);
        RunExit again;

        assert_int_equal(run_exit_parse(text, strlen(text), &again),
                         bytes < RUN_EXIT_REASON_BYTES ? LINES_OK : LINES_BROKEN);
    }
}

/* ---- names ---- */

static void ids_are_whole(void **state)
{
    static const struct {
        const char *what;
        const char *id;
        bool is_run;
        bool is_boot;
    } rows[] = {
        { "a run", RUN, true, false },
        { "the last run", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", true, false },
        { "one more", "80000000000000000000000000", false, false },
        { "a run and a letter", RUN "u", false, false },
        { "a run that is too long", RUN "0", false, false },
        { "a run that is too short", "01JD6Q8W3MZX5T4R7V9B2C0DF", false, false },
        { "a boot", BOOT, false, true },
        { "a boot and a letter", BOOT "g", false, false },
        { "a boot that is too long", BOOT "0", false, false },
        { "nothing", "", false, false },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (run_id_is_valid(rows[i].id) != rows[i].is_run ||
            boot_id_is_valid(rows[i].id) != rows[i].is_boot)
            fail_msg("%s", rows[i].what);
    }
}

/* ---- orders ---- */

static char program[] = "/bin/true";

static RunTask make_order(void)
{
    return (RunTask){
        .run = RUN,
        .attempt = 1,
        .boot_id = BOOT,
        .window_end_ms = RUN_NO_WINDOW,
        .max_output = RUN_OUTPUT_MIN,
        .uid = RUN_AS_NOBODY_ELSE,
        .gid = RUN_AS_NOBODY_ELSE,
        .cwd = "/",
        .arg_count = 1,
        .args = { program },
    };
}

static void be_someone(RunTask *task)
{
    task->uid = task->gid = 1000;
}

static void have_a_variable_of_the_cookies_length(RunTask *task)
{
    task->env[task->env_count++] = "AGENT_RUX=1";
}

static void have_the_cookie(RunTask *task)
{
    task->env[task->env_count++] = RUN_COOKIE "=1";
}

static void have_most_groups(RunTask *task)
{
    be_someone(task);
    task->group_count = RUN_GROUPS_MAX;
}

static void have_too_many_groups(RunTask *task)
{
    have_most_groups(task);
    task->group_count++;
}

static void have_no_group_at_all(RunTask *task)
{
    have_most_groups(task);
    task->groups[RUN_GROUPS_MAX - 1] = -1;
}

static void have_a_group_too_large(RunTask *task)
{
    have_most_groups(task);
    task->groups[0] = INT64_C(1) << 32;
}

static void stand_nowhere(RunTask *task)
{
    task->cwd = "tmp";
}

static void stand_too_deep(RunTask *task)
{
    static char deep[PATH_MAX + 1];

    memset(deep, '/', PATH_MAX);
    task->cwd = deep;
}

static void stand_as_deep_as_can_be(RunTask *task)
{
    stand_too_deep(task);
    task->cwd++;
}

static void have_too_many_variables(RunTask *task)
{
    task->env_count = RUN_ENV_MAX + 1;
}

static void have_a_last_argument_that_is_none(RunTask *task)
{
    task->args[task->arg_count] = program;
}

static void orders_keep_their_bounds(void **state)
{
    static const struct {
        const char *what;
        void (*change)(RunTask *task);
        bool is_valid;
    } rows[] = {
        { "another user", be_someone, true },
        { "a variable as long as the cookie's name", have_a_variable_of_the_cookies_length, true },
        { "the cookie", have_the_cookie, false },
        { "as many groups as can be", have_most_groups, true },
        { "one more", have_too_many_groups, false },
        { "a group below 0", have_no_group_at_all, false },
        { "a group beyond the kernel's", have_a_group_too_large, false },
        { "a relative folder", stand_nowhere, false },
        { "a path as long as can be", stand_as_deep_as_can_be, true },
        { "one byte more", stand_too_deep, false },
        { "too many variables", have_too_many_variables, false },
        { "arguments without an end", have_a_last_argument_that_is_none, false },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RunTask task = make_order();

        assert_true(run_task_is_valid(&task));
        rows[i].change(&task);
        if (run_task_is_valid(&task) != rows[i].is_valid)
            fail_msg("%s", rows[i].what);
    }
}

static void an_order_has_a_size(void **state)
{
    RunTask task = make_order();
    g_autofree char *buffer = g_malloc(2 * RUN_TASK_MAX_BYTES);
    g_autofree char *argument = g_strnfill(RUN_TASK_MAX_BYTES, 'x');
    size_t length;
    size_t room;

    (void)state;

    task.args[task.arg_count++] = argument;
    assert_false(run_task_print(&task, buffer, 2 * RUN_TASK_MAX_BYTES, &length));
    argument[0] = '\0';
    assert_true(run_task_print(&task, buffer, 2 * RUN_TASK_MAX_BYTES, &length));
    room = RUN_TASK_MAX_BYTES - length;
    for (size_t bytes = room; bytes <= room + 1; bytes++) {
        g_autofree char *text =
            g_strdup_printf("%.*s%*s\n", (int)length - 1, buffer, (int)bytes, "x");
        RunTask again;

        assert_int_equal(run_task_parse(text, strlen(text), &again, NULL),
                         bytes == room ? LINES_OK : LINES_BROKEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reason_is_cut_between_characters),
        cmocka_unit_test(a_reason_without_a_character_is_none),
        cmocka_unit_test(claims_name_all_their_processes_or_none),
        cmocka_unit_test(a_claim_that_does_not_fit_is_not_printed),
        cmocka_unit_test(ends_say_what_their_kind_says),
        cmocka_unit_test(an_exit_that_does_not_fit_is_not_printed),
        cmocka_unit_test(a_reason_of_an_exit_has_a_bound),
        cmocka_unit_test(ids_are_whole),
        cmocka_unit_test(orders_keep_their_bounds),
        cmocka_unit_test(an_order_has_a_size),
    };

    return cmocka_run_group_tests_name("folder_limits", tests, NULL, NULL);
}
