/* What a person wrote, line by line: orders, quotations, talk. */
#include "common/wire/utterance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static const char *const kind_words[] = {
    [LINE_COMMAND] = "command", [LINE_UNKNOWN_COMMAND] = "command?",
    [LINE_TRIGGER] = "trigger", [LINE_UNKNOWN_TRIGGER] = "trigger?",
    [LINE_DIRECT] = "direct",   [LINE_QUOTED] = "quoted",
    [LINE_TALK] = "talk",
};

/* "command !cancel [12]; talk - [hello]" */
static char *describe(const char *text)
{
    g_autoptr(GPtrArray) lines = utterance_parse(text);
    GString *all = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < lines->len; i++) {
        const Line *line = lines->pdata[i];

        g_string_append_printf(all, "%s%s %s [%s]", i ? "; " : "", kind_words[line->kind],
                               line->word ? line->word : "-", line->rest);
    }
    return g_string_free(all, FALSE);
}

static const struct {
    const char *what;
    const char *text;
    const char *lines;
} line_rows[] = {
    { "nothing", "", "" },
    { "blanks", " \n\t\n", "" },
    { "a command", "!cancel 12", "command !cancel [12]" },
    { "without case", "!AGENTSoff", "command !AGENTSoff []" },
    { "blanks around", "  !cancel \t #12  ", "command !cancel [#12]" },
    { "an unknown command", "!frob a b", "command? !frob [a b]" },
    { "a mark alone", "!", "talk - [!]" },
    { "two marks", "!!", "talk - [!!]" },
    { "an at sign before a tab", "@\tweb1 ls", "talk - [@\tweb1 ls]" },
    { "a mark before what is no letter", "!= 3", "talk - [!= 3]" },
    { "a trigger", "DELEGATE: web1 | a | b", "trigger DELEGATE: [web1 | a | b]" },
    { "a trigger without a blank", "DELEGATE:web1|a", "trigger DELEGATE: [web1|a]" },
    { "an unknown trigger", "FROB: x", "trigger? FROB: [x]" },
    { "a trigger without case", "delegate: web1 | A", "trigger delegate: [web1 | A]" },
    { "a trigger as a phone writes it", "Delegate: web1 | a", "trigger Delegate: [web1 | a]" },
    { "an unknown word in lower case is talk", "note: buy milk", "talk - [note: buy milk]" },
    { "an unknown word with one capital is talk", "Note: buy milk", "talk - [Note: buy milk]" },
    { "a quoted trigger without case", "> delegate: web1 | a", "quoted delegate: []" },
    { "two letters are talk", "OK: fine", "talk - [OK: fine]" },
    { "a word without a colon", "DELEGATE web1", "talk - [DELEGATE web1]" },
    { "32 letters at most", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF: x",
      "trigger? ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF: [x]" },
    { "33 are talk", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG: x",
      "talk - [ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG: x]" },
    { "direct", "@web1 uptime -p", "direct web1 [uptime -p]" },
    { "direct without a task", "@web1", "direct web1 []" },
    { "an at sign alone", "@", "talk - [@]" },
    { "at nobody", "@ web1", "talk - [@ web1]" },
    { "at a blank of another kind", "@\r web1", "talk - [@\r web1]" },
    { "at such a blank, quoted", "> @\r web1", "" },
    { "a trigger inside a line", "please DELEGATE: web1 | a",
      "talk - [please DELEGATE: web1 | a]" },
    { "addressed as people are", "@web1: uptime -p", "direct web1 [uptime -p]" },
    { "a colon alone", "@: uptime", "direct : [uptime]" },
    { "several orders", "!agents\n@web1 a\nDELEGATE: web2 | b",
      "command !agents []; direct web1 [a]; trigger DELEGATE: [web2 | b]" },
    { "talk beside an order", "good morning\n!agents",
      "talk - [good morning]; command !agents []" },
    { "a quoted direct order", "> @web1 rm", "quoted @web1 []" },
    { "talk alone stays", "good morning\nwhat now", "talk - [good morning]; talk - [what now]" },
    { "lines of another system", "!agents\r\n@web1 a\r\n", "command !agents []; direct web1 [a]" },
    { "a quoted order", "> DELEGATE: web1 | rm", "quoted DELEGATE: []" },
    { "quoted twice", "> > !agentsOFF now", "quoted !agentsOFF []" },
    { "quoted without a blank", ">!agents", "quoted !agents []" },
    { "quoted talk is left out", "> hello\n!agents", "command !agents []" },
    { "a quoted unknown word is talk of others", "> FROB: x", "" },
    { "fenced", "```\n!agentsOFF\nDELEGATE: a | b\ntext\n```\n!agents",
      "quoted !agentsOFF []; quoted DELEGATE: []; command !agents []" },
    { "a fence that does not end", "!agents\n```sh\n!agentsOFF",
      "command !agents []; quoted !agentsOFF []" },
    { "a long fence is not closed by a short one", "````\n```\n!agentsOFF\n````\n!agents",
      "quoted !agentsOFF []; command !agents []" },
    { "a quoted fence ends with its quotation", "> ```\n> !runs\n!agents",
      "quoted !runs []; command !agents []" },
    { "a fence of tildes", "~~~\n@web1 rm\n~~~", "quoted @web1 []" },
    { "a fence with a language", "```c\n@web1 x\n```", "quoted @web1 []" },
};

static void lines_by_kind(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(line_rows); i++) {
        g_autofree char *lines = describe(line_rows[i].text);

        print_message("%s\n", line_rows[i].what);
        assert_string_equal(lines, line_rows[i].lines);
    }
}

static void which_command_and_trigger(void **state)
{
    g_autoptr(GPtrArray) lines = utterance_parse("!agentOFF web1\nDELEGATE: a | b");

    (void)state;
    assert_int_equal(((const Line *)lines->pdata[0])->command, COMMAND_AGENT_OFF);
    assert_int_equal(((const Line *)lines->pdata[1])->trigger, TRIGGER_DELEGATE);
}

static void split_at_the_first_bar(void **state)
{
    static const struct {
        const char *text;
        const char *left;
        const char *right; /* NULL: no bar */
    } rows[] = {
        { "web1 | a | b", "web1", "a | b" },
        { "web1|a", "web1", "a" },
        { " web1 ", "web1", NULL },
        { "", "", NULL },
        { "|", "", "" },
        { "web1 |", "web1", "" },
        { "| a", "", "a" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *left = NULL;
        g_autofree char *right = NULL;

        print_message("\"%s\"\n", rows[i].text);
        assert_int_equal(utterance_split(rows[i].text, &left, &right), rows[i].right != NULL);
        assert_string_equal(left, rows[i].left);
        assert_int_equal(g_strcmp0(right, rows[i].right), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_by_kind),
        cmocka_unit_test(which_command_and_trigger),
        cmocka_unit_test(split_at_the_first_bar),
    };

    return cmocka_run_group_tests_name("utterance", tests, NULL, NULL);
}
