/* The line that tells how things go: what it says, and that it fits. */
#include "agent1/cli/progress_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void test_progress(void **state)
{
    static const struct {
        const char *what;
        const char *label;
        int64_t elapsed_ms;
        const char *detail;
        unsigned columns;
        const char *line;
    } rows[] = {
        { "nothing yet", "agent1", 400, NULL, 80, "agent1  0 s" },
        { "output", "#12 web1", 3999, "one\ntwo\n", 80, "#12 web1  3 s  two" },
        { "minutes", "#12 web1", 185000, "x", 80, "#12 web1  3 min 5 s  x" },
        { "too long", "#12 web1", 3000, "abcdef", 20, "#12 web1  3 s  abcde" },
        { "wide characters", "#12 web1", 3000, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 19,
          "#12 web1  3 s  \xe6\xbc\xa2\xe5\xad\x97" },
        { "what acts on a terminal", "a\033b", 0, "c\rd\033[1A", 80,
          "a<U+001B>b  0 s  c<U+000D>d<U+001B>[1A" },
        { "blank output", "a", 0, " \t", 80, "a  0 s" },
        { "no room", "#12 web1", 0, "x", 0, "" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = progress_line_format(rows[i].label, rows[i].elapsed_ms,
                                                     rows[i].detail, rows[i].columns);

        print_message("  %s\n", rows[i].what);
        assert_string_equal(line, rows[i].line);
    }
}

static void test_hides_what_it_showed(void **state)
{
    g_autofree char *written = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&written, &length);
    g_autoptr(ProgressLine) line = progress_line_new(out);

    (void)state;

    progress_line_hide(line);
    assert_int_equal(length, 0);
    progress_line_show(line, "a", 0, "x");
    progress_line_hide(line);
    progress_line_hide(line);
    assert_string_equal(written, "\r\033[Ka  0 s  x\r\033[K");
    g_clear_pointer(&line, progress_line_free);
    fclose(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_hides_what_it_showed),
    };

    return cmocka_run_group_tests_name("cli-progress-line", tests, NULL, NULL);
}
