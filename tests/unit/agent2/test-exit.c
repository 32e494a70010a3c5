/* The end of a run: there and back; no text that contradicts itself is believed. */
#include "agent2/folder/exit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include <cmocka.h>

#include "common/base/banned.h"

static RunExit make_exit(EndKind kind, int64_t exit_code, int64_t signal, const char *reason)
{
    RunExit end = {
        .kind = kind,
        .exit_code = exit_code,
        .signal = signal,
        .started_ms = 1732150000000,
        .finished_ms = 1732150001500,
        .duration_ms = 1500,
        .user_ms = 20,
        .sys_ms = 10,
        .max_rss_kib = 3000,
        .output_bytes = 5000000000,
        .kept_bytes = 8388608,
        .survivors = 1,
    };

    g_strlcpy(end.reason, reason, sizeof(end.reason));
    return end;
}

static void test_form(void **state)
{
    RunExit end = make_exit(END_EXITED, 3, 0, "");
    char buffer[RUN_EXIT_MAX_BYTES + 1];
    size_t length;

    (void)state;

    assert_true(run_exit_print(&end, buffer, RUN_EXIT_MAX_BYTES, &length));
    buffer[length] = '\0';
    assert_string_equal(buffer, "format: 1\n"
                                "end: exited\n"
                                "exit_code: 3\n"
                                "signal: 0\n"
                                "started: 1732150000000\n"
                                "finished: 1732150001500\n"
                                "duration_ms: 1500\n"
                                "user_ms: 20\n"
                                "sys_ms: 10\n"
                                "max_rss_kib: 3000\n"
                                "output_bytes: 5000000000\n"
                                "kept_bytes: 8388608\n"
                                "survivors: 1\n"
                                "reason: \n");
}

static void test_endings(void **state)
{
    static const struct {
        const char *what;
        EndKind kind;
        int64_t exit_code;
        int64_t signal;
        const char *reason;
        bool is_valid;
    } rows[] = {
        { "succeeded", END_EXITED, 0, 0, "", true },
        { "failed", END_EXITED, 255, 0, "", true },
        { "no such code", END_EXITED, 256, 0, "", false },
        { "exited without a code", END_EXITED, -1, 0, "", false },
        { "exited by a signal", END_EXITED, 0, 9, "", false },
        { "killed by somebody", END_SIGNALLED, -1, 9, "", true },
        { "signalled without one", END_SIGNALLED, -1, 0, "", false },
        { "signalled with a code", END_SIGNALLED, 0, 9, "", false },
        { "no such signal", END_SIGNALLED, -1, 65, "", false },
        { "timed out, killed", END_TIMED_OUT, -1, 15, "", true },
        { "timed out, then exited", END_TIMED_OUT, 143, 0, "", true },
        { "timed out, never ended", END_TIMED_OUT, -1, 0, "", true },
        { "timed out, both", END_TIMED_OUT, 0, 15, "", false },
        { "cancelled", END_CANCELLED, -1, 9, "", true },
        { "start failed", END_START_FAILED, -1, 0, "exec: No such file or directory", true },
        { "start failed, nobody says why", END_START_FAILED, -1, 0, "", false },
        { "start failed with a code", END_START_FAILED, 0, 0, "exec", false },
        { "no kind", END_KIND_COUNT, 0, 0, "", false },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RunExit end = make_exit(rows[i].kind, rows[i].exit_code, rows[i].signal, rows[i].reason);
        char buffer[RUN_EXIT_MAX_BYTES + 1];
        RunExit again;
        size_t length;

        print_message("  %s\n", rows[i].what);
        assert_int_equal(run_exit_print(&end, buffer, RUN_EXIT_MAX_BYTES, &length),
                         rows[i].is_valid);
        if (!rows[i].is_valid)
            continue;

        assert_int_equal(run_exit_parse(buffer, length, &again), LINES_OK);
        assert_memory_equal(&again, &end, sizeof(end));
    }
}

/* An agent2 of another version reads them. */
static void test_words(void **state)
{
    static const char *const words[END_KIND_COUNT] = {
        [END_EXITED] = "exited",
        [END_SIGNALLED] = "signalled",
        [END_TIMED_OUT] = "timed_out",
        [END_CANCELLED] = "cancelled",
        [END_START_FAILED] = "start_failed",
    };

    (void)state;

    for (int kind = 0; kind < END_KIND_COUNT; kind++)
        assert_string_equal(end_kind_name((EndKind)kind), words[kind]);
}

static void test_hostile_texts(void **state)
{
    static const struct {
        const char *what;
        const char *old;
        const char *new;
        LinesVerdict verdict;
    } rows[] = {
        { "as it was", "", "", LINES_OK },
        { "newer", "format: 1", "format: 9", LINES_NEWER },
        { "an unknown end", "end: exited", "end: vanished", LINES_BROKEN },
        { "a success that was a signal", "signal: 0", "signal: 11", LINES_BROKEN },
        { "more kept than written", "output_bytes: 5000000000", "output_bytes: 5", LINES_BROKEN },
        { "a negative duration", "duration_ms: 1500", "duration_ms: -1500", LINES_BROKEN },
        { "a duration that no message can carry", "duration_ms: 1500",
          "duration_ms: 9007199254740992", LINES_BROKEN },
        { "an output that no message can carry", "output_bytes: 5000000000",
          "output_bytes: 9223372036854775807", LINES_BROKEN },
        { "no code", "exit_code: 3\n", "", LINES_BROKEN },
        { "torn", "reason: \n", "reason: ", LINES_BROKEN },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RunExit end = make_exit(END_EXITED, 3, 0, "");
        g_autoptr(GString) text = g_string_new(NULL);
        char buffer[RUN_EXIT_MAX_BYTES];
        size_t length;

        print_message("  %s\n", rows[i].what);
        assert_true(run_exit_print(&end, buffer, sizeof(buffer), &length));
        g_string_append_len(text, buffer, (gssize)length);
        if (*rows[i].old)
            assert_int_equal(g_string_replace(text, rows[i].old, rows[i].new, 1), 1);
        assert_int_equal(run_exit_parse(text->str, text->len, &end), rows[i].verdict);
    }
}

/* The file is reserved before the start: the largest end must fit. */
static void test_largest(void **state)
{
    RunExit end = make_exit(END_START_FAILED, -1, 0, "");
    g_autofree char *text = NULL;
    char buffer[RUN_EXIT_MAX_BYTES + 1];
    RunExit again;
    size_t length;

    (void)state;

    memset(end.reason, '\n', sizeof(end.reason) - 1);
    end.started_ms = end.finished_ms = RUN_TIME_MAX_MS;
    end.duration_ms = end.user_ms = end.sys_ms = end.max_rss_kib = RUN_NUMBER_MAX;
    end.output_bytes = end.kept_bytes = RUN_NUMBER_MAX;
    end.survivors = INT32_MAX;
    assert_true(run_exit_print(&end, buffer, RUN_EXIT_MAX_BYTES, &length));
    assert_int_equal(run_exit_parse(buffer, length, &again), LINES_OK);
    assert_memory_equal(&again, &end, sizeof(end));

    text = g_strdup_printf("reason: %s\n", again.reason);
    assert_true(strlen(text) > RUN_EXIT_REASON_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),    cmocka_unit_test(test_endings),
        cmocka_unit_test(test_words),   cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_largest),
    };

    return cmocka_run_group_tests_name("exit", tests, NULL, NULL);
}
