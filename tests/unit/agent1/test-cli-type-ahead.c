/* Keys that come while nobody reads a line: kept, corrected, shown, taken back. */
#include "agent1/cli/type_ahead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static bool add(TypeAhead *ahead, const char *bytes)
{
    bool is_kept = true;

    for (; *bytes != '\0'; bytes++)
        is_kept = type_ahead_add(ahead, *bytes) && is_kept;
    return is_kept;
}

static char *take_all(TypeAhead *ahead)
{
    GString *all = g_string_new(NULL);
    char byte;

    while (type_ahead_take(ahead, &byte))
        g_string_append_c(all, byte);
    assert_true(type_ahead_is_empty(ahead));
    return g_string_free(all, FALSE);
}

static void test_keys(void **state)
{
    static const struct {
        const char *what;
        const char *keys;
        const char *shown;
        const char *taken;
    } rows[] = {
        { "nothing", "", "", "" },
        { "letters", "caf\xc3\xa9", "caf\xc3\xa9", "caf\xc3\xa9" },
        { "a line and a half", "one\rtw", "one\xE2\x8F\x8E tw", "one\rtw" },
        { "corrected",
          "onr\x7f"
          "e",
          "one", "one" },
        { "a character of two bytes taken back", "\xc3\xa9\x7fx", "x", "x" },
        { "more taken back than there is", "a\x7f\x7f\bb", "b", "b" },
        { "an Enter is not taken back", "a\r\x7f", "a\xE2\x8F\x8E ", "a\r" },
        { "a line taken back", "one\rtwo\x15three", "one\xE2\x8F\x8E three", "one\rthree" },
        { "keys that move", "a\x1b[Db\x1bOPc\x1b[1;5C", "abc", "a\x1b[Db\x1bOPc\x1b[1;5C" },
        { "a key that is not whole", "a\x1b", "a", "a\x1b" },
        { "a Tab is for later", "!ag\ts", "!ags", "!ag\ts" },
        { "a Ctrl-D after something", "a\x04", "a", "a" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(TypeAhead) ahead = type_ahead_new();
        g_autofree char *shown = NULL;
        g_autofree char *taken = NULL;

        print_message("  %s\n", rows[i].what);
        assert_true(add(ahead, rows[i].keys));
        shown = type_ahead_text(ahead);
        assert_string_equal(shown, rows[i].shown);
        taken = take_all(ahead);
        assert_string_equal(taken, rows[i].taken);
    }
}

static void test_leaving(void **state)
{
    g_autoptr(TypeAhead) ahead = type_ahead_new();

    (void)state;

    assert_false(type_ahead_add(ahead, '\x04'));
    assert_true(type_ahead_is_empty(ahead));
}

static void test_lines_are_dropped(void **state)
{
    static const struct {
        const char *what;
        const char *keys;
        const char *dropped; /* NULL: none */
        const char *left;
    } rows[] = {
        { "nothing", "", NULL, "" },
        { "half a line", "one", NULL, "one" },
        { "a line", "one\r", "one", "" },
        { "two lines and a half", "one\rtwo\nthr", "one; two", "thr" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(TypeAhead) ahead = type_ahead_new();
        g_autofree char *dropped = NULL;
        g_autofree char *left = NULL;

        print_message("  %s\n", rows[i].what);
        add(ahead, rows[i].keys);
        dropped = type_ahead_drop_lines(ahead);
        assert_string_equal(dropped ? dropped : "-", rows[i].dropped ? rows[i].dropped : "-");
        left = take_all(ahead);
        assert_string_equal(left, rows[i].left);
    }
}

static void test_a_bound(void **state)
{
    g_autoptr(TypeAhead) ahead = type_ahead_new();
    g_autofree char *all = NULL;

    (void)state;

    for (int i = 0; i < TYPE_AHEAD_MAX_BYTES + 10; i++)
        assert_true(type_ahead_add(ahead, 'x'));
    all = take_all(ahead);
    assert_int_equal(strlen(all), TYPE_AHEAD_MAX_BYTES);
}

static void test_the_last_line(void **state)
{
    static const struct {
        const char *what;
        const char *keys;
        const char *line; /* NULL: there is none */
        const char *left; /* once it is dropped */
        bool is_behind;
    } rows[] = {
        { "nothing", "", NULL, NULL, false },
        { "one that is not ended", "a\rb", NULL, NULL, false },
        { "the only one", "!status\r", "!status", "", false },
        { "the last of two", "one\rtwo\n", "two", "one\r", true },
        { "an empty one", "one\r\r", "", "one\r", true },
        { "letters of two bytes", "caf\xc3\xa9\r", "caf\xc3\xa9", "", false },
        { "corrected", "!statsu\x7f\x7fus\r", "!status", "", false },
        { "a key that moves", "!statu\x1b[Ds\r", NULL, NULL, false },
        { "a Tab", "!sta\t\r", NULL, NULL, false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(TypeAhead) ahead = type_ahead_new();
        g_autofree char *line = NULL;
        g_autofree char *left = NULL;

        print_message("  %s\n", rows[i].what);
        add(ahead, rows[i].keys);
        line = type_ahead_last_line(ahead);
        if (!rows[i].line) {
            assert_null(line);
            continue;
        }
        assert_string_equal(line, rows[i].line);
        assert_int_equal(type_ahead_is_behind(ahead), rows[i].is_behind);
        type_ahead_drop_last_line(ahead);
        left = take_all(ahead);
        assert_string_equal(left, rows[i].left);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_leaving),
        cmocka_unit_test(test_lines_are_dropped),
        cmocka_unit_test(test_a_bound),
        cmocka_unit_test(test_the_last_line),
    };

    return cmocka_run_group_tests_name("cli-type-ahead", tests, NULL, NULL);
}
