/* The triggers as tools: what is offered, and what a call becomes. */
#include "agent1/providers/trigger_tools.h"
#include "common/wire/utterance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void test_schemas(void **state)
{
    static const struct {
        Trigger trigger;
        const char *name;
        const char *schema;
    } rows[] = {
        { TRIGGER_DELEGATE, "delegate",
          "{\"type\":\"object\",\"properties\":{\"agent\":{\"type\":\"string\"},"
          "\"task\":{\"type\":\"string\"}},\"required\":[\"agent\",\"task\"],"
          "\"additionalProperties\":false}" },
        { TRIGGER_REPORT_ERRORS, "report_errors",
          "{\"type\":\"object\",\"properties\":{\"agent\":{\"type\":\"string\"},"
          "\"time\":{\"type\":\"string\"}},\"required\":[],\"additionalProperties\":false}" },
        { TRIGGER_RECALL, "recall",
          "{\"type\":\"object\",\"properties\":{\"key_or_words\":{\"type\":\"string\"}},"
          "\"required\":[\"key_or_words\"],\"additionalProperties\":false}" },
        { TRIGGER_PLAN_LIST, "plan_list",
          "{\"type\":\"object\",\"properties\":{\"agent\":{\"type\":\"string\"}},\"required\":[],"
          "\"additionalProperties\":false}" },
        { TRIGGER_PLAN, "plan",
          "{\"type\":\"object\",\"properties\":{\"steps\":{\"type\":\"array\",\"items\":"
          "{\"type\":\"object\",\"properties\":{\"agent\":{\"type\":\"string\"},"
          "\"task\":{\"type\":\"string\"}},\"required\":[\"agent\",\"task\"],"
          "\"additionalProperties\":false},\"minItems\":1}},\"required\":[\"steps\"],"
          "\"additionalProperties\":false}" },
        { TRIGGER_SCHEDULE, "schedule",
          "{\"type\":\"object\",\"properties\":{\"when\":{\"type\":\"string\"},"
          "\"agent\":{\"type\":\"string\"},\"task\":{\"type\":\"string\"}},"
          "\"required\":[\"when\",\"agent\",\"task\"],\"additionalProperties\":false}" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = trigger_tool_name(rows[i].trigger);
        g_autoptr(Json) schema = trigger_tool_schema(rows[i].trigger);
        g_autofree char *printed = json_print(schema);

        assert_string_equal(name, rows[i].name);
        assert_string_equal(printed, rows[i].schema);
    }
}

static const struct {
    const char *name;
    const char *arguments;
    const char *line; /* NULL: it does not fit */
    const char *why;
} rows[] = {
    { "delegate", "{\"agent\":\"web1\",\"task\":\"uptime\"}", "DELEGATE: web1 | uptime", NULL },
    { "delegate", "{\"task\":\"uptime\",\"agent\":\"web1\"}", "DELEGATE: web1 | uptime", NULL },
    { "delegate", "{\"agent\":\"a,b\",\"task\":\"ps aux | grep x ;; y\"}",
      "DELEGATE: a,b | ps aux | grep x ;; y", NULL },
    { "recall", "{\"key_or_words\":\"a | b\"}", "RECALL: a | b", NULL },
    { "report", "{}", "REPORT:", NULL },
    { "report", "{\"agent\":\"web1\"}", "REPORT: web1", NULL },
    { "report", "{\"time\":\"today\"}", "REPORT: | today", NULL },
    { "report", "{\"agent\":\"\",\"time\":\"\"}", "REPORT:", NULL },
    { "report", "{\"agent\":\"web1\",\"time\":\"\"}", "REPORT: web1", NULL },
    { "plan_list", "{}", "PLAN_LIST:", NULL },
    { "plan_list", "{\"agent\":\"web1\"}", "PLAN_LIST: web1", NULL },
    { "schedule", "{\"when\":\"daily 03:00\",\"agent\":\"a\",\"task\":\"x | y\"}",
      "SCHEDULE: daily 03:00 | a | x | y", NULL },
    { "remember", "{\"key\":\"caf\u00e9\",\"value\":\"1 | 2\"}", "REMEMBER: caf\u00e9 | 1 | 2",
      NULL },
    { "plan",
      "{\"steps\":[{\"agent\":\"a\",\"task\":\"x;;y | z\"},{\"agent\":\"b\",\"task\":\"u\"}]}",
      "PLAN: a | x\\;;y | z ;; b | u", NULL },

    { "DELEGATE", "{}", NULL, "it calls \"DELEGATE\", which is no tool" },
    { "rm\n-rf", "{}", NULL, "it calls \"rm -rf\", which is no tool" },
    { "", "{}", NULL, "it calls \"\", which is no tool" },
    { "delegate", "[]", NULL, "its call of delegate is broken" },
    { "delegate", "{\"agent\":\"web1\"}", NULL, "*does not fit: task is missing" },
    { "delegate", "{\"agent\":\"web1\",\"task\":\"\"}", NULL, "*task is empty" },
    { "delegate", "{\"agent\":\"web1\",\"task\":null}", NULL, "*task is null, not a text" },
    { "delegate", "{\"agent\":[\"web1\"],\"task\":\"x\"}", NULL, "*agent is an array, not a text" },
    { "delegate", "{\"agent\":\"a\",\"task\":\"x\",\"now\":true}", NULL,
      "*\"now\" is no parameter of it" },
    { "delegate", "{\"agent\":\"a\",\"task\":\"x\\ny\"}", NULL, "*there is a line break in task" },
    { "delegate", "{\"agent\":\"a\\r\",\"task\":\"x\"}", NULL, "*there is a line break in agent" },
    { "delegate", "{\"agent\":\"a\",\"task\":\"x\\ty\"}", NULL,
      "*a control or hidden sign in task" },
    { "delegate", "{\"agent\":\"a\",\"task\":\"x\\u202ey\"}", NULL, "*hidden sign in task" },
    { "delegate", "{\"agent\":\"a\",\"task\":\"\\u001bx\"}", NULL, "*hidden sign in task" },
    { "delegate", "{\"agent\":\"a\",\"task\":\"x \"}", NULL, "*a blank at its end in task" },
    { "delegate", "{\"agent\":\"a|b\",\"task\":\"x\"}", NULL, "*there is a bar in agent" },
    { "schedule", "{\"when\":\"daily 03:00\",\"agent\":\"a|b\",\"task\":\"x\"}", NULL,
      "*there is a bar in agent" },
    { "plan_list", "{\"name\":\"a\"}", NULL, "*\"name\" is no parameter of it" },
    { "plan", "{\"steps\":[]}", NULL, "*steps is no array with steps in it" },
    { "plan", "{\"steps\":\"a | x\"}", NULL, "*steps is no array with steps in it" },
    { "plan", "{}", NULL, "*steps is no array with steps in it" },
    { "plan", "{\"steps\":[{\"agent\":\"a\",\"task\":\"x\"},\"b | y\"]}", NULL,
      "*step 2: it is a string, not an object" },
    { "plan", "{\"steps\":[{\"agent\":\"a;;b\",\"task\":\"x|y\"}],\"z\":1}", NULL,
      "*\"z\" is no parameter of it" },
};

/* What fits is one line of that trigger for the parser of what people type. */
static void check_line(const char *name, const char *line)
{
    g_autoptr(GPtrArray) parsed = utterance_parse(line);
    g_autofree char *tool = NULL;
    const Line *only;

    assert_int_equal(parsed->len, 1);
    only = parsed->pdata[0];
    assert_int_equal(only->kind, LINE_TRIGGER);
    tool = trigger_tool_name(only->trigger);
    assert_string_equal(tool, name);
}

static void test_calls(void **state)
{
    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) arguments =
            json_parse(rows[i].arguments, strlen(rows[i].arguments), SIZE_MAX, NULL);
        g_autofree char *why = NULL;
        g_autofree char *line = trigger_tool_line(rows[i].name, arguments, &why);

        assert_non_null(arguments);
        if (g_strcmp0(line, rows[i].line) != 0)
            fail_msg("%s: %s, %s", rows[i].arguments, line, why);
        if (line)
            check_line(rows[i].name, line);
        else if (!g_pattern_match_simple(rows[i].why, why))
            fail_msg("%s: %s", rows[i].arguments, why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schemas),
        cmocka_unit_test(test_calls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
