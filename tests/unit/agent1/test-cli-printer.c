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
        g_autofree char *plain = printer_dress(rows[i].text, false);
        g_autofree char *colored = printer_dress(rows[i].text, true);

        print_message("  %s\n", rows[i].what);
        assert_string_equal(plain, rows[i].plain);
        assert_string_equal(colored, rows[i].colored);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dress),
    };

    return cmocka_run_group_tests_name("cli-printer", tests, NULL, NULL);
}
