#include "agent2/flow/worker_excerpt.h"

#include "common/base/limits.h"
#include "common/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define WHOLE (OUTPUT_HEAD_BYTES + OUTPUT_TAIL_BYTES)

/* What the journal reads of an output of this content. */
static WorkerExcerpt excerpt_of(const char *output, size_t length)
{
    size_t head_length = MIN(length, OUTPUT_HEAD_BYTES);
    size_t tail_length = MIN(length, OUTPUT_TAIL_BYTES);
    g_autoptr(GBytes) head = g_bytes_new(output, head_length);
    g_autoptr(GBytes) tail = g_bytes_new(output + length - tail_length, tail_length);
    WorkerExcerpt excerpt;

    worker_excerpt_init(&excerpt, head, tail, (int64_t)(length - tail_length), (int64_t)length);
    return excerpt;
}

static void test_whole_outputs(void **state)
{
    static const size_t lengths[] = {
        0,    1, OUTPUT_HEAD_BYTES, OUTPUT_HEAD_BYTES + 1, OUTPUT_TAIL_BYTES, OUTPUT_TAIL_BYTES + 1,
        WHOLE
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autofree char *output = g_malloc0(lengths[i] + 1);
        WorkerExcerpt excerpt;

        for (size_t at = 0; at < lengths[i]; at++)
            output[at] = (char)('a' + at % 26);
        excerpt = excerpt_of(output, lengths[i]);
        assert_false(excerpt.is_truncated);
        assert_string_equal(excerpt.text, output);
        worker_excerpt_clear(&excerpt);
    }
}

/* One byte more than fits: both ends, and how much is missing. */
static void test_a_byte_too_many(void **state)
{
    g_autofree char *output = g_strnfill(WHOLE + 1, 'x');
    g_autofree char *head = g_strnfill(OUTPUT_HEAD_BYTES, 'x');
    g_autofree char *tail = g_strnfill(OUTPUT_TAIL_BYTES, 'x');
    g_autofree char *expected = g_strdup_printf("%s\n… 1 B left out …\n%s", head, tail);
    WorkerExcerpt excerpt = excerpt_of(output, WHOLE + 1);

    (void)state;
    assert_true(excerpt.is_truncated);
    assert_string_equal(excerpt.text, expected);
    worker_excerpt_clear(&excerpt);
}

static void test_a_gap_where_the_disk_was_full(void **state)
{
    g_autoptr(GBytes) head = g_bytes_new_static("begin\n", 6);
    g_autoptr(GBytes) tail = g_bytes_new_static("end\n", 4);
    WorkerExcerpt excerpt;

    (void)state;
    worker_excerpt_init(&excerpt, head, tail, 1000, 2048 + 10);
    assert_true(excerpt.is_truncated);
    assert_string_equal(excerpt.text, "begin\n… 2 KiB left out …\nend\n");
    worker_excerpt_clear(&excerpt);
}

static void test_nothing_was_kept(void **state)
{
    WorkerExcerpt excerpt;

    (void)state;
    worker_excerpt_init(&excerpt, NULL, NULL, 0, 5000);
    assert_true(excerpt.is_truncated);
    assert_string_equal(excerpt.text, "… 4.8 KiB left out …\n");
    worker_excerpt_clear(&excerpt);
}

/* Bytes that take six or more characters each in JSON: the limits count those. */
static void test_escapes_count(void **state)
{
    static const char *const units[] = { "\x01", "\"", "\\", "\xff", "\xe2\x82\xac", "a\xcc\x81" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        g_autoptr(GString) output = g_string_new("begin ");
        WorkerExcerpt excerpt;
        size_t json_length;

        while (output->len < 40000)
            g_string_append(output, units[i]);
        g_string_append(output, " end");
        excerpt = excerpt_of(output->str, output->len);
        json_length = text_json_length(excerpt.text, strlen(excerpt.text));
        if (json_length > WHOLE + 100)
            fail_msg("unit %zu: %zu bytes of JSON", i, json_length);
        assert_true(g_str_has_prefix(excerpt.text, "begin "));
        assert_true(g_str_has_suffix(excerpt.text, " end"));
        assert_true(text_is_harmless(excerpt.text));
        assert_int_equal(excerpt.is_truncated, strstr(excerpt.text, "left out") != NULL);
        worker_excerpt_clear(&excerpt);
    }
}

/* Wherever the cut falls, no character is broken in two. */
static void test_characters_stay_whole(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        g_autoptr(GString) output = g_string_new(NULL);
        WorkerExcerpt excerpt;

        g_string_append_len(output, "abcd", (gssize)shift);
        while (output->len < 3 * WHOLE)
            g_string_append(output, "\xf0\x9f\x8c\x8d");
        excerpt = excerpt_of(output->str, output->len);
        assert_true(excerpt.is_truncated);
        assert_null(strstr(excerpt.text, "\xef\xbf\xbd"));
        worker_excerpt_clear(&excerpt);
    }
}

static void test_last_lines(void **state)
{
    static const struct {
        const char *what;
        const char *tail;
        const char *expected;
    } rows[] = {
        { "nothing", "", "" },
        { "a line", "one\n", "one" },
        { "an unfinished line", "one\ntwo", "one\ntwo" },
        { "the half of a character first", "\x82\xac ok\n", " ok" },
        { "something hidden", "\033[1mbold\n", "<U+001B>[1mbold" },
        { "ten lines of twelve", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n",
          "3\n4\n5\n6\n7\n8\n9\n10\n11\n12" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) tail = g_bytes_new_static(rows[i].tail, strlen(rows[i].tail));
        g_autofree char *lines = worker_excerpt_last_lines(tail);

        if (strcmp(lines, rows[i].expected) != 0)
            fail_msg("%s: %s", rows[i].what, lines);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_outputs),
        cmocka_unit_test(test_a_byte_too_many),
        cmocka_unit_test(test_a_gap_where_the_disk_was_full),
        cmocka_unit_test(test_nothing_was_kept),
        cmocka_unit_test(test_escapes_count),
        cmocka_unit_test(test_characters_stay_whole),
        cmocka_unit_test(test_last_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
