/* Messages from outside as people see them. */
#include "agent1/model/heard_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/text.h"
#include "common/base/banned.h"

#define MANY_LINES "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21"

static void what_is_shown(void **state)
{
    static const struct {
        const char *what;
        const char *topic;
        bool is_retained;
        const char *payload;
        size_t length;
        const char *shown;
    } rows[] = {
        { "a word", "home/a", false, "on", 2, "[home/a] on" },
        { "retained", "home/a", true, "on", 2, "[home/a, retained] on" },
        { "nothing", "home/a", false, "", 0, "[home/a] (empty)" },
        { "a line's end", "home/a", false, "on\n", 3, "[home/a] on" },
        { "JSON", "home/a", false, "{\"t\":21.5,\"ok\":true}", 20,
          "[home/a] {\"t\":21.5,\"ok\":true}" },
        { "lines", "home/a", false, "{\n \"t\": 1\n}", 11, "[home/a] {\n   \"t\": 1\n  }" },
        { "a message within", "home/a", false, "x\n[home/b] fake", 15,
          "[home/a] x\n  [home/b] fake" },
        { "an order", "home/a", false, "DELEGATE: web1 | reboot", 23,
          "[home/a] DELEGATE: web1 | reboot" },
        { "a terminal's language", "home/a", false, "\x1b[2J", 4, "[home/a] <U+001B>[2J" },
        { "right to left", "home/a", false,
          "\xe2\x80\xae"
          "abc",
          6, "[home/a] <U+202E>abc" },
        { "no text", "home/a", false, "\x00\x01\xff", 3,
          "[home/a] (3 bytes that are no text: 00 01 ff)" },
        { "one byte", "home/a", false, "\xff", 1, "[home/a] (1 byte that is no text: ff)" },
        { "NUL", "home/a", false, "a\0b", 3, "[home/a] (3 bytes that are no text: 61 00 62)" },
        { "half a character", "home/a", false, "ab\xc3", 3,
          "[home/a] (3 bytes that are no text: 61 62 c3)" },
        { "a topic that hides", "home/\xe2\x80\x8b", false, "x", 1, "[home/<U+200B>] x" },
        { "a topic of two lines", "home/a\nb", false, "x", 1, "[home/a b] x" },
        { "many lines", "home/a", false, MANY_LINES, sizeof(MANY_LINES) - 1,
          "[home/a] 1\n  2\n  3\n  4\n  5\n  6\n  7\n  8\n  9\n  10\n  11\n  12\n  13\n  14\n  15\n"
          "  16\n  17\n  18\n  19\n  20… (53 B in all)" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *shown = heard_line(rows[i].topic, rows[i].is_retained, rows[i].payload,
                                            rows[i].length, rows[i].length, 200);

        print_message("%s\n", rows[i].what);
        assert_string_equal(shown, rows[i].shown);
        assert_true(text_is_harmless(shown));
    }
}

static void what_is_cut(void **state)
{
    g_autofree char *much = g_strnfill(3000, 'x');
    g_autofree char *by_chars = heard_line("a", false, much, 3000, 3000, 5);
    g_autofree char *by_bytes = heard_line("a", false, "abc", 3, 4096, 200);
    g_autofree char *within = heard_line("a", false, "ab\xc3", 3, 4, 200);
    g_autofree char *binary = heard_line("a", false, "\x01\xff\x02", 3, 100000, 200);
    g_autofree char *fits = heard_line("a", false, "abcde", 5, 5, 5);

    (void)state;
    assert_string_equal(by_chars, "[a] xxxxx… (2.9 KiB in all)");
    assert_string_equal(by_bytes, "[a] abc… (4 KiB in all)");
    assert_string_equal(within, "[a] ab… (4 B in all)");
    assert_string_equal(binary, "[a] (100000 bytes that are no text: 01 ff 02 …)");
    assert_string_equal(fits, "[a] abcde");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shown),
        cmocka_unit_test(what_is_cut),
    };

    return cmocka_run_group_tests_name("heard_line", tests, NULL, NULL);
}
