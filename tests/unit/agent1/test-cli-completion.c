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

static void test_find(void **state)
{
    static const struct {
        const char *what;
        const char *before;
        size_t start;
        const char *candidates;
    } rows[] = {
        { "one command", "!can", 0, "!cancel" },
        { "several", "!ag", 0, "!agentOFF !agentON !agents !agentsOFF !agentsON" },
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
        { "not the task", "DELEGATE: web1 | w", 17, "" },
        { "no argument at all", "!status w", 8, "" },
        { "a number", "!cancel w", 8, "" },
        { "free text", "how is w", 7, "" },
        { "nothing fits", "!xyz", 0, "" },
    };
    g_autoptr(Completion) completion = completion_new();

    (void)state;

    completion_learn_agent(completion, "web2");
    completion_learn_agent(completion, "web1");
    completion_learn_agent(completion, "web1");
    completion_learn_agent(completion, "db1");
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
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_empty_line_offers_all),
        cmocka_unit_test(test_learn),
        cmocka_unit_test(test_common),
    };

    return cmocka_run_group_tests_name("cli-completion", tests, NULL, NULL);
}
