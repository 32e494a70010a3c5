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
        { "quit", "  /quit  ", NULL, TYPED_QUIT, NULL },
        { "an agent", "/agent web2", "web1", TYPED_AGENT, "web2" },
        { "back to agent1", "/agent agent1", "web1", TYPED_AGENT, NULL },
        { "back to agent1, shorter", "/agent", "web1", TYPED_AGENT, NULL },
        { "no agent's name", "/agent web1 | id", NULL, TYPED_WRONG,
          "/agent: \"web1 | id\" is no name of an agent" },
        { "an argument too many", "/quit now", NULL, TYPED_WRONG, "/quit takes no argument" },
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
    g_autofree char *help = typed_line_help();
    unsigned count = 0;

    (void)state;

    for (; typed_line_word(count); count++)
        assert_non_null(strstr(help, typed_line_word(count)));
    assert_int_equal(count, 5);
    assert_non_null(strstr(help, "!agentsOFF"));
    assert_non_null(strstr(help, "DELEGATE: <agent> | <task>"));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_help_names_every_word),
        cmocka_unit_test(test_sizes),
    };

    return cmocka_run_group_tests_name("cli-typed-line", tests, NULL, NULL);
}
