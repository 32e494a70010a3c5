/* Lines from a pipe, in whatever pieces they come. */
#include "agent1/cli/line_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

#define LINE_MAX_BYTES 16
#define REFUSED        "(refused)"

/* More than is read at once: 5120 bytes. */
#define TIMES_4(text) text text text text
#define LONGER        TIMES_4(TIMES_4(TIMES_4(TIMES_4("a line of twenty b. "))))

/* Writes into a pipe, closes it, and gives its other end. */
static int pipe_with(const char *content)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], content, strlen(content)), strlen(content));
    close(ends[1]);
    return ends[0];
}

static void test_lines(void **state)
{
    static const struct {
        const char *what;
        const char *content;
        const char *lines[5]; /* REFUSED: a line that is too long stands here */
    } rows[] = {
        { "nothing", "", { NULL } },
        { "one", "a\n", { "a" } },
        { "the last without a newline", "a\nb", { "a", "b" } },
        { "empty ones", "\n\na\n\n", { "", "", "a", "" } },
        { "of the greatest length", "0123456789abcdef\nx\n", { "0123456789abcdef", "x" } },
        { "too long", "a\n0123456789abcdefg\nx\n", { "a", REFUSED, "x" } },
        { "two of them", LONGER "\n" LONGER "\n\nx", { REFUSED, REFUSED, "", "x" } },
        { "too long, without an end", "0123456789abcdefg", { REFUSED } },
    };
    const bool is_woken = false;

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int fd = pipe_with(rows[i].content);
        g_autoptr(LineReader) reader = line_reader_new(fd, LINE_MAX_BYTES);
        g_autoptr(GError) error = NULL;

        print_message("  %s\n", rows[i].what);
        for (int j = 0; rows[i].lines[j]; j++) {
            g_autofree char *line = line_reader_next(reader, &is_woken, &error);

            if (strcmp(rows[i].lines[j], REFUSED) == 0) {
                assert_null(line);
                assert_true(g_error_matches(error, PROBLEM, PROBLEM_LIMIT));
                g_clear_error(&error);
            } else {
                assert_non_null(line);
                assert_string_equal(line, rows[i].lines[j]);
            }
        }
        assert_null(line_reader_next(reader, &is_woken, &error));
        assert_null(error);
        close(fd);
    }
}

static gboolean set_true(gpointer data)
{
    *(bool *)data = true;
    return G_SOURCE_REMOVE;
}

static void test_wakes(void **state)
{
    int ends[2];
    bool is_woken = false;
    g_autoptr(LineReader) reader = NULL;

    (void)state;

    assert_int_equal(pipe(ends), 0);
    reader = line_reader_new(ends[0], LINE_MAX_BYTES);
    g_idle_add(set_true, &is_woken);
    assert_null(line_reader_next(reader, &is_woken, NULL));
    assert_true(is_woken);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_wakes),
    };

    return cmocka_run_group_tests_name("cli-line-reader", tests, NULL, NULL);
}
