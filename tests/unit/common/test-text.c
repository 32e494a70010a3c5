/* Text made harmless, cut and fenced. */
#include "common/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

/* A literal with its length, so that it may contain NUL. */
#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *what;
    const char *bytes;
    size_t length;
    const char *expected;
} harmless_rows[] = {
    { "empty", BYTES(""), "" },
    { "plain", BYTES("plain text, tab\tand\nline"), "plain text, tab\tand\nline" },
    { "letters of many scripts", BYTES("é ü 中文 عربي 👍"), "é ü 中文 عربي 👍" },
    { "escape sequence", BYTES("\x1b[31mred\x1b[0m"), "<U+001B>[31mred<U+001B>[0m" },
    { "bell, backspace, DEL", BYTES("\a\b\x7f"), "<U+0007><U+0008><U+007F>" },
    { "a C1 control",
      BYTES("\xc2\x9b"
            "31m"),
      "<U+009B>31m" },
    { "NUL", BYTES("a\0b"), "a<U+0000>b" },
    { "NUL at the end", BYTES("a\0"), "a<U+0000>" },
    { "Windows line ends", BYTES("a\r\nb\r\n"), "a\nb\n" },
    { "lone carriage returns", BYTES("a\rb\r"), "a<U+000D>b<U+000D>" },
    { "two before a line end", BYTES("a\r\r\n"), "a<U+000D>\n" },
    { "right-to-left override", BYTES("a\xe2\x80\xaegpj.exe"), "a<U+202E>gpj.exe" },
    { "isolates", BYTES("\xe2\x81\xa6x\xe2\x81\xa9"), "<U+2066>x<U+2069>" },
    { "Arabic letter mark", BYTES("\xd8\x9c"), "<U+061C>" },
    { "zero-width space and joiner", BYTES("pass\xe2\x80\x8bword\xe2\x80\x8d"),
      "pass<U+200B>word<U+200D>" },
    { "soft hyphen",
      BYTES("a\xc2\xad"
            "b"),
      "a<U+00AD>b" },
    { "BOM", BYTES("\xef\xbb\xbfx"), "<U+FEFF>x" },
    { "line and paragraph separators", BYTES("\xe2\x80\xa8\xe2\x80\xa9"), "<U+2028><U+2029>" },
    { "tag characters", BYTES("\xf3\xa0\x81\xa1\xf3\xa0\x81\xbf"), "<U+E0061><U+E007F>" },
    { "not a character", BYTES("\xef\xbf\xbe"), "<U+FFFE>" },
    { "an emoji with its selector", BYTES("\xe2\x9a\xa0\xef\xb8\x8f!"),
      "\xe2\x9a\xa0\xef\xb8\x8f!" },
    { "a row of selectors", BYTES("a\xef\xb8\x8f\xef\xb8\x8e"), "a\xef\xb8\x8f<U+FE0E>" },
    { "a selector after nothing", BYTES("\xef\xb8\x8f \xef\xb8\x8f"), "<U+FE0F> <U+FE0F>" },
    { "a byte alone",
      BYTES("a\xff"
            "b"),
      "a\xef\xbf\xbd"
      "b" },
    { "a cut character", BYTES("a\xe2\x82"), "a\xef\xbf\xbd\xef\xbf\xbd" },
    { "a cut character in front of NUL", BYTES("\xe2\0"), "\xef\xbf\xbd<U+0000>" },
    { "an overlong slash", BYTES("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd" },
    { "a surrogate", BYTES("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
    { "beyond Unicode", BYTES("\xf4\x90\x80\x80"),
      "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
};

static void test_harmless(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(harmless_rows); i++) {
        g_autofree char *exact = g_memdup2(harmless_rows[i].bytes, harmless_rows[i].length);
        g_autofree char *made = text_make_harmless(exact, harmless_rows[i].length);
        g_autofree char *again = text_make_harmless(made, strlen(made));

        print_message("%s\n", harmless_rows[i].what);
        assert_string_equal(made, harmless_rows[i].expected);
        assert_string_equal(again, made);
        assert_true(text_is_harmless(made));
        if (strlen(harmless_rows[i].bytes) == harmless_rows[i].length)
            assert_int_equal(text_is_harmless(harmless_rows[i].bytes),
                             strcmp(harmless_rows[i].bytes, harmless_rows[i].expected) == 0);
    }
}

static void test_line(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        size_t max_chars;
        const char *expected;
    } rows[] = {
        { "short enough", "one two", 7, "one two" },
        { "one too many", "one twos", 7, "one tw…" },
        { "characters, not bytes", "éééé", 4, "éééé" },
        { "cut between characters", "ééééé", 4, "ééé…" },
        { "line breaks and tabs", "a\n\n\tb\r\nc", 80, "a b c" },
        { "spaces inside stay", "a  b", 80, "a  b" },
        { "ends", " \n\t a \n", 80, "a" },
        { "only space", "\n\t ", 80, "" },
        { "hidden characters",
          "a\x1b"
          "b",
          80, "a<U+001B>b" },
        { "no space before the ellipsis", "one two", 5, "one…" },
        { "one", "ab", 1, "…" },
        { "none", "ab", 0, "" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = text_make_line(rows[i].text, rows[i].max_chars);

        print_message("%s\n", rows[i].what);
        assert_string_equal(line, rows[i].expected);
    }
}

static void test_json_length(void **state)
{
    (void)state;
    assert_int_equal(text_json_length(BYTES("plain")), 5);
    assert_int_equal(text_json_length(BYTES("é")), 2);
    assert_int_equal(text_json_length(BYTES("\"\\\b\f\n\r\t")), 14);
    assert_int_equal(text_json_length(BYTES("\x01\x1f\x7f")), 13);
    assert_int_equal(text_json_length("", 0), 0);
}

static void test_head(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        size_t max;
        const char *head;
    } rows[] = {
        { "all", "abc", 3, "abc" },
        { "some", "abc", 2, "ab" },
        { "none", "abc", 0, "" },
        { "not half a character", "éaé", 1, "" },
        { "a whole one", "éaé", 2, "é" },
        { "and no more", "éaé", 4, "éa" },
        { "four bytes each", "👍👍", 7, "👍" },
        { "escapes count as written", "\n\n\n", 5, "\n\n" },
        { "a control is six", "\x01x\x01", 6, "\x01" },
        { "a control is not five", "\x01x\x01", 5, "" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t length = strlen(rows[i].text);
        g_autofree char *exact = g_memdup2(rows[i].text, length);
        g_autofree char *head = text_head(exact, length, rows[i].max);

        print_message("%s\n", rows[i].what);
        assert_string_equal(head, rows[i].head);
    }
}

static void test_last_lines(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        unsigned max_lines;
        size_t max_bytes;
        const char *expected;
    } rows[] = {
        { "two of three", "a\nb\nc\n", 2, 100, "b\nc" },
        { "no final newline", "a\nb\nc", 2, 100, "b\nc" },
        { "more than there are", "a\nb", 9, 100, "a\nb" },
        { "an empty line counts", "a\n\n", 1, 100, "" },
        { "bytes", "aaaa\nbbbb", 9, 6, "a\nbbbb" },
        { "between characters", "éé", 9, 3, "é" },
        { "no lines", "a", 0, 100, "" },
        { "no bytes", "a", 9, 0, "" },
        { "nothing", "", 9, 9, "" },
        { "a newline", "\n", 9, 9, "" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *lines =
            text_last_lines(rows[i].text, rows[i].max_lines, rows[i].max_bytes);

        print_message("%s\n", rows[i].what);
        assert_string_equal(lines, rows[i].expected);
    }
}

static void test_fence(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *expected;
    } rows[] = {
        { "plain", "out", "```\nout\n```" },
        { "with a newline", "out\n", "```\nout\n```" },
        { "a fence inside", "```\nx", "````\n```\nx\n````" },
        { "a longer one in the middle", "a `````` b", "```````\na `````` b\n```````" },
        { "nothing", "", "```\n\n```" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *fenced = text_fence(rows[i].text);

        print_message("%s\n", rows[i].what);
        assert_string_equal(fenced, rows[i].expected);
    }
}

static void test_next(void **state)
{
    const char broken[] = "\xe2";
    const char text[] = "é👍x";

    (void)state;
    assert_ptr_equal(text_next(text), text + 2);
    assert_ptr_equal(text_next(text + 2), text + 6);
    assert_ptr_equal(text_next(text + 6), text + 7);
    assert_ptr_equal(text_next(broken), broken + 1);
}

static void test_number(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);

    (void)state;
    text_append_number(text, 0);
    text_append_number(text, 10);
    text_append_number(text, -7);
    text_append_number(text, G_MAXINT64);
    text_append_number(text, G_MININT64);
    assert_string_equal(text->str, "010-79223372036854775807-9223372036854775808");
}

static void test_fill(void **state)
{
    static char *const parts[] = { "a%s", "b", "c" };
    static const struct {
        const char *what;
        const char *format;
        const char *text;
    } rows[] = {
        { "in their order", "%s and %s", "a%s and b" },
        { "in another", "%2$s, %1$s", "b, a%s" },
        { "other signs", "100 % of %s\\ %", "100 % of a%s\\ %" },
        { "none", "x", "x" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = text_fill(rows[i].format, parts);

        print_message("%s\n", rows[i].what);
        assert_string_equal(text, rows[i].text);
    }
}

static void what_hides_is_left_out(void **state)
{
    static const char bytes[] = "a\x1b[31m\xe2\x80\xae"
                                "b\r\n\tc\xc2\xad\xff<U+202E>";
    g_autofree char *text = text_make_visible(bytes, sizeof(bytes) - 1);

    (void)state;
    assert_string_equal(text, "a[31mb\n\tc\xef\xbf\xbd<U+202E>");
    assert_true(text_is_harmless(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_harmless),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_json_length),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_last_lines),
        cmocka_unit_test(test_fence),
        cmocka_unit_test(test_next),
        cmocka_unit_test(what_hides_is_left_out),
        cmocka_unit_test(test_fill),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
