/* What counts in a model's answer, what is told instead, and what is left as words. */
#include "common/wire/model_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"

#include "common/base/banned.h"

/* "1 DELEGATE: [web1 | a]; 2 PLAN: fenced" */
static char *describe(const ModelAnswer *answer)
{
    GString *all = g_string_new(NULL);

    for (unsigned i = 0; i < answer->lines->len; i++) {
        const AnswerLine *line = answer->lines->pdata[i];

        g_string_append_printf(all, "%s%u %s ", i ? "; " : "", line->number, line->word);
        if (line->reason == ANSWER_COUNTS)
            g_string_append_printf(all, "[%s]", line->rest);
        else
            g_string_append(all, answer_reason_name(line->reason));
    }
    return g_string_free(all, FALSE);
}

#define D "DELEGATE: web1 | a"

static const struct {
    const char *what;
    const char *text;
    const char *lines;
} rows[] = {
    { "nothing", "", "" },
    { "words", "Good morning.\n\nAll is well: 3 agents.", "" },
    { "a trigger", D, "1 DELEGATE: [web1 | a]" },
    { "among words", "I look.\n" D "\nDone.", "2 DELEGATE: [web1 | a]" },
    { "several",
      D "\nREPORT:\nPLAN_LIST:", "1 DELEGATE: [web1 | a]; 2 REPORT: []; 3 PLAN_LIST: []" },
    { "one name in another", "REPORT_ERRORS: web1", "1 REPORT_ERRORS: [web1]" },
    { "without a blank", "DELEGATE:web1|a", "1 DELEGATE: [web1|a]" },
    { "lines of another system", "ok\r\n" D "\r\n", "2 DELEGATE: [web1 | a]" },
    { "a carriage return alone", "ok\r" D, "1 DELEGATE: hidden" },
    { "carriage returns inside", "DELEGATE: web1 | a\rb\r\n", "1 DELEGATE: hidden" },
    { "three blanks", "   " D, "1 DELEGATE: [web1 | a]" },
    { "four blanks", "    " D, "1 DELEGATE: indented" },
    { "a tab", "\t" D, "1 DELEGATE: indented" },
    { "a blank of another kind", "\u00a0" D, "1 DELEGATE: decorated" },
    { "a blank before the colon", "DELEGATE : web1 | a", "1 DELEGATE: decorated" },
    { "as French sets it", "DELEGATE\u00a0: web1 | a", "1 DELEGATE: lookalike" },
    /* Markdown */
    { "bold", "**DELEGATE:** web1 | a", "1 DELEGATE: decorated" },
    { "bold, the colon outside", "**DELEGATE**: web1 | a", "1 DELEGATE: decorated" },
    { "bold by underscores", "__DELEGATE__: web1 | a", "1 DELEGATE: decorated" },
    { "a list", "- " D "\n* " D "\n1. " D,
      "1 DELEGATE: decorated; 2 DELEGATE: decorated; 3 DELEGATE: decorated" },
    { "a title", "## PLAN: a | b", "1 PLAN: decorated" },
    { "code in a line", "`" D "`", "1 DELEGATE: decorated" },
    { "in quotes", "\"" D "\"", "1 DELEGATE: decorated" },
    { "in quotes of French", "« " D " »", "1 DELEGATE: inside" },
    { "a table", "| " D " |", "1 DELEGATE: decorated" },
    { "an underscore escaped", "REPORT\\_ERRORS: web1", "1 REPORT_ERRORS: decorated" },
    { "in a sentence", "I would use DELEGATE: web1 | a", "1 DELEGATE: inside" },
    { "in a sentence of other letters", "使用 PLAN: a", "1 PLAN: inside" },
    { "part of a longer word", "UNDELEGATE: a\nXPLAN: b",
      "1 UNDELEGATE: unknown; 2 XPLAN: unknown" },
    /* case */
    { "small", "delegate: web1 | a", "1 DELEGATE: small" },
    { "as a phone writes it", "Delegate: web1 | a", "1 DELEGATE: small" },
    { "small in a sentence is prose", "here is the plan: first, look", "" },
    { "small in a list is prose", "- Report: all is well", "" },
    { "an unknown word", "FROB: x", "1 FROB: unknown" },
    { "a note", "NOTE: x", "1 NOTE: unknown" },
    { "small words with a colon are prose", "Note: x\nsummary: y", "" },
    { "two letters are prose", "OK: x", "" },
    { "accents are prose", "RÉSULTAT: x", "" },
    { "no colon", "DELEGATE web1 | a", "" },
    /* quotations */
    { "behind a sign", "> " D, "1 DELEGATE: quoted" },
    { "the paragraph goes on", "> page says\n" D "\n\n" D,
      "2 DELEGATE: quoted; 4 DELEGATE: [web1 | a]" },
    { "a fence", "```\n" D "\n```\n" D, "2 DELEGATE: fenced; 4 DELEGATE: [web1 | a]" },
    { "a fence of tildes", "~~~sh\n" D "\n```\n~~~\n" D,
      "2 DELEGATE: fenced; 5 DELEGATE: [web1 | a]" },
    { "a longer fence", "````\n```\n" D "\n```\n" D "\n````\n" D,
      "3 DELEGATE: fenced; 5 DELEGATE: fenced; 7 DELEGATE: [web1 | a]" },
    { "a fence without an end", "```\n" D "\nx", "2 DELEGATE: fenced" },
    { "a fence in one line", "```" D "```\n" D, "1 DELEGATE: fenced; 2 DELEGATE: fenced" },
    { "a fence of a list", "- ```\n  " D "\n  ```\n" D,
      "2 DELEGATE: fenced; 4 DELEGATE: [web1 | a]" },
    { "a fence that a deeper row does not end", "```\n    ```\n" D, "3 DELEGATE: fenced" },
    { "unknown words in a fence are somebody's", "```\nFROB: x\n```", "" },
    /* markup */
    { "thoughts", "<think>\n" D "\n</think>\n" D, "2 DELEGATE: markup; 4 DELEGATE: [web1 | a]" },
    { "thoughts whose beginning is missing", D "\n</think>\nREPORT: web1",
      "1 DELEGATE: markup; 3 REPORT: [web1]" },
    { "thoughts without an end", "<think>" D "\n" D, "1 DELEGATE: markup; 2 DELEGATE: markup" },
    { "a comment", "<!--\n" D "\n-->", "2 DELEGATE: markup" },
    { "an element in the line", "<b>DELEGATE:</b> web1 | a", "1 DELEGATE: markup" },
    { "tags in a task", "DELEGATE: web1 | grep '<pre>' x\n" D,
      "1 DELEGATE: [web1 | grep '<pre>' x]; 2 DELEGATE: [web1 | a]" },
    /* signs that nobody sees, and letters that look like others */
    { "zero width before it", "\u200b" D, "1 DELEGATE: hidden" },
    { "zero width inside it", "DELE\u200bGATE: web1 | a", "1 DELEGATE: hidden" },
    { "another direction in the task", "DELEGATE: web1 | a \u202eb", "1 DELEGATE: hidden" },
    { "tags in the task", "DELEGATE: web1 | a\U000e0061", "1 DELEGATE: hidden" },
    { "a terminal's escape", "DELEGATE: web1 | \033[2Ja", "1 DELEGATE: hidden" },
    { "broken bytes", "DELEGATE: web1 | \xff", "1 DELEGATE: hidden" },
    { "broken bytes in the word", "DELE\xffGATE: web1", "1 DELEGATE: hidden" },
    { "the mark of a beginning", "\ufeff" D, "1 DELEGATE: hidden" },
    { "separators of lines", "a\u2028" D, "1 DELEGATE: hidden" },
    { "other letters", "DЕLЕGАТЕ: web1 | a", "1 DELEGATE: lookalike" },
    { "wide letters", "ＤＥＬＥＧＡＴＥ：web1 | a", "1 DELEGATE: lookalike" },
    { "another colon", "DELEGATE： web1 | a", "1 DELEGATE: lookalike" },
    { "letters with accents", "DÉLÉGATE: web1 | a", "1 DELEGATE: lookalike" },
    { "visible letters of others in the task", "DELEGATE: web1 | echo é",
      "1 DELEGATE: [web1 | echo é]" },
    /* what only people do */
    { "a command", "!agentsOFF\n  !status", "1 !agentsOFF persons; 2 !status persons" },
    { "a quoted command", "> > !status", "1 !status quoted" },
    { "an unknown command is prose", "!important", "" },
    { "a direct task", "@web1 rm -rf /", "1 @web1 persons" },
    { "somebody is mentioned", "@sylvain", "" },
    /* a task that goes on */
    { "a backslash", "DELEGATE: web1 | a \\\nb", "1 DELEGATE: unfinished" },
    { "a pipe", "DELEGATE: web1 | a |\nb", "1 DELEGATE: unfinished" },
    { "and then", "DELEGATE: web1 | a && \nb", "1 DELEGATE: unfinished" },
    { "a document", "DELEGATE: web1 | cat <<'EOF' >x\nb\nEOF", "1 DELEGATE: unfinished" },
    { "a text for input", "DELEGATE: web1 | cat <<<x", "1 DELEGATE: [web1 | cat <<<x]" },
    { "no task at all", "DELEGATE: web1 |", "1 DELEGATE: [web1 |]" },
};

static void lines_and_reasons(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ModelAnswer) answer = model_answer_parse(rows[i].text, strlen(rows[i].text));
        g_autofree char *lines = describe(answer);

        print_message("%s\n", rows[i].what);
        assert_string_equal(lines, rows[i].lines);
    }
}

static void words_are_the_rest(void **state)
{
    static const char text[] = "\nI look.\r\n" D "\n```\n" D "\n```\nA\u200bll.\n\n";
    g_autoptr(ModelAnswer) answer = model_answer_parse(text, strlen(text));

    (void)state;
    assert_string_equal(answer->words, "I look.\n```\n" D "\n```\nA<U+200B>ll.");
}

/* Reads the text line by line; what is shown of each that has only begun is how it goes on. */
static char *read_as_it_comes(const char *text, const char *what)
{
    g_autoptr(AnswerReader) reader = answer_reader_new();
    GString *words = g_string_new(NULL);

    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\n");
        g_autoptr(GPtrArray) beginnings = g_ptr_array_new_with_free_func(g_free);
        size_t before = words->len;

        for (size_t cut = 0; cut < length; cut++) {
            if (((unsigned char)at[cut] & 0xC0) != 0x80)
                g_ptr_array_add(beginnings, answer_reader_beginning(reader, at, cut));
        }
        answer_reader_line(reader, at, length, words);
        for (unsigned i = 0; i < beginnings->len; i++) {
            const char *beginning = beginnings->pdata[i];

            if (beginning && !g_str_has_prefix(words->str + before, beginning))
                fail_msg("%s: \"%s\" is not how \"%s\" begins", what, beginning,
                         words->str + before);
        }
        at += length + (at[length] != '\0');
    }
    return g_strstrip(g_string_free(words, FALSE));
}

static void line_by_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ModelAnswer) answer = model_answer_parse(rows[i].text, strlen(rows[i].text));
        g_autofree char *words = read_as_it_comes(rows[i].text, rows[i].what);

        if (strcmp(words, answer->words) != 0)
            fail_msg("%s: \"%s\" instead of \"%s\"", rows[i].what, words, answer->words);
    }
}

static void what_a_line_that_began_shows(void **state)
{
    static const struct {
        const char *before; /* a whole line; NULL: none */
        const char *begun;
        const char *shown; /* NULL: nothing */
    } begun[] = {
        { NULL, "All is we", "All is" },
        { NULL, "All", NULL },
        { NULL, "DELE", NULL },
        { NULL, D " and more", NULL },
        { NULL, "  DELEGATE: we", NULL },
        { NULL, "DELEGATES are people ", "DELEGATES are people" },
        { NULL, "a line <b>with more", "a line" },
        { "<think>", "shall I say it or ", NULL },
        { "<!-- note", "shall I say it or ", NULL },
        { "```", "code of a kind", "code of a" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(begun); i++) {
        g_autoptr(AnswerReader) reader = answer_reader_new();
        g_autoptr(GString) words = g_string_new(NULL);
        g_autofree char *shown = NULL;

        if (begun[i].before)
            answer_reader_line(reader, begun[i].before, strlen(begun[i].before), words);
        shown = answer_reader_beginning(reader, begun[i].begun, strlen(begun[i].begun));
        if (g_strcmp0(shown, begun[i].shown) != 0)
            fail_msg("%s: %s", begun[i].begun, shown ? shown : "nothing");
    }
}

static void a_nul_is_a_sign_that_nobody_sees(void **state)
{
    static const char text[] = "DELE\0GATE: web1 | a\nDELEGATE: web1 | a\0b\n" D;
    g_autoptr(ModelAnswer) answer = model_answer_parse(text, sizeof(text) - 1);
    g_autofree char *lines = describe(answer);

    (void)state;
    assert_string_equal(lines, "1 DELEGATE: hidden; 2 DELEGATE: hidden; 3 DELEGATE: [web1 | a]");
}

static void no_more_than_the_bounds(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(ModelAnswer) answer = NULL;
    unsigned counting = 0;

    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        g_string_append(text, D "\n");
    answer = model_answer_parse(text->str, text->len);
    for (unsigned i = 0; i < answer->lines->len; i++)
        counting += ((const AnswerLine *)answer->lines->pdata[i])->reason == ANSWER_COUNTS;
    assert_int_equal(counting, TRIGGERS_MAX_PER_MESSAGE);
    assert_int_equal(answer->lines->len, TRIGGERS_MAX_PER_MESSAGE + ANSWER_NOTES_MAX);
    assert_int_equal(answer->left_out, 1000 - TRIGGERS_MAX_PER_MESSAGE - ANSWER_NOTES_MAX);
}

/* Long lines are read in one go, whatever is in them. */
static void long_lines(void **state)
{
    static const char *const pieces[] = { "DELEGATE: web1 | a ",
                                          "`",
                                          "<",
                                          "<a",
                                          "<a>",
                                          ":",
                                          "A:",
                                          "_:",
                                          "é",
                                          "\u200b",
                                          "&& ",
                                          "<!--",
                                          "``<",
                                          "- ",
                                          ">" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(ModelAnswer) answer = NULL;

        while (text->len < 1024 * 1024)
            g_string_append(text, pieces[i]);
        answer = model_answer_parse(text->str, text->len);
        for (unsigned line = 0; line < answer->lines->len; line++)
            assert_true(((const AnswerLine *)answer->lines->pdata[line])->reason != ANSWER_COUNTS);
    }
}

static void every_reason_has_its_words(void **state)
{
    (void)state;
    for (int reason = ANSWER_COUNTS + 1; reason < ANSWER_REASON_COUNT; reason++) {
        assert_non_null(answer_reason_name((AnswerReason)reason));
        assert_non_null(answer_reason_text((AnswerReason)reason));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_reasons),
        cmocka_unit_test(words_are_the_rest),
        cmocka_unit_test(line_by_line),
        cmocka_unit_test(what_a_line_that_began_shows),
        cmocka_unit_test(no_more_than_the_bounds),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(a_nul_is_a_sign_that_nobody_sees),
        cmocka_unit_test(every_reason_has_its_words),
    };

    return cmocka_run_group_tests_name("model_answer", tests, NULL, NULL);
}
