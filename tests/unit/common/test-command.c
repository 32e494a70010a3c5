/* The table of commands: every row can be typed, and no two rows are the same word. */
#include "common/wire/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "common/base/banned.h"

static void test_roles(void **state)
{
    static const char *const names[] = { "none", "viewer", "operator", "admin" };
    Role role = ROLE_COUNT;

    (void)state;
    assert_int_equal(G_N_ELEMENTS(names), ROLE_COUNT);
    for (int i = 0; i < ROLE_COUNT; i++) {
        assert_string_equal(role_name((Role)i), names[i]);
        assert_true(role_parse(names[i], &role));
        assert_int_equal(role, i);
    }
    assert_false(role_parse("Admin", &role));
    assert_false(role_parse("", &role));
    assert_false(role_parse(NULL, &role));
}

static void check_row(const CommandInfo *info)
{
    g_autofree char *summary = command_summary(info->help);

    print_message("%s: %s\n", info->name, summary);
    assert_non_null(info->arguments);
    assert_in_range(info->role, ROLE_VIEWER, ROLE_ADMIN);
    assert_true(strlen(info->help) > 0);
    assert_false(g_str_has_suffix(info->help, "."));
    assert_true(g_str_is_ascii(info->help));
    assert_in_range(strlen(summary), 1, COMMAND_SUMMARY_CHARS);
    assert_true(g_str_has_prefix(info->help, summary));
}

static void test_commands(void **state)
{
    (void)state;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const CommandInfo *info = command_info((Command)i);
        g_autofree char *upper = g_ascii_strup(info->name, -1);
        g_autofree char *lower = g_ascii_strdown(info->name, -1);
        Command command = COMMAND_COUNT;

        check_row(info);
        assert_int_equal(info->name[0], '!');
        assert_true(command_parse(upper, &command));
        assert_int_equal(command, i);
        assert_true(command_parse(lower, &command));
        assert_int_equal(command, i);
    }
}

static void test_triggers(void **state)
{
    (void)state;
    for (int i = 0; i < TRIGGER_COUNT; i++) {
        const CommandInfo *info = trigger_info((Trigger)i);
        g_autofree char *lower = g_ascii_strdown(info->name, -1);
        Trigger trigger = TRIGGER_COUNT;

        check_row(info);
        assert_true(g_str_has_suffix(info->name, ":"));
        assert_true(trigger_parse(info->name, &trigger));
        assert_int_equal(trigger, i);
        trigger = TRIGGER_COUNT;
        assert_true(trigger_parse(lower, &trigger));
        assert_int_equal(trigger, i);
    }
}

static void test_what_only_looks(void **state)
{
    (void)state;
    assert_true(trigger_only_looks(TRIGGER_REPORT));
    assert_true(trigger_only_looks(TRIGGER_READ));
    assert_false(trigger_only_looks(TRIGGER_DELEGATE));
    assert_false(trigger_only_looks(TRIGGER_REMEMBER));
    assert_false(trigger_only_looks(TRIGGER_COUNT));
    assert_true(command_only_looks(COMMAND_RUNS, "web1"));
    assert_false(command_only_looks(COMMAND_CANCEL, "1"));
    assert_true(command_only_looks(COMMAND_REPORTS, ""));
    assert_false(command_only_looks(COMMAND_REPORTS, "on"));
    assert_false(command_only_looks(COMMAND_YES, ""));
}

static void test_summary(void **state)
{
    static const struct {
        const char *help;
        const char *summary;
    } rows[] = {
        { "short", "short" },
        { "short: with two; clauses", "short: with two; clauses" },
        { "one clause; another, which makes it much longer than a line of a terminal can be at all",
          "one clause" },
        { "one, and two, without another sign, though it is longer than a line of a terminal is, "
          "is it not, at all",
          "one, and two, without another sign" },
        { "one; two: three, which makes it as it stands there longer than a line of a terminal is, "
          "is it not; four",
          "one; two" },
        { "is there one of these? (this one, that one, or another that has a long name too); "
          "nothing",
          "is there one of these?" },
        { "one of these (this one; that one, or another that is long); nothing of it is done here",
          "one of these (this one; that one, or another that is long)" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const CommandInfo info = { .help = rows[i].help };
        g_autofree char *summary = command_summary(info.help);

        assert_string_equal(summary, rows[i].summary);
    }
}

static void test_aliases(void **state)
{
    static const struct {
        const char *word;
        Command command;
    } rows[] = {
        { "!aide", COMMAND_HELP },
        { "!oui", COMMAND_YES },
        { "!Non", COMMAND_NO },
    };
    Command command;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        command = COMMAND_COUNT;
        assert_true(command_parse(rows[i].word, &command));
        assert_int_equal(command, rows[i].command);
    }
    assert_false(command_parse("oui", &command));
    assert_false(command_parse("!ouais", &command));
}

static void test_not_words(void **state)
{
    static const char *const words[] = { "",       "!",      "help", "!hel",
                                         "!helpx", "!help ", ":",    "DELEGATE" };
    Command command;
    Trigger trigger;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        print_message("\"%s\"\n", words[i]);
        assert_false(command_parse(words[i], &command));
        assert_false(trigger_parse(words[i], &trigger));
    }
}

/* A bar ends a cell of a table. The caller owns it. */
static char *escape_bars(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "|", -1);

    return g_strjoinv("\\|", parts);
}

static void check_readme_row(const char *readme, const CommandInfo *info)
{
    g_autofree char *arguments = escape_bars(info->arguments);
    g_autofree char *help = escape_bars(info->help);
    g_autofree char *row =
        g_strdup_printf("\n| `%s%s%s` | %s | %s |\n", info->name, *arguments ? " " : "", arguments,
                        help, role_name(info->role));

    if (!strstr(readme, row))
        fail_msg("README.md lacks the row:%s", row);
}

/* What README.md lists is this table. */
static void test_readme(void **state)
{
    g_autofree char *readme = NULL;

    (void)state;
    assert_true(g_file_get_contents(TEST_DATA "/../../../README.md", &readme, NULL, NULL));
    for (int command = 0; command < COMMAND_COUNT; command++)
        check_readme_row(readme, command_info((Command)command));
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++)
        check_readme_row(readme, trigger_info((Trigger)trigger));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles),    cmocka_unit_test(test_commands),
        cmocka_unit_test(test_triggers), cmocka_unit_test(test_what_only_looks),
        cmocka_unit_test(test_summary),  cmocka_unit_test(test_not_words),
        cmocka_unit_test(test_readme),   cmocka_unit_test(test_aliases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
