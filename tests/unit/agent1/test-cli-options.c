/* agentctl's command line: what each spelling means, and what is refused. */
#include "agent1/cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire/command.h"

#include "common/base/banned.h"

#define WORDS_MAX 6

static bool parse(const char *const *words, CliOptions *out, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup("agentctl"));
    for (int i = 0; i < WORDS_MAX && words[i]; i++)
        g_ptr_array_add(argv, g_strdup(words[i]));
    g_ptr_array_add(argv, NULL);

    return cli_options_parse(out, (char **)argv->pdata, error);
}

static void test_modes(void **state)
{
    static const struct {
        const char *what;
        const char *words[WORDS_MAX + 1];
        CliMode mode;
        const char *agent;
        const char *text;
    } rows[] = {
        { "a conversation", { NULL }, CLI_TALK, NULL, NULL },
        { "with an agent", { "web1" }, CLI_TALK, "web1", NULL },
        { "with several", { "web*" }, CLI_TALK, "web*", NULL },
        { "one text", { "send", "!agents" }, CLI_SEND, NULL, "!agents" },
        { "options after the text", { "send", "x", "--json" }, CLI_SEND, NULL, "x" },
        { "a text that looks like an option", { "send", "--", "--x" }, CLI_SEND, NULL, "--x" },
        { "with agent1 itself", { "agent1" }, CLI_TALK, NULL, NULL },
        { "one task",
          { "web1", "--", "uptime", "-p" },
          CLI_SEND,
          NULL,
          "DELEGATE: web1 | uptime -p" },
        { "a task in quotes",
          { "--now", "web*", "--", "ps aux | wc -l" },
          CLI_SEND,
          NULL,
          "DELEGATE: web* | ps aux | wc -l" },
        { "an agent after the options' end", { "--", "web1" }, CLI_TALK, "web1", NULL },
        { "the audit", { "audit", "verify" }, CLI_AUDIT_VERIFY, NULL, NULL },
        { "a time", { "next", "daily 03:00" }, CLI_NEXT, NULL, "daily 03:00" },
        { "a text to read", { "parse", "--answer" }, CLI_PARSE, NULL, NULL },
        { "check", { "--check" }, CLI_CHECK, NULL, NULL },
        { "show-key", { "--show-key" }, CLI_SHOW_KEY, NULL, NULL },
        { "help", { "--help" }, CLI_HELP, NULL, NULL },
        { "short help", { "-h" }, CLI_HELP, NULL, NULL },
        { "version", { "--version" }, CLI_VERSION, NULL, NULL },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CliOptions options;

        print_message("  %s\n", rows[i].what);
        assert_true(parse(rows[i].words, &options, NULL));
        assert_int_equal(options.mode, rows[i].mode);
        assert_int_equal(g_strcmp0(options.agent, rows[i].agent), 0);
        assert_int_equal(g_strcmp0(options.text, rows[i].text), 0);
        cli_options_clear(&options);
    }
}

static void test_values(void **state)
{
    static const char *const none[] = { NULL };
    static const char *const all[] = {
        "--json", "--quiet", "--no-color", "--now", "--dry-run", NULL
    };
    static const char *const values[] = { "--timeout", "1m30s", "--config=a/b.json", NULL };
    CliOptions options;

    (void)state;

    assert_true(parse(none, &options, NULL));
    assert_false(options.is_json || options.is_quiet || options.is_plain || options.is_now ||
                 options.is_dry_run);
    assert_int_equal(options.timeout_ms, CLI_NO_TIMEOUT);
    assert_null(options.config);
    cli_options_clear(&options);

    assert_true(parse(all, &options, NULL));
    assert_true(options.is_json && options.is_quiet && options.is_plain && options.is_now &&
                options.is_dry_run);
    cli_options_clear(&options);

    assert_true(parse(values, &options, NULL));
    assert_int_equal(options.timeout_ms, 90000);
    assert_string_equal(options.config, "a/b.json");
    cli_options_clear(&options);
}

static void test_next(void **state)
{
    static const char *const none[] = { "next", "hourly", NULL };
    static const char *const all[] = { "next",         "hourly",
                                       "--zone=UTC",   "--from=2026-11-27T00:00:00.250+01:00",
                                       "--count=1000", NULL };
    CliOptions options;

    (void)state;

    assert_true(parse(none, &options, NULL));
    assert_null(options.zone);
    assert_true(options.from_ms == CLI_FROM_NOW && options.count == 5);
    cli_options_clear(&options);

    assert_true(parse(all, &options, NULL));
    assert_string_equal(options.zone, "UTC");
    assert_int_equal(options.from_ms, INT64_C(1795734000250));
    assert_int_equal(options.count, 1000);
    cli_options_clear(&options);
}

static void test_refused(void **state)
{
    static const struct {
        const char *what;
        const char *words[WORDS_MAX + 1];
        const char *mentions;
    } rows[] = {
        { "unknown option", { "--jsno" }, "--jsno" },
        { "duration without unit", { "--timeout", "5" }, "--timeout" },
        { "no duration", { "--timeout", "0s" }, "more than nothing" },
        { "option without its value", { "--config" }, "--config" },
        { "send without text", { "send" }, "send: no text: expected a command" },
        { "blanks as text", { "send", " \n" }, "no text" },
        { "unquoted text", { "send", "DELEGATE:", "web1" }, "quotes" },
        { "next without a time", { "next" }, "next takes one time, found 0 words" },
        { "unquoted time", { "next", "daily", "03:00" }, "quotes" },
        { "no times", { "next", "daily", "--count", "0" }, "expected 1 to 1000" },
        { "too many times", { "next", "daily", "--count", "1001" }, "expected 1 to 1000" },
        { "no number", { "next", "daily", "--count", "many" }, "expected 1 to 1000" },
        { "a start that is none", { "next", "daily", "--from", "now" }, "--from: \"now\"" },
        { "a zone without a time", { "--zone", "UTC" }, "only with next" },
        { "a zone with a check", { "--check", "--zone", "UTC" }, "only with next" },
        { "a start without a time",
          { "send", "x", "--from", "2026-11-27T00:00:00Z" },
          "only with next" },
        { "two agents", { "web1", "web2" }, "agentctl web1 -- web2" },
        { "empty agent", { "" }, "the name of the agent is empty" },
        { "empty text", { "send", "" }, "no text: expected a command or a task" },
        { "text that is no UTF-8", { "send", "\xff" }, "word 2 is no text in UTF-8" },
        { "a command instead of an agent", { "!agents" }, "agentctl send '!agents'" },
        { "no task", { "web1", "--" }, "expected a task for web1" },
        { "an empty task", { "web1", "--", " " }, "expected a task for web1" },
        { "a task of two lines", { "web1", "--", "a\nb" }, "a task is one line" },
        { "audit of nothing", { "audit" }, "expected agentctl audit verify" },
        { "audit of another kind", { "audit", "verfiy" }, "expected agentctl audit verify" },
        { "a word beside a mode", { "--check", "web1" }, "nothing more is expected" },
        { "a task instead of an agent", { "uptime | wc" }, "agentctl send" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        CliOptions options;

        print_message("  %s\n", rows[i].what);
        assert_false(parse(rows[i].words, &options, &error));
        assert_non_null(error);
        assert_non_null(strstr(error->message, rows[i].mentions));
    }
}

/* Schedules are listed where there are any. */
static void test_plans(void **state)
{
    static const char *const words[] = { "--plans", NULL };
    static const char *const of_one[] = { "--plans", "web1", NULL };
    static const char *const too_many[] = { "--plans", "web1", "web2", NULL };
    static const char *const no_name[] = { "--plans", "a|b", NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) other = NULL;
    CliOptions options;
    Trigger trigger;

    (void)state;

    assert_false(parse(too_many, &options, &other));
    assert_false(parse(no_name, &options, NULL));
    if (!trigger_parse("PLAN_LIST:", &trigger)) {
        assert_false(parse(words, &options, &error));
        assert_non_null(strstr(error->message, "no schedules"));
        return;
    }
    assert_true(parse(words, &options, &error));
    assert_int_equal(options.mode, CLI_SEND);
    assert_string_equal(options.text, "PLAN_LIST:");
    cli_options_clear(&options);
    assert_true(parse(of_one, &options, &error));
    assert_int_equal(options.mode, CLI_SEND);
    assert_string_equal(options.text, "PLAN_LIST: web1");
    cli_options_clear(&options);
}

static void test_help(void **state)
{
    g_autofree char *help = cli_options_help();

    (void)state;

    assert_non_null(strstr(help, "send <text>"));
    assert_non_null(strstr(help, "--timeout=DURATION"));
    assert_non_null(strstr(help, "Exit codes:"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modes), cmocka_unit_test(test_values), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_plans), cmocka_unit_test(test_next),   cmocka_unit_test(test_help),
    };

    return cmocka_run_group_tests_name("cli-options", tests, NULL, NULL);
}
