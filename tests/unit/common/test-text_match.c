/* Patterns, and the nearest of several words. */
#include "common/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

typedef struct GlobRow {
    const char *pattern;
    const char *text;
    bool matches;
} GlobRow;

static void check_globs(const GlobRow *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        print_message("%s against %s\n", rows[i].pattern, rows[i].text);
        assert_int_equal(text_matches_glob(rows[i].pattern, rows[i].text), rows[i].matches);
    }
}

static void test_glob(void **state)
{
    static const GlobRow rows[] = {
        { "web1", "web1", true },
        { "web1", "web12", false },
        { "web12", "web1", false },
        { "", "", true },
        { "", "a", false },
        { "*", "", true },
        { "*", "anything", true },
        { "**", "", true },
        { "?", "", false },
        { "?", "é", true },
        { "??", "é", false },
        { "web*", "web", true },
        { "web*", "web1", true },
        { "web*", "db1", false },
        { "*1", "web1", true },
        { "*1", "web11", true },
        { "*1", "web12", false },
        { "w*b?", "web1", true },
        { "w*b?", "webb", true },
        { "w*b?", "web", false },
        { "*a*b*c*", "xaxbxcx", true },
        { "*a*b*c*", "xbxaxcx", false },
        { "Web1", "web1", false },
        { "a*a*a", "aa", false },
        { "a*a*a", "aaa", true },
        { "*é", "caf\xc3\xa9", true },
        { "\xff*", "\xff\xe2", true },
    };

    (void)state;
    check_globs(rows, G_N_ELEMENTS(rows));
}

static void test_glob_sets(void **state)
{
    static const GlobRow rows[] = {
        { "web[12]", "web1", true },    { "web[12]", "web2", true },
        { "web[12]", "web3", false },   { "web[12]", "web", false },
        { "web[1-3]x", "web2x", true }, { "web[1-3]x", "web4x", false },
        { "web[!1-3]", "web4", true },  { "web[!1-3]", "web2", false },
        { "*[02468]", "web14", true },  { "*[02468]", "web13", false },
        { "[é-ü]", "è", false },        { "[é-ü]", "ê", true },
        { "web[", "web[", true },       { "web[1", "web1", false },
        { "web[]", "web", false },      { "web[]", "web[]", true },
        { "[]]", "]", true },           { "[!]]", "]", false },
        { "[!]]", "x", true },          { "[-a]", "-", true },
        { "[a-]", "-", true },          { "[3-1]", "2", false },
    };

    (void)state;
    check_globs(rows, G_N_ELEMENTS(rows));
}

/* A matcher that backtracks to every star would not come back. */
static void test_glob_is_not_slow(void **state)
{
    g_autofree char *text = g_strnfill(20000, 'a');
    GString *pattern = g_string_new(NULL);

    (void)state;
    for (int i = 0; i < 200; i++)
        g_string_append(pattern, "a*");
    g_string_append_c(pattern, 'b');
    assert_false(text_matches_glob(pattern->str, text));
    g_string_free(pattern, TRUE);
}

static void test_nearest(void **state)
{
    static const char *const candidates[] = { "web1", "web2", "database", "backup", "WEB10", NULL };
    static const struct {
        const char *what;
        const char *word;
        unsigned max_count;
        const char *expected;
    } rows[] = {
        { "the word itself", "web1", 1, "web1" },
        { "nearest first, then as given", "web1", 9, "web1 web2 WEB10" },
        { "no more than asked for", "web1", 2, "web1 web2" },
        { "without case", "DataBase", 9, "database" },
        { "a letter lost", "databse", 9, "database" },
        { "neighbours swapped", "wbe1", 9, "web1" },
        { "a third may differ", "bakcp", 9, "backup" },
        { "more may not", "bkp", 9, "" },
        { "nothing like it", "printer", 9, "" },
        { "none asked for", "web1", 0, "" },
        { "empty", "", 9, "" },
    };
    g_autofree char *hostile = g_strnfill(1000 * 1000, 'w');
    g_autoptr(GPtrArray) none = text_nearest(hostile, candidates, 9);

    (void)state;
    assert_int_equal(none->len, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) nearest = text_nearest(rows[i].word, candidates, rows[i].max_count);
        g_autofree char *found = NULL;

        print_message("%s\n", rows[i].what);
        g_ptr_array_add(nearest, NULL);
        found = g_strjoinv(" ", (char **)nearest->pdata);
        assert_string_equal(found, rows[i].expected);
    }
}

/* One edit is always near enough, even of a word of one letter. */
static void test_short_words(void **state)
{
    static const char *const candidates[] = { "a", "bc", NULL };
    g_autoptr(GPtrArray) nearest = text_nearest("b", candidates, 9);

    (void)state;
    assert_int_equal(nearest->len, 2);
    assert_ptr_equal(g_ptr_array_index(nearest, 0), candidates[0]);
    assert_ptr_equal(g_ptr_array_index(nearest, 1), candidates[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_glob),
        cmocka_unit_test(test_glob_sets),
        cmocka_unit_test(test_glob_is_not_slow),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_short_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
