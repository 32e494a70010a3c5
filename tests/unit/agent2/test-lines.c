/* The text form of a run folder's files: one content, one form. */
#include "agent2/folder/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define WITH_LENGTH(text) text, sizeof(text) - 1

static void test_values(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        size_t length;
        const char *value; /* NULL: refused */
    } rows[] = {
        { "plain", WITH_LENGTH("format: 1\nkey: value\n"), "value" },
        { "empty", WITH_LENGTH("format: 1\nkey: \n"), "" },
        { "spaces are kept", WITH_LENGTH("format: 1\nkey:  a b \n"), " a b " },
        { "newline and backslash", WITH_LENGTH("format: 1\nkey: a\\nb\\\\n\n"), "a\nb\\n" },
        { "not UTF-8", WITH_LENGTH("format: 1\nkey: \xff\x80\x01\n"), "\xff\x80\x01" },
        { "an unknown escape", WITH_LENGTH("format: 1\nkey: a\\tb\n"), NULL },
        { "half an escape", WITH_LENGTH("format: 1\nkey: a\\\n"), NULL },
        { "a NUL", WITH_LENGTH("format: 1\nkey: a\0b\n"), NULL },
        { "torn: no newline", WITH_LENGTH("format: 1\nkey: value"), NULL },
        { "torn: half a key", WITH_LENGTH("format: 1\nke"), NULL },
        { "no line", WITH_LENGTH("format: 1\n"), NULL },
        { "another key", WITH_LENGTH("format: 1\nkex: value\n"), NULL },
        { "a longer key", WITH_LENGTH("format: 1\nkeys: value\n"), NULL },
        { "no space", WITH_LENGTH("format: 1\nkey:value\n"), NULL },
        { "one line more", WITH_LENGTH("format: 1\nkey: value\nkey: value\n"), NULL },
        { "an empty line more", WITH_LENGTH("format: 1\nkey: value\n\n"), NULL },
        { "no format", WITH_LENGTH("key: value\n"), NULL },
        { "format 0", WITH_LENGTH("format: 0\nkey: value\n"), NULL },
        { "format +1", WITH_LENGTH("format: +1\nkey: value\n"), NULL },
        { "nothing at all", WITH_LENGTH(""), NULL },
        { "zeros, as a torn disk leaves them", WITH_LENGTH("\0\0\0\0\0\0\0\0\0\0"), NULL },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_malloc(rows[i].length + 1);
        char again[100];
        LineWriter writer;
        LineReader reader;
        const char *value;

        print_message("  %s\n", rows[i].what);
        memcpy(text, rows[i].text, rows[i].length);
        lines_open(&reader, text, rows[i].length);
        value = lines_take(&reader, "key");
        if (rows[i].value) {
            assert_int_equal(lines_close(&reader), LINES_OK);
            assert_null(reader.problem);
            assert_string_equal(value, rows[i].value);

            lines_begin(&writer, again, sizeof(again));
            lines_put(&writer, "key", value);
            assert_false(writer.is_full);
            assert_int_equal(writer.length, rows[i].length);
            assert_memory_equal(again, rows[i].text, rows[i].length);
        } else {
            assert_int_equal(lines_close(&reader), LINES_BROKEN);
            assert_non_null(reader.problem);
        }
    }
}

static void test_newer(void **state)
{
    char text[] = "format: 2\nwhatever it is\n";
    LineReader reader;

    (void)state;

    lines_open(&reader, text, strlen(text));
    assert_string_equal(lines_take(&reader, "key"), "");
    assert_int_equal(lines_close(&reader), LINES_NEWER);
}

static void test_numbers(void **state)
{
    static const struct {
        const char *what;
        const char *number;
        int64_t value;
        bool is_read;
    } rows[] = {
        { "zero", "0", 0, true },
        { "positive", "42", 42, true },
        { "negative", "-42", -42, true },
        { "the largest", "9223372036854775807", INT64_MAX, true },
        { "the smallest", "-9223372036854775808", INT64_MIN, true },
        { "too large", "9223372036854775808", 0, false },
        { "too small", "-9223372036854775809", 0, false },
        { "far too large", "99999999999999999999999999", 0, false },
        { "leading zero", "042", 0, false },
        { "minus zero", "-0", 0, false },
        { "only a minus", "-", 0, false },
        { "a plus", "+1", 0, false },
        { "a space", "1 ", 0, false },
        { "hexadecimal", "0x10", 0, false },
        { "a fraction", "1.5", 0, false },
        { "empty", "", 0, false },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("format: 1\nn: %s\n", rows[i].number);
        LineReader reader;
        int64_t value;

        print_message("  %s\n", rows[i].what);
        lines_open(&reader, text, strlen(text));
        value = lines_take_number(&reader, "n", INT64_MIN, INT64_MAX);
        assert_int_equal(lines_close(&reader), rows[i].is_read ? LINES_OK : LINES_BROKEN);
        if (rows[i].is_read)
            assert_true(value == rows[i].value);
    }
}

static void test_number_limits(void **state)
{
    static const struct {
        const char *what;
        const char *number;
        bool is_read;
    } rows[] = {
        { "below", "-1", false },
        { "the lower end", "0", true },
        { "the upper end", "9", true },
        { "above", "10", false },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("format: 1\nn: %s\n", rows[i].number);
        LineReader reader;

        print_message("  %s\n", rows[i].what);
        lines_open(&reader, text, strlen(text));
        lines_take_number(&reader, "n", 0, 9);
        assert_int_equal(lines_close(&reader), rows[i].is_read ? LINES_OK : LINES_BROKEN);
    }
}

static void test_full_buffer(void **state)
{
    const char *expected = "format: 1\nkey: a\\nb\n";
    char buffer[32];

    (void)state;

    for (size_t size = 0; size < sizeof(buffer); size++) {
        LineWriter writer;

        memset(buffer, '#', sizeof(buffer));
        lines_begin(&writer, buffer, size);
        lines_put(&writer, "key", "a\nb");
        assert_int_equal(writer.is_full, size < strlen(expected));
        if (!writer.is_full)
            assert_memory_equal(buffer, expected, strlen(expected));
        for (size_t i = size; i < sizeof(buffer); i++)
            assert_int_equal(buffer[i], '#');
    }
}

typedef struct Pair {
    int64_t first;
    int64_t second;
} Pair;

static void test_rows(void **state)
{
    static const LineNumber rows[] = {
        { "first", offsetof(Pair, first), 0, 10 },
        { "second", offsetof(Pair, second), -5, -1 },
    };
    static const struct {
        const char *what;
        Pair pair;
        bool is_valid;
    } pairs[] = {
        { "both within", { 10, -5 }, true },
        { "the first below", { -1, -5 }, false },
        { "the second above", { 0, 0 }, false },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        char buffer[100];
        LineWriter writer;
        LineReader reader;
        Pair again = { 0, 0 };

        print_message("  %s\n", pairs[i].what);
        assert_int_equal(lines_numbers_are_valid(rows, 2, &pairs[i].pair), pairs[i].is_valid);
        lines_begin(&writer, buffer, sizeof(buffer));
        lines_put_numbers(&writer, rows, 2, &pairs[i].pair);
        lines_open(&reader, buffer, writer.length);
        lines_take_numbers(&reader, rows, 2, &again);
        assert_int_equal(lines_close(&reader), pairs[i].is_valid ? LINES_OK : LINES_BROKEN);
        if (pairs[i].is_valid)
            assert_memory_equal(&again, &pairs[i].pair, sizeof(again));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),      cmocka_unit_test(test_newer),
        cmocka_unit_test(test_numbers),     cmocka_unit_test(test_number_limits),
        cmocka_unit_test(test_full_buffer), cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
