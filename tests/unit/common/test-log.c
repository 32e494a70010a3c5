/* The log: form of a line, levels, redaction, hostile text, bounds, the journal, a stuck reader. */
#include "common/sys/log.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "common/sys/clock.h"

#include "common/base/banned.h"

/* ---- what was written -------------------------------------------------------------------------
 */

static int real_stderr;

static int capture_start(void)
{
    int fd = memfd_create("stderr", MFD_CLOEXEC);

    assert_true(fd >= 0);
    dup2(fd, STDERR_FILENO);
    return fd;
}

/* What was written since, and standard error is itself again. */
static char *capture_end(int fd)
{
    off_t length = lseek(fd, 0, SEEK_END);
    char *text = g_malloc0((size_t)length + 1);

    dup2(real_stderr, STDERR_FILENO);
    assert_int_equal(pread(fd, text, (size_t)length, 0), length);
    close(fd);
    return text;
}

/* The line after its time and program. */
static void assert_line(const char *text, const char *expected)
{
    g_autofree char *pattern = g_strdup_printf("*T*Z agent9 %s\n", expected);

    if (!g_pattern_match_simple(pattern, text))
        fail_msg("expected %s, found %s", pattern, text);
}

/* ---- text -------------------------------------------------------------------------------------
 */

static void test_form(void **state)
{
    const LogField fields[] = { { "RUN", "01J" }, { "EMPTY", NULL }, { "AGENT", "web1" } };
    g_autofree char *text = NULL;
    int fd;

    (void)state;

    log_init("agent9", FALSE);
    fd = capture_start();
    log_write(LOG_LEVEL_WARNING, fields, 3, "task %d %s", 7, "accepted");
    text = capture_end(fd);
    assert_line(text, "warning: task 7 accepted (RUN=01J AGENT=web1)");
    assert_int_equal(strcspn(text, " "), strlen("2026-11-21T02:14:05.123Z"));
}

static void test_texts(void **state)
{
    static const struct {
        const char *what;
        const char *message;
        const char *expected;
    } rows[] = {
        { "plain", "hello", "info: hello" },
        { "a line break forges no line", "a\n2026 agent9 error: b",
          "info: a 2026 agent9 error: b" },
        { "an escape sequence is shown", "\033[31mred", "info: <U+001B>[31mred" },
        { "a known secret", "the word is hunter2secret!", "info: the word is [redacted]!" },
        { "an unknown secret by its place", "password=abcdef", "info: password=[redacted]" },
    };

    (void)state;

    log_init("agent9", FALSE);
    log_redact("hunter2secret");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = NULL;
        int fd;

        print_message("  %s\n", rows[i].what);
        fd = capture_start();
        log_line(LOG_LEVEL_INFO, "%s", rows[i].message);
        text = capture_end(fd);
        assert_line(text, rows[i].expected);
    }
}

static void test_fields_are_cleaned(void **state)
{
    const LogField field = { "WHO", "hunter2secret\n\033" };
    g_autofree char *text = NULL;
    int fd;

    (void)state;

    log_init("agent9", FALSE);
    log_redact("hunter2secret");
    fd = capture_start();
    log_write(LOG_LEVEL_ERROR, &field, 1, "m");
    text = capture_end(fd);
    assert_line(text, "error: m (WHO=[redacted] <U+001B>)");
}

static void test_bounds(void **state)
{
    g_autofree char *secret = g_strnfill(4000, 'S');
    g_autofree char *wide = g_malloc0(3 * 10000 + 1);
    g_autoptr(GString) secrets = g_string_new(NULL);
    g_autofree char *text = NULL;
    int fd;

    (void)state;

    log_init("agent9", FALSE);

    for (int i = 0; i < 10000; i++)
        memcpy(wide + 3 * i, "\u20ac", 3);
    fd = capture_start();
    log_line(LOG_LEVEL_INFO, "%s", wide);
    text = capture_end(fd);
    assert_int_equal(strlen(text) <= PIPE_BUF, true);
    assert_true(g_utf8_validate(text, -1, NULL));
    assert_true(g_str_has_suffix(text, "\n"));
    g_clear_pointer(&text, g_free);

    /* The cut falls into the fifth secret, of which nothing may show. */
    log_redact(secret);
    for (int i = 0; i < 5; i++)
        g_string_append_printf(secrets, "%s ", secret);
    fd = capture_start();
    log_line(LOG_LEVEL_INFO, "%s", secrets->str);
    text = capture_end(fd);
    assert_null(strstr(text, "SS"));
}

static void test_levels(void **state)
{
    g_autofree char *quiet = NULL;
    g_autofree char *loud = NULL;
    int fd;

    (void)state;

    log_init("agent9", FALSE);
    fd = capture_start();
    log_line(LOG_LEVEL_DEBUG, "detail");
    g_log_structured("other", G_LOG_LEVEL_DEBUG, "MESSAGE", "library detail");
    quiet = capture_end(fd);
    assert_string_equal(quiet, "");

    log_init("agent9", TRUE);
    fd = capture_start();
    log_line(LOG_LEVEL_DEBUG, "detail");
    loud = capture_end(fd);
    assert_line(loud, "debug: detail");
}

static void test_glib_messages(void **state)
{
    g_autofree char *structured = NULL;
    g_autofree char *plain = NULL;
    int fd;

    (void)state;

    log_init("agent9", FALSE);
    log_redact("hunter2secret");
    fd = capture_start();
    g_log_structured("other", G_LOG_LEVEL_WARNING, "MESSAGE", "key hunter2secret is %s", "odd");
    structured = capture_end(fd);
    assert_line(structured, "warning: key [redacted] is odd (GLIB_DOMAIN=other)");

    fd = capture_start();
    g_log("old", G_LOG_LEVEL_MESSAGE, "from a library");
    plain = capture_end(fd);
    assert_line(plain, "notice: from a library (GLIB_DOMAIN=old)");
}

/* ---- threads ----------------------------------------------------------------------------------
 */

static gpointer write_lines(gpointer data)
{
    for (int i = 0; i < 300; i++) {
        g_autofree char *secret = g_strdup_printf("secret-%s-%d", (const char *)data, i % 10);

        log_redact(secret);
        log_line(LOG_LEVEL_INFO, "%s begin %s end", (const char *)data, secret);
    }

    return NULL;
}

static void test_threads(void **state)
{
    GThread *threads[4];
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    char names[4][2] = { "a", "b", "c", "d" };
    int fd;

    (void)state;

    log_init("agent9", FALSE);
    fd = capture_start();
    /* One offset for all writers, as with a file that the shell opened. */
    fcntl(fd, F_SETFL, O_APPEND);
    for (int i = 0; i < 4; i++)
        threads[i] = g_thread_new("log", write_lines, names[i]);
    for (int i = 0; i < 4; i++)
        g_thread_join(threads[i]);
    text = capture_end(fd);

    lines = g_strsplit(text, "\n", -1);
    assert_int_equal(g_strv_length(lines), 4 * 300 + 1);
    for (int i = 0; i < 4 * 300; i++)
        assert_true(g_pattern_match_simple("*Z agent9 info: ? begin [redacted] end", lines[i]));
}

/* ---- a reader that does not read --------------------------------------------------------------
 */

static void test_stuck_reader(void **state)
{
    int ends[2];
    char drained[4096];
    char line[4096] = { 0 };
    int64_t before_ms;

    (void)state;

    log_init("agent9", FALSE);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    dup2(ends[1], STDERR_FILENO);

    before_ms = clock_boot_ms();
    for (int i = 0; i < 5000; i++)
        log_line(LOG_LEVEL_INFO, "line %d of many which nobody reads, so that they fill the pipe",
                 i);
    dup2(real_stderr, STDERR_FILENO);
    assert_true(clock_boot_ms() - before_ms < 10000);

    /* Once there is room again, the first line tells what is missing. */
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    while (read(ends[0], drained, sizeof(drained)) > 0)
        continue;
    dup2(ends[1], STDERR_FILENO);
    log_line(LOG_LEVEL_INFO, "back");
    dup2(real_stderr, STDERR_FILENO);
    assert_true(read(ends[0], line, sizeof(line) - 1) > 0);
    assert_true(g_pattern_match_simple("*warning: * lines lost: *\n*info: back\n", line));
    close(ends[0]);
    close(ends[1]);
}

/* ---- the journal ------------------------------------------------------------------------------
 */

static GPtrArray *entry; /* the fields of the last one */

int sd_journal_sendv(const struct iovec *iov, int n)
{
    g_clear_pointer(&entry, g_ptr_array_unref);
    entry = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < n; i++)
        g_ptr_array_add(entry, g_strndup(iov[i].iov_base, iov[i].iov_len));
    return 0;
}

static void test_journal(void **state)
{
    static const char *const expected[] = { "MESSAGE=say [redacted]", "PRIORITY=3",
                                            "SYSLOG_IDENTIFIER=agent9", "RUN=01J" };
    const LogField field = { "RUN", "01J" };
    g_autofree char *stream = NULL;
    g_autofree char *text = NULL;
    struct stat status;
    int fd = capture_start();

    (void)state;

    assert_int_equal(fstat(fd, &status), 0);
    stream = g_strdup_printf("%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    g_setenv("JOURNAL_STREAM", stream, TRUE);
    log_init("agent9", FALSE);
    log_redact("hunter2secret");
    log_write(LOG_LEVEL_ERROR, &field, 1, "say %s", "hunter2secret");
    text = capture_end(fd);

    assert_string_equal(text, "");
    assert_non_null(entry);
    assert_int_equal(entry->len, G_N_ELEMENTS(expected));
    for (unsigned i = 0; i < entry->len; i++)
        assert_string_equal(g_ptr_array_index(entry, i), expected[i]);

    /* Inherited, but standard error is something else now. */
    g_clear_pointer(&entry, g_ptr_array_unref);
    fd = capture_start();
    log_init("agent9", FALSE);
    log_line(LOG_LEVEL_INFO, "text");
    g_free(text);
    text = capture_end(fd);
    assert_line(text, "info: text");
    assert_null(entry);
    g_unsetenv("JOURNAL_STREAM");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),    cmocka_unit_test(test_texts),
        cmocka_unit_test(test_bounds),  cmocka_unit_test(test_fields_are_cleaned),
        cmocka_unit_test(test_levels),  cmocka_unit_test(test_glib_messages),
        cmocka_unit_test(test_threads), cmocka_unit_test(test_stuck_reader),
        cmocka_unit_test(test_journal),
    };

    real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
