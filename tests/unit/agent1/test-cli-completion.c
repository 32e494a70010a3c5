/* Completion: what may stand where, and which agents are known. */
#include "agent1/cli/completion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static char *find(const Completion *completion, const char *before, size_t *out_start)
{
    g_autoptr(GPtrArray) found = completion_find(completion, before, out_start);

    g_ptr_array_add(found, NULL);
    return g_strjoinv(" ", (char **)found->pdata);
}

static const char web1_help[] = "Skills of web1; !help <skill> tells about one:\n"
                                "disk.usage: Space on disks (risk read)\n"
                                "web.reload(unit)\n  Reload a unit (risk low)\n"
                                "wipe (risk high)\nand 20 more";

static void test_find(void **state)
{
    static const struct {
        const char *what;
        const char *before;
        size_t start;
        const char *candidates;
    } rows[] = {
        { "one command", "!can", 0, "!cancel" },
        { "several", "!ag", 0,
          "!agentOFF !agentON !agentUPDATE !agents !agentsOFF !agentsON !agentsUPDATE" },
        { "in any case", "!AGENTSO", 0, "!agentsOFF !agentsON" },
        { "after blanks", "  !wh", 2, "!why" },
        { "a word of ours", "/st", 0, "/status" },
        { "a trigger", "DEL", 0, "DELEGATE:" },
        { "a trigger in lower case", "dele", 0, "DELEGATE:" },
        { "an agent by its short trigger", "@db", 0, "@db1" },
        { "an argument that is an agent", "!agentOFF w", 10, "web1 web2" },
        { "an optional one", "!runs ", 6, "db1 web1 web2" },
        { "a list", "!agentoff web1,d", 15, "db1" },
        { "a trigger's agent", "DELEGATE: web", 10, "web1 web2" },
        { "a word of ours with an agent", "/agent db", 7, "db1" },
        { "help about a command", "!help !acc", 6, "!accept" },
        { "a skill", "DELEGATE: web1 | w", 17, "web.reload wipe" },
        { "a skill by the short trigger", "@web1 disk", 6, "disk.usage" },
        { "not one of another agent", "@db1 disk", 5, "" },
        { "not the rest of a task", "@web1 wipe d", 11, "" },
        { "plain lines are no tasks", "dis", 0, "" },
        { "no argument at all", "!status w", 8, "" },
        { "no number", "!cancel w", 8, "" },
        { "the number of a run", "!cancel 1", 8, "12 17" },
        { "one of it", "!run 3", 5, "3" },
        { "free text", "how is w", 7, "" },
        { "nothing fits", "!xyz", 0, "" },
    };
    g_autoptr(Completion) completion = completion_new();

    (void)state;

    completion_learn_agent(completion, "web2");
    completion_learn_agent(completion, "web1");
    completion_learn_agent(completion, "web1");
    completion_learn_agent(completion, "db1");
    completion_learn(completion, "!help web1", web1_help);
    completion_learn(completion, "x",
                     "#12 web1: queued\n#3 db1: queued\n#17 web2: running\n#x web1: -");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t start = 999;
        g_autofree char *found = find(completion, rows[i].before, &start);

        print_message("  %s\n", rows[i].what);
        assert_string_equal(found, rows[i].candidates);
        assert_int_equal(start, rows[i].start);
    }
}

static void test_empty_line_offers_all(void **state)
{
    g_autoptr(Completion) completion = completion_new();
    size_t start = 999;
    g_autofree char *found = find(completion, "", &start);

    (void)state;

    assert_int_equal(start, 0);
    assert_non_null(strstr(found, "!agents"));
    assert_non_null(strstr(found, "/help"));
    assert_non_null(strstr(found, "DELEGATE:"));
}

static void test_learn(void **state)
{
    static const struct {
        const char *what;
        const char *question;
        const char *answer;
        const char *agents;
    } rows[] = {
        { "a run's line", "hello", "#12 web1: succeeded (exit 0)\n```\nx: refused (y\n", "web1 x" },
        { "a refusal", "hello", "web1: refused (blackout): not now", "web1" },
        { "a name of nobody", "hello", "wbe1: refused (unknown_agent): no agent of that name", "" },
        { "other lines", "hello", "note: web1 is well\nweb2", "" },
        { "a list of agents", "!agents", "web1: online since 14:02\ndb1: paused\n", "db1 web1" },
        { "in any case", "!AGENTS", "web1: online", "web1" },
        { "what is no name", "!agents", "NAME: STATE\nno agents yet\n: x\nweb1: online", "web1" },
        { "reserved words", "!agents", "agent1: awake\ncli: x\nstatus: y", "" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Completion) completion = completion_new();
        size_t start;
        g_autofree char *found = NULL;

        print_message("  %s\n", rows[i].what);
        completion_learn(completion, rows[i].question, rows[i].answer);
        found = find(completion, "!agentON ", &start);
        assert_string_equal(found, rows[i].agents);
    }
}

/* Where plain lines are tasks, a skill may begin one. */
static void test_with_an_agent(void **state)
{
    g_autoptr(Completion) completion = completion_new();
    size_t start;
    g_autofree char *skill = NULL;
    g_autofree char *command = NULL;
    g_autofree char *later = NULL;

    (void)state;

    completion_set_agent(completion, "web1");
    completion_learn(completion, "!help web1", web1_help);
    skill = find(completion, "di", &start);
    assert_string_equal(skill, "disk.usage");
    command = find(completion, "!agentsOF", &start);
    assert_string_equal(command, "!agentsOFF");
    completion_set_agent(completion, NULL);
    later = find(completion, "di", &start);
    assert_string_equal(later, "");
}

static void test_question(void **state)
{
    static const struct {
        const char *what;
        const char *agent;
        const char *before;
        const char *question; /* NULL: none */
    } rows[] = {
        { "a command", NULL, "!ag", NULL },
        { "an agent", NULL, "!agentOFF w", "!agents" },
        { "an agent by the short trigger", NULL, "@w", "!agents" },
        { "nothing yet", NULL, "", NULL },
        { "nothing yet, with an agent", "web1", "", NULL },
        { "a task", NULL, "@web1 d", "!help web1" },
        { "a task, not begun", NULL, "DELEGATE: web1 | ", "!help web1" },
        { "a task of several", NULL, "@web* d", NULL },
        { "a plain task", "web1", "d", "!help web1" },
        { "a command, with an agent", "web1", "!ag", NULL },
        { "a number", NULL, "!cancel ", "!runs" },
        { "free text", NULL, "how is w", NULL },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Completion) completion = completion_new();
        g_autofree char *question = NULL;

        print_message("  %s\n", rows[i].what);
        completion_set_agent(completion, rows[i].agent);
        question = completion_question(completion, rows[i].before);
        assert_string_equal(question ? question : "-", rows[i].question ? rows[i].question : "-");
    }
}

static void test_common(void **state)
{
    static const struct {
        const char *what;
        const char *words[4];
        const char *common;
    } rows[] = {
        { "none", { NULL }, "" },
        { "one", { "!cancel" }, "!cancel" },
        { "a common beginning", { "!agentOFF", "!agents", "!agentsON" }, "!agent" },
        { "without case", { "WEB1", "web2" }, "WEB" },
        { "nothing in common", { "a", "b" }, "" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *common = NULL;

        print_message("  %s\n", rows[i].what);
        for (int j = 0; j < 4 && rows[i].words[j]; j++)
            g_ptr_array_add(words, g_strdup(rows[i].words[j]));
        common = completion_common(words);
        assert_string_equal(common, rows[i].common);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),     cmocka_unit_test(test_empty_line_offers_all),
        cmocka_unit_test(test_learn),    cmocka_unit_test(test_with_an_agent),
        cmocka_unit_test(test_question), cmocka_unit_test(test_common),
    };

    return cmocka_run_group_tests_name("cli-completion", tests, NULL, NULL);
}
