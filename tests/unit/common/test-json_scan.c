/* What strict JSON is, and where a text breaks it. */
#include "common/data/json_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/problem.h"

#include "common/base/banned.h"

static void test_accepted(void **state)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "-0.0e-0",
        "1.5E+3",
        "123456789012345678901234567890",
        "true",
        " false\r\n",
        "\tnull ",
        "\"\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
        "\"\\ud83d\\udc4d 👍 \x7f\"",
        "[]",
        "{}",
        "[ ]",
        "{ }",
        "[1,[2,{\"a\":[]}],\"x\"]",
        "{\"a\":1,\"A\":2,\"b\":{\"a\":3},\"\":4}",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        size_t length = strlen(texts[i]);
        g_autofree char *exact = g_memdup2(texts[i], length);

        print_message("%s\n", texts[i]);
        assert_true(json_scan(exact, length, &error));
        assert_null(error);
    }
}

#define TEXT(text) text, sizeof(text) - 1

static const struct {
    const char *text;
    size_t length;
    const char *message;
} refused_rows[] = {
    { TEXT(""), "line 1, column 1: expected a value, found the end" },
    { TEXT("  \n "), "line 2, column 2: expected a value, found the end" },
    { TEXT("{\n  \"a\": 1\n  \"b\": 2\n}"), "line 3, column 3: expected ',' or '}', found '\"'" },
    { TEXT("[1 2]"), "line 1, column 4: expected ',' or ']', found '2'" },
    { TEXT("{\"é\" 1}"), "line 1, column 6: expected ':', found '1'" },
    { TEXT("{a:1}"), "line 1, column 2: expected a name in '\"', found 'a'" },
    { TEXT("{'a':1}"), "line 1, column 2: expected a name in '\"', found '''" },
    { TEXT("{\"a\":1,}"), "line 1, column 8: expected a name in '\"', found '}'" },
    { TEXT("[1,]"), "line 1, column 4: expected a value, found ']'" },
    { TEXT("{\"a\":}"), "line 1, column 6: expected a value, found '}'" },
    { TEXT("{\"a\":1"), "line 1, column 7: expected ',' or '}', found the end" },
    { TEXT("["), "line 1, column 2: expected a value, found the end" },
    { TEXT("// x\n1"), "line 1, column 1: expected a value, found '/'" },
    { TEXT("1 1"), "line 1, column 3: expected the end, found '1'" },
    { TEXT("{}\n}"), "line 2, column 1: expected the end, found '}'" },
    { TEXT("nul"), "line 1, column 1: expected a value, found 'n'" },
    { TEXT("truex"), "line 1, column 5: expected the end, found 'x'" },
    { TEXT("NaN"), "line 1, column 1: expected a value, found 'N'" },
    { TEXT("+1"), "line 1, column 1: expected a value, found '+'" },
    { TEXT("-"), "line 1, column 2: expected a digit, found the end" },
    { TEXT(".5"), "line 1, column 1: expected a value, found '.'" },
    { TEXT("1.]"), "line 1, column 3: expected a digit, found ']'" },
    { TEXT("1e+"), "line 1, column 4: expected a digit, found the end" },
    { TEXT("[01]"), "line 1, column 2: a number must not begin with 0" },
    { TEXT("-00"), "line 1, column 1: a number must not begin with 0" },
    { TEXT("0x10"), "line 1, column 2: expected the end, found 'x'" },
    { TEXT("1e999"), "line 1, column 1: a number that is too large" },
    { TEXT("1000000000000000000000000000000000000000000000000000000000000000"),
      "line 1, column 1: a number of more than 63 characters" },
    { TEXT("[\"abc"), "line 1, column 2: a string that begins here does not end" },
    { TEXT("\"a\nb\""),
      "line 1, column 3: expected '\"' or an escape such as \\n, found a line break" },
    { TEXT("\"a\tb\""), "line 1, column 3: expected '\"' or an escape such as \\n, found a tab" },
    { TEXT("\"\x1b\""),
      "line 1, column 2: expected '\"' or an escape such as \\n, found '<U+001B>'" },
    { TEXT("\"\\x\""),
      "line 1, column 3: expected one of \" \\ / b f n r t u after a backslash, found 'x'" },
    { TEXT("\"\\"), "line 1, column 3: expected one of \" \\ / b f n r t u after a backslash, "
                    "found the end" },
    { TEXT("\"\\u12g4\""), "line 1, column 6: expected four hex digits after \\u, found 'g'" },
    { TEXT("\"\\u0000\""), "line 1, column 2: \\u0000 is not allowed" },
    { TEXT("{\"a\\u0000\":1}"), "line 1, column 4: \\u0000 is not allowed" },
    { TEXT("\"\\ud83d\""), "line 1, column 2: half of a surrogate pair" },
    { TEXT("\"\\ud83dx\""), "line 1, column 2: half of a surrogate pair" },
    { TEXT("\"\\ud83d\\ud83d\""), "line 1, column 2: half of a surrogate pair" },
    { TEXT("\"\\udc4d\\ud83d\""), "line 1, column 2: half of a surrogate pair" },
    { TEXT("{\"a\":1,\n \"a\":2}"), "line 2, column 2: the name \"a\" stands twice" },
    { TEXT("{\"a\":1,\"b\":2,\"\\u0061\":2}"), "line 1, column 14: the name \"a\" stands twice" },
    { TEXT("[{},{\"x\":{\"\":1,\"\":1}}]"), "line 1, column 16: the name \"\" stands twice" },
    { TEXT("\xef\xbb\xbf{}"), "line 1, column 1: expected a value, found '<U+FEFF>'" },
    { TEXT("\"a\xff\""), "line 1, column 3: invalid UTF-8" },
    { TEXT("\"\xed\xa0\x80\""), "line 1, column 2: invalid UTF-8" },
    { TEXT("\"\xe2\x82"), "line 1, column 2: invalid UTF-8" },
    { TEXT("\"a\0b\""), "line 1, column 3: a NUL byte" },
    { TEXT("1\0"), "line 1, column 2: a NUL byte" },
    { TEXT("\xc2\xa0"
           "1"),
      "line 1, column 1: expected a value, found '\xc2\xa0'" },
    { TEXT("\f1"), "line 1, column 1: expected a value, found '<U+000C>'" },
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(refused_rows); i++) {
        g_autofree char *exact = g_memdup2(refused_rows[i].text, refused_rows[i].length);
        g_autoptr(GError) error = NULL;

        print_message("%s\n", refused_rows[i].message);
        assert_false(json_scan(exact ? exact : "", refused_rows[i].length, &error));
        assert_string_equal(error->message, refused_rows[i].message);
        assert_int_equal(error->domain, PROBLEM);
    }
}

static void test_depth(void **state)
{
    static const char *const brackets[] = { "[]", "{}" };

    (void)state;
    for (size_t b = 0; b < G_N_ELEMENTS(brackets); b++) {
        for (unsigned depth = JSON_MAX_DEPTH; depth <= JSON_MAX_DEPTH + 1; depth++) {
            g_autoptr(GError) error = NULL;
            GString *text = g_string_new(NULL);

            for (unsigned i = 1; i < depth; i++)
                g_string_append(text, b ? "{\"a\":" : "[");
            g_string_append(text, brackets[b]);
            for (unsigned i = 1; i < depth; i++)
                g_string_append_c(text, brackets[b][1]);
            assert_int_equal(json_scan(text->str, text->len, &error), depth == JSON_MAX_DEPTH);
            if (depth > JSON_MAX_DEPTH) {
                assert_int_equal(error->code, PROBLEM_LIMIT);
                assert_true(g_str_has_suffix(error->message, "more than 32 levels"));
            }
            g_string_free(text, TRUE);
        }
    }
}

/* Neighbours are not nested: a wide text is not a deep one. */
static void test_breadth(void **state)
{
    GString *text = g_string_new("[[]");

    (void)state;
    for (int i = 0; i < 1000; i++)
        g_string_append(text, ",[{}]");
    g_string_append_c(text, ']');
    assert_true(json_scan(text->str, text->len, NULL));
    g_string_free(text, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_breadth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
