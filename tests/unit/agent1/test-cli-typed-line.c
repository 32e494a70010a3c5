/* What a typed line means, with and without an agent that it is for. */
#include "agent1/cli/typed_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/wire/command.h"

#include "common/base/banned.h"

static void test_read(void **state)
{
    static const struct {
        const char *what;
        const char *line;
        const char *agent;
        TypedKind kind;
        const char *text;
    } rows[] = {
        { "empty", "", NULL, TYPED_NOTHING, NULL },
        { "blanks", " \t ", "web1", TYPED_NOTHING, NULL },
        { "plain, to agent1", " what is up? ", NULL, TYPED_TEXT, "what is up?" },
        { "plain, to an agent", "uptime", "web1", TYPED_TEXT, "DELEGATE: web1 | uptime" },
        { "a pipeline", "ps aux | wc -l", "web1", TYPED_TEXT, "DELEGATE: web1 | ps aux | wc -l" },
        { "a path", "/usr/bin/uptime -p", "web1", TYPED_TEXT,
          "DELEGATE: web1 | /usr/bin/uptime -p" },
        { "a command", "!agents", "web1", TYPED_TEXT, "!agents" },
        { "a trigger", "DELEGATE: web2 | id", "web1", TYPED_TEXT, "DELEGATE: web2 | id" },
        { "a trigger without a blank", "DELEGATE:web2|id", "web1", TYPED_TEXT, "DELEGATE:web2|id" },
        { "the short trigger", "@web2 id", "web1", TYPED_TEXT, "@web2 id" },
        { "a trigger without case", "delegate: web2 | id", "web1", TYPED_TEXT,
          "delegate: web2 | id" },
        { "leaving by habit", " exit ", NULL, TYPED_WRONG, "to leave: Ctrl-D or /quit" },
        { "leaving an agent by habit", "Quit", "web1", TYPED_WRONG,
          "to leave: Ctrl-D or /quit (as a task: @web1 Quit)" },
        { "help by habit", "help", NULL, TYPED_WRONG,
          "/help lists what there is, !help what you may do" },
        { "a task that begins so", "exit 3", "web1", TYPED_TEXT, "DELEGATE: web1 | exit 3" },
        { "no trigger: another word", "PATH: x", "web1", TYPED_TEXT, "DELEGATE: web1 | PATH: x" },
        { "status", "/status", "web1", TYPED_TEXT, "!status" },
        { "help, in any case", "/HELP", NULL, TYPED_HELP, NULL },
        { "last", "/last", NULL, TYPED_LAST, NULL },
        { "last of what", "/last 3", NULL, TYPED_WRONG, "/last takes no argument" },
        { "quit", "  /quit  ", NULL, TYPED_QUIT, NULL },
        { "an agent", "/agent web2", "web1", TYPED_AGENT, "web2" },
        { "back to agent1", "/agent agent1", "web1", TYPED_AGENT, NULL },
        { "back to agent1, shorter", "/agent", "web1", TYPED_AGENT, NULL },
        { "no agent's name", "/agent web1 | id", NULL, TYPED_WRONG,
          "/agent: \"web1 | id\" is no name of an agent" },
        { "an argument too many", "/quit now", NULL, TYPED_WRONG, "/quit takes no argument" },
        { "an argument where there is none", "/status web1", NULL, TYPED_WRONG,
          "/status takes no argument" },
        { "misspelt", "/hlep", NULL, TYPED_WRONG,
          "/hlep is not offered here; did you mean /help?" },
        { "unknown", "/zzzzzzzzz", "web1", TYPED_WRONG,
          "/zzzzzzzzz is not offered here; /help lists what is" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = NULL;

        print_message("  %s\n", rows[i].what);
        assert_int_equal(typed_line_read(rows[i].line, rows[i].agent, &text), rows[i].kind);
        assert_string_equal(text ? text : "(none)", rows[i].text ? rows[i].text : "(none)");
    }
}

static void test_help_names_every_word(void **state)
{
    g_autofree char *help = typed_line_help(80);
    unsigned count = 0;

    (void)state;

    for (; typed_line_word(count); count++)
        assert_non_null(strstr(help, typed_line_word(count)));
    assert_true(count >= 5);
    assert_non_null(strstr(help, "!agentsOFF"));
    assert_non_null(strstr(help, "DELEGATE: <agent> | <task>"));
}

/* Words that stand for a command or trigger come with it, and go with it. */
static void test_words_follow_the_table(void **state)
{
    static const struct {
        const char *line;
        const char *needs;
        TypedKind kind;
        const char *text;
    } rows[] = {
        { "/plans", "PLAN_LIST:", TYPED_TEXT, "PLAN_LIST:" },
        { "/plans web1", "PLAN_LIST:", TYPED_TEXT, "PLAN_LIST: web1" },
        { "/report", "REPORT:", TYPED_TEXT, "REPORT:" },
        { "/REPORT web1", "REPORT:", TYPED_TEXT, "REPORT: web1" },
        { "/report web1 | yesterday", "REPORT:", TYPED_TEXT, "REPORT: web1 | yesterday" },
        { "/errors | 24h", "REPORT_ERRORS:", TYPED_TEXT, "REPORT_ERRORS: | 24h" },
        { "/plans web1 | x", "PLAN_LIST:", TYPED_WRONG,
          "/plans: \"web1 | x\" is no name of an agent" },
        { "/errors", "REPORT_ERRORS:", TYPED_TEXT, "REPORT_ERRORS:" },
        { "/errors web*", "REPORT_ERRORS:", TYPED_TEXT, "REPORT_ERRORS: web*" },
        { "/reset", "!reset", TYPED_TEXT, "!reset" },
    };
    g_autofree char *help = typed_line_help(80);

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = NULL;
        g_autofree char *name = g_strndup(rows[i].line, strcspn(rows[i].line, " "));
        TypedKind kind = typed_line_read(rows[i].line, "web1", &text);
        Command command;
        Trigger trigger;

        print_message("  %s\n", rows[i].line);
        if (command_parse(rows[i].needs, &command) || trigger_parse(rows[i].needs, &trigger)) {
            assert_int_equal(kind, rows[i].kind);
            assert_string_equal(text, rows[i].text);
        } else {
            assert_int_equal(kind, TYPED_WRONG);
            assert_non_null(strstr(text, "is not offered here"));
            assert_null(strstr(help, name));
        }
    }
}

static void test_help_fits_a_terminal(void **state)
{
    static const unsigned widths[] = { 30, 40, 59, 60, 80, 100, 500 };

    (void)state;

    for (size_t w = 0; w < G_N_ELEMENTS(widths); w++) {
        g_autofree char *help = typed_line_help(widths[w]);
        g_auto(GStrv) lines = g_strsplit(help, "\n", -1);

        for (unsigned i = 0; lines[i]; i++) {
            size_t length = (size_t)g_utf8_strlen(lines[i], -1);

            /* A word that is longer stands alone. */
            if (length > MIN(widths[w], 120) && strchr(lines[i] + strspn(lines[i], " "), ' '))
                fail_msg("%u: %s", widths[w], lines[i]);
            /* What a word does stands in one column. */
            if (widths[w] >= 60 && length > 24 && lines[i][22] == ' ' && lines[i][23] == ' ')
                assert_int_not_equal(lines[i][24], ' ');
        }
    }
}

/* On a phone what a word does stands below it. */
static void test_help_on_a_narrow_terminal(void **state)
{
    g_autofree char *help = typed_line_help(40);

    (void)state;

    assert_true(g_str_has_prefix(help, "/help\n  this list\n/status\n  health on one screen\n"
                                       "/agent [agent]\n"
                                       "  plain lines are tasks for this agent;\n"
                                       "  alone: they are for agent1 again\n"));
    assert_non_null(strstr(help, "\n\nFor agent1, as far as your role allows\n(!help tells):\n"));
}

static char *fill(const char *beginning, size_t length, char with)
{
    size_t used = strlen(beginning);
    char *text = g_malloc(used + length + 1);

    memcpy(text, beginning, used);
    memset(text + used, with, length);
    text[used + length] = '\0';
    return text;
}

static void test_sizes(void **state)
{
    static const struct {
        const char *what;
        const char *beginning;
        size_t length;
        char with;
        const char *mentions; /* NULL: it is taken */
    } rows[] = {
        { "a chat of the greatest length", "", CHAT_TEXT_MAX_BYTES, 'x', NULL },
        { "one byte more", "", CHAT_TEXT_MAX_BYTES + 1, 'x', "131073 bytes, at most 131072" },
        { "a task of the greatest length", "DELEGATE: web1 | ", TASK_TEXT_MAX_BYTES, 'x', NULL },
        { "one byte more", "DELEGATE: web1 | ", TASK_TEXT_MAX_BYTES + 1, 'x',
          "65537 bytes, at most 65536" },
        { "the short trigger", "@web1 ", TASK_TEXT_MAX_BYTES + 1, 'x',
          "65537 bytes, at most 65536" },
        { "in a later line", "!agents\nDELEGATE: web1 | ", TASK_TEXT_MAX_BYTES + 1, 'x',
          "the task is too long" },
        { "short, but long as JSON", "", 100000, '"',
          "200000 bytes with its escapes, at most 193536" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = fill(rows[i].beginning, rows[i].length, rows[i].with);
        g_autoptr(GError) error = NULL;

        print_message("  %s\n", rows[i].what);
        assert_int_equal(typed_text_check(text, &error), rows[i].mentions == NULL);
        if (rows[i].mentions) {
            assert_true(g_error_matches(error, PROBLEM, PROBLEM_LIMIT));
            assert_non_null(strstr(error->message, rows[i].mentions));
        }
    }
}

/* In a conversation with an agent a trigger without its colon would be a task. */
static void test_without_a_colon(void **state)
{
    static const struct {
        const char *what;
        const char *line;
        const char *agent;
        TypedKind kind;
        const char *text;
    } rows[] = {
        { "a trigger without its colon", "schedule daily 03:00 | web1 | uptime", "web1",
          TYPED_WRONG,
          "did you mean SCHEDULE: daily 03:00 | web1 | uptime? (as a task: @web1 schedule daily "
          "03:00 | web1 | uptime)" },
        { "the same, large", "REPORT", "web1", TYPED_WRONG,
          "did you mean REPORT:? (as a task: @web1 REPORT)" },
        { "agent1 tells by itself", "schedule daily 03:00 | web1 | uptime", NULL, TYPED_TEXT,
          "schedule daily 03:00 | web1 | uptime" },
        { "a program that is called so", "read x | wc", "web1", TYPED_TEXT,
          "DELEGATE: web1 | read x | wc" },
        { "another one", "report | less", "web1", TYPED_TEXT, "DELEGATE: web1 | report | less" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = NULL;

        print_message("  %s\n", rows[i].what);
        assert_int_equal(typed_line_read(rows[i].line, rows[i].agent, &text), rows[i].kind);
        assert_string_equal(text, rows[i].text);
    }
}

static void test_what_passes(void **state)
{
    static const struct {
        const char *line;
        bool passes;
        bool overtakes; /* lines that wait */
    } rows[] = {
        { "!status", true, true },
        { "  !Runs web1 ", true, true },
        { "!cancel 12", true, true },
        { "!stop", true, true },
        { "!agentoff web1", true, true },
        { "!agentsOFF", true, true },
        { "!agentON web1", true, false },
        { "!agentsON", true, false },
        { "!reset", true, false },
        { "/reset", true, false },
        { "!accept web1 1234", true, false },
        { "!approve 12", true, false },
        { "!fire nightly", true, false },
        { "!pause nightly", true, false },
        { "!reports", true, true },
        { "!reports set daily off", true, false },
        { "!subscriptions ", true, true },
        { "!subscriptions cancel s3", true, false },
        { "/plans", true, true },
        { "/report web1", true, true },
        { "/status", true, true },
        { "!yes", false, false },
        { "!NO", false, false },
        { "!oui", false, false },
        { "!statsu", false, false },
        { "how is it?", false, false },
        { "@web1 !status", false, false },
        { "REPORT:", false, false },
        { "/agent web1", false, false },
        { "/quit", false, false },
        { "/LAST", true, true },
        { "/help", true, true },
        { "!aide", true, true },
        { "", false, false },
        { "/usr/bin/true", false, false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("  %s\n", rows[i].line);
        assert_int_equal(typed_line_passes(rows[i].line, false), rows[i].passes);
        assert_int_equal(typed_line_passes(rows[i].line, true), rows[i].overtakes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_help_names_every_word),
        cmocka_unit_test(test_words_follow_the_table),
        cmocka_unit_test(test_help_fits_a_terminal),
        cmocka_unit_test(test_help_on_a_narrow_terminal),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_without_a_colon),
        cmocka_unit_test(test_what_passes),
    };

    return cmocka_run_group_tests_name("cli-typed-line", tests, NULL, NULL);
}
