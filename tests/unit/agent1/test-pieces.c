/* Long texts in pieces: nothing left out, none too long, and each reads alone. */
#include "agent1/flow/voice/pieces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define PIECE_MAX 200

static unsigned count_fences(const char *piece)
{
    g_auto(GStrv) lines = g_strsplit(piece, "\n", -1);
    unsigned count = 0;

    for (unsigned i = 0; lines[i]; i++)
        count += g_str_equal(lines[i], "```");
    return count;
}

/* All characters but new lines and backticks, in their order: what must not get lost. */
static char *letters_of(const char *text)
{
    GString *letters = g_string_new(NULL);

    for (const char *c = text; *c; c++) {
        if (*c != '\n' && *c != '`')
            g_string_append_c(letters, *c);
    }
    return g_string_free(letters, FALSE);
}

static GPtrArray *check(const char *text)
{
    GPtrArray *pieces = pieces_of(text, PIECE_MAX);
    g_autofree char *wanted = letters_of(text);
    g_autoptr(GString) found = g_string_new(NULL);

    assert_true(pieces->len > 0);
    for (unsigned i = 0; i < pieces->len; i++) {
        g_autofree char *letters = letters_of(pieces->pdata[i]);

        assert_in_range(strlen(pieces->pdata[i]), 0, PIECE_MAX);
        assert_true(g_utf8_validate(pieces->pdata[i], -1, NULL));
        g_string_append(found, letters);
    }
    assert_string_equal(found->str, wanted);
    return pieces;
}

static char *make_lines(unsigned count)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(text, "%sline %u", i ? "\n" : "", i);
    return g_string_free(text, FALSE);
}

static void test_short(void **state)
{
    static const char *const texts[] = { "", "a", "```\nopen", "a\n\n" };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GPtrArray) pieces = check(texts[i]);

        assert_int_equal(pieces->len, 1);
        assert_string_equal(pieces->pdata[0], texts[i]);
    }
}

static void test_between_lines(void **state)
{
    g_autofree char *text = make_lines(100);
    g_autoptr(GPtrArray) pieces = check(text);
    g_autofree char *joined = NULL;

    (void)state;
    g_ptr_array_add(pieces, NULL);
    joined = g_strjoinv("\n", (char **)pieces->pdata);
    assert_string_equal(joined, text);
}

static void test_blocks(void **state)
{
    g_autofree char *lines = make_lines(100);
    g_autofree char *text = g_strdup_printf("#1 web1: failed\n```\n%s\n```\nand more", lines);
    g_autoptr(GPtrArray) pieces = check(text);

    (void)state;
    for (unsigned i = 0; i < pieces->len; i++)
        assert_int_equal(count_fences(pieces->pdata[i]), 2);
    assert_true(g_str_has_prefix(pieces->pdata[0], "#1 web1: failed\n```\nline 0\n"));
    assert_true(g_str_has_prefix(pieces->pdata[1], "```\nline "));
    assert_true(g_str_has_suffix(pieces->pdata[pieces->len - 1], "\nline 99\n```\nand more"));
}

static void test_long_lines(void **state)
{
    g_autofree char *line = g_strnfill(1000, 'x');
    g_autofree char *text = g_strdup_printf("a\n```\n%s\n```\n%s", line, line);
    g_autoptr(GString) euros = g_string_new(NULL);
    g_autoptr(GPtrArray) pieces = check(text);
    g_autoptr(GPtrArray) wide = NULL;

    (void)state;
    for (unsigned i = 0; i < 300; i++)
        g_string_append(euros, "€");
    wide = check(euros->str);
    assert_int_equal(wide->len, 5);
}

static void test_odd_fences(void **state)
{
    g_autofree char *lines = make_lines(100);
    g_autofree char *longer = g_strdup_printf("````\n```\n%s\n```\n````", lines);
    g_autofree char *open = g_strdup_printf("```\n%s", lines);
    g_autofree char *ticks = g_strnfill(700, '`');
    g_autoptr(GPtrArray) first = check(longer);
    g_autoptr(GPtrArray) second = check(open);
    g_autoptr(GPtrArray) third = check(ticks);
    g_autoptr(GString) many = g_string_new(NULL);
    g_autoptr(GPtrArray) fourth = NULL;

    (void)state;
    for (unsigned i = 0; i < first->len; i++) {
        assert_true(g_str_has_prefix(first->pdata[i], "````\n"));
        assert_true(g_str_has_suffix(first->pdata[i], "\n````"));
    }
    for (unsigned i = 0; i < 200; i++)
        g_string_append(many, "```\nx\n```\n");
    fourth = check(many->str);
    for (unsigned i = 0; i < fourth->len; i++)
        assert_int_equal(count_fences(fourth->pdata[i]) % 2, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short),      cmocka_unit_test(test_between_lines),
        cmocka_unit_test(test_blocks),     cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_odd_fences),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
