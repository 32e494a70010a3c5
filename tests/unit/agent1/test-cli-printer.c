/* How an answer looks on a terminal. */
#include "agent1/cli/printer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define RED(text)    "\033[31m" text "\033[0m"
#define GREEN(text)  "\033[32m" text "\033[0m"
#define YELLOW(text) "\033[33m" text "\033[0m"
#define DIM(text)    "\033[2m" text "\033[0m"

static void test_dress(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *plain;
        const char *colored;
    } rows[] = {
        { "one line", "hello", "hello\n", "hello\n" },
        { "newlines at the end", "hello\n\n", "hello\n", "hello\n" },
        { "empty", "", "", "" },
        { "success", "#1 web1: succeeded (exit 0)", "#1 web1: succeeded (exit 0)\n",
          "#1 web1: " GREEN("succeeded") " (exit 0)\n" },
        { "failure", "#1 web1: failed (exit 1)", "#1 web1: failed (exit 1)\n",
          "#1 web1: " RED("failed") " (exit 1)\n" },
        { "a refusal", "web1: refused (role): no", "web1: refused (role): no\n",
          "web1: " RED("refused") " (role): no\n" },
        { "waits", "#1 web1: deferred until 14:00", "#1 web1: deferred until 14:00\n",
          "#1 web1: " YELLOW("deferred") " until 14:00\n" },
        { "a word that is no state", "note: well", "note: well\n", "note: well\n" },
        { "a word that begins like one", "x: failedly", "x: failedly\n", "x: failedly\n" },
        { "a fence, and output that looks like ours",
          "#1 a: failed\n````\n#2 b: failed\n```\n\n````\n#3 c: failed",
          "#1 a: failed\n````\n#2 b: failed\n```\n\n````\n#3 c: failed\n",
          "#1 a: " RED("failed") "\n" DIM("````") "\n#2 b: failed\n```\n\n" DIM(
              "````") "\n#3 c: " RED("failed") "\n" },
        { "what acts on a terminal", "a\033[2Jb\xff", "a<U+001B>[2Jb\xef\xbf\xbd\n",
          "a<U+001B>[2Jb\xef\xbf\xbd\n" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *plain = printer_dress(rows[i].text, false, 0);
        g_autofree char *colored = printer_dress(rows[i].text, true, 0);

        print_message("  %s\n", rows[i].what);
        assert_string_equal(plain, rows[i].plain);
        assert_string_equal(colored, rows[i].colored);
    }
}

/* At words, where a line is wider than the terminal. */
static void what_is_broken(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *at_30;
    } rows[] = {
        { "what fits", "123456789 123456789 1234567890", "123456789 123456789 1234567890\n" },
        { "one more", "123456789 123456789 12345678901", "123456789 123456789\n12345678901\n" },
        { "its indent", "  a line that stands under another one",
          "  a line that stands under\n  another one\n" },
        { "letters and not bytes",
          "\u00e9\u00e9\u00e9\u00e9\u00e9 \u00e9\u00e9\u00e9\u00e9\u00e9 "
          "\u00e9\u00e9\u00e9\u00e9\u00e9 \u00e9\u00e9\u00e9\u00e9\u00e9 "
          "\u00e9\u00e9\u00e9\u00e9\u00e9",
          "\u00e9\u00e9\u00e9\u00e9\u00e9 \u00e9\u00e9\u00e9\u00e9\u00e9 "
          "\u00e9\u00e9\u00e9\u00e9\u00e9 \u00e9\u00e9\u00e9\u00e9\u00e9 "
          "\u00e9\u00e9\u00e9\u00e9\u00e9\n" },
        { "a word that is too long", "see https://example.org/a/long/way/down ok",
          "see\nhttps://example.org/a/long/way/down\nok\n" },
        { "in a fence", "```\na line of output that is much too long\n```",
          "```\na line of output that is much too long\n```\n" },
        { "a table", "| a | table with words in it | b |", "| a | table with words in it | b |\n" },
        { "columns", "web1       online     0.1.0  this one",
          "web1       online     0.1.0  this one\n" },
        { "what is to be typed", "SCHEDULE: daily 03:00 | web1 | apt update",
          "SCHEDULE: daily 03:00 | web1 | apt update\n" },
        { "a command", "!subscriptions cancel s3 and so on",
          "!subscriptions cancel s3 and so on\n" },
    };
    g_autofree char *dressed =
        printer_dress("#1 web1: failed (exit 1, 0.4 s) and more of it", true, 30);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = printer_dress(rows[i].text, false, 30);

        print_message("  %s\n", rows[i].what);
        assert_string_equal(text, rows[i].at_30);
    }
    assert_string_equal(dressed, "#1 web1: " RED("failed") " (exit 1, 0.4\ns) and more of it\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dress),
        cmocka_unit_test(what_is_broken),
    };

    return cmocka_run_group_tests_name("cli-printer", tests, NULL, NULL);
}
