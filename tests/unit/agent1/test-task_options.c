/* What stands before a task and begins with a dash. */
#include "agent1/model/task_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void what_is_taken(void **state)
{
    static const struct {
        const char *text;
        TaskOptions options;
        const char *rest;
    } rows[] = {
        { "uptime", { false, 0, 0, false }, "uptime" },
        { "", { false, 0, 0, false }, "" },
        { "--now uptime --now", { true, 0, 0, false }, "uptime --now" },
        { "--NOW\tuptime", { true, 0, 0, false }, "uptime" },
        { "\xE2\x80\x94now uptime", { true, 0, 0, false }, "uptime" },
        { "\xE2\x80\x93now uptime", { true, 0, 0, false }, "uptime" },
        { "\xE2\x80\x93\xE2\x80\x93now uptime", { true, 0, 0, false }, "uptime" },
        { "--limit 3 uptime", { false, 3, 0, false }, "uptime" },
        { "--limit=3 uptime", { false, 3, 0, false }, "uptime" },
        { "\xE2\x80\x94limit 3 \xE2\x80\x94"
          "batch=2 --now | uptime",
          { true, 3, 2, false },
          "| uptime" },
        { "--batch 1000", { false, 0, 1000, false }, "" },
        { "--Defer uptime", { false, 0, 0, true }, "uptime" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        TaskOptions options = { .is_now = false };
        const char *text = rows[i].text;
        g_autofree char *complaint = task_options_take(&options, &text, "web1");

        print_message("%s\n", rows[i].text);
        assert_null(complaint);
        assert_string_equal(text, rows[i].rest);
        assert_int_equal(options.is_now, rows[i].options.is_now);
        assert_int_equal(options.limit, rows[i].options.limit);
        assert_int_equal(options.batch, rows[i].options.batch);
        assert_int_equal(options.may_wait, rows[i].options.may_wait);
    }
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *complaint;
    } rows[] = {
        { "--nowadays true",
          "--nowadays: no such option, so nothing was done; there are --now, "
          "--defer, --limit <n> and --batch <n>. A task that begins so stands after a "
          "bar: @web1 | --nowadays \xE2\x80\xA6" },
        { "-now true", "-now: no such option" },
        { "-n true", "-n: no such option" },
        { "- true", "-: no such option" },
        { "\xE2\x80\x94", "\xE2\x80\x94: no such option" },
        { "--now=1 true", "--now=1: no such option" },
        { "--limit", "--limit : expected a number of agents from 1 to 1000; nothing was done" },
        { "--limit uptime", "--limit uptime: expected a number" },
        { "--limit 0 true", "--limit 0: expected a number" },
        { "--limit -1 true", "--limit -1: expected a number" },
        { "--batch=1001 true", "--batch 1001: expected a number" },
        { "--batch= true", "--batch : expected a number" },
        { "--now --batch 2x true", "--batch 2x: expected a number" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        TaskOptions options = { .is_now = false };
        const char *text = rows[i].text;
        g_autofree char *complaint = task_options_take(&options, &text, "web1");

        print_message("%s: %s\n", rows[i].text, complaint ? complaint : "taken");
        assert_non_null(complaint);
        assert_memory_equal(complaint, rows[i].complaint, strlen(rows[i].complaint));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken),
        cmocka_unit_test(what_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
