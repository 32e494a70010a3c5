/* The file of typed lines: order, privacy, bounds. */
#include "agent1/cli/line_history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/base/problem.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

static int set_up(void **state)
{
    *state = g_dir_make_tmp("test-history-XXXXXX", NULL);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    bool is_gone = file_remove_tree(*state, NULL);

    g_free(*state);
    return is_gone ? 0 : -1;
}

static const char *line_at(const GPtrArray *lines, guint index)
{
    assert_true(index < lines->len);
    return g_ptr_array_index(lines, index);
}

static void test_appends_and_loads(void **state)
{
    g_autofree char *path = g_build_filename(*state, "deep", "history", NULL);
    g_autoptr(GPtrArray) before = line_history_load(path, NULL);
    g_autoptr(GPtrArray) after = NULL;
    struct stat status;

    assert_non_null(before);
    assert_int_equal(before->len, 0);

    assert_true(line_history_append(path, "!agents", NULL));
    assert_true(line_history_append(path, "caf\xc3\xa9", NULL));
    after = line_history_load(path, NULL);
    assert_int_equal(after->len, 2);
    assert_string_equal(line_at(after, 0), "!agents");
    assert_string_equal(line_at(after, 1), "caf\xc3\xa9");

    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void test_leaves_out_what_is_odd(void **state)
{
    g_autofree char *path = g_build_filename(*state, "odd", NULL);
    g_autofree char *longest = g_strnfill(LINE_HISTORY_LINE_MAX_BYTES, 'x');
    g_autofree char *too_long = g_strnfill(LINE_HISTORY_LINE_MAX_BYTES + 1, 'y');
    g_autoptr(GPtrArray) lines = NULL;
    static const char content[] = "one\n\n\xff\xfe\ntwo\n";

    assert_true(file_write_atomic(path, content, strlen(content), 0600, NULL));
    assert_true(line_history_append(path, too_long, NULL));
    assert_true(line_history_append(path, longest, NULL));
    lines = line_history_load(path, NULL);
    assert_int_equal(lines->len, 3);
    assert_string_equal(line_at(lines, 0), "one");
    assert_string_equal(line_at(lines, 1), "two");
    assert_string_equal(line_at(lines, 2), longest);
}

static void test_stays_short(void **state)
{
    g_autofree char *path = g_build_filename(*state, "long", NULL);
    g_autoptr(GString) content = g_string_new(NULL);
    g_autoptr(GPtrArray) first = NULL;
    g_autoptr(GPtrArray) second = NULL;
    g_autofree char *kept = NULL;
    unsigned count = 3 * LINE_HISTORY_LINES_MAX;

    for (unsigned i = 1; i <= count; i++)
        g_string_append_printf(content, "line %u\n", i);
    assert_true(file_write_atomic(path, content->str, content->len, 0600, NULL));

    first = line_history_load(path, NULL);
    assert_int_equal(first->len, LINE_HISTORY_LINES_MAX);
    assert_string_equal(line_at(first, 0), "line 2001");
    assert_string_equal(line_at(first, first->len - 1), "line 3000");

    kept = file_read(path, content->len, NULL, NULL);
    assert_true(g_str_has_prefix(kept, "line 2001\n"));
    second = line_history_load(path, NULL);
    assert_int_equal(second->len, LINE_HISTORY_LINES_MAX);
}

static void test_failures(void **state)
{
    g_autofree char *file = g_build_filename(*state, "file", NULL);
    g_autofree char *below = g_build_filename(*state, "file", "history", NULL);
    g_autoptr(GError) error = NULL;

    assert_true(file_write_atomic(file, "", 0, 0600, NULL));
    assert_false(line_history_append(below, "x", &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_IO));
    g_clear_error(&error);
    assert_null(line_history_load(*state, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_IO));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appends_and_loads),
        cmocka_unit_test(test_leaves_out_what_is_odd),
        cmocka_unit_test(test_stays_short),
        cmocka_unit_test(test_failures),
    };

    return cmocka_run_group_tests_name("cli-line-history", tests, set_up, tear_down);
}
