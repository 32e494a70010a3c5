/* Thoughts of a language model: what of an answer is said, at whatever places it is cut into
 * pieces. */
#include "common/wire/thoughts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static const struct {
    const char *what;
    const char *text;
    const char *said;
} rows[] = {
    { "none", "Hello.\nDELEGATE: web1 | uptime", "Hello.\nDELEGATE: web1 | uptime" },
    { "nothing", "", "" },
    { "before the answer", "<think>\nshall I\n</think>\n\nYes.", "\n\nYes." },
    { "in one line", "<think>a</think>Yes.", "Yes." },
    { "within a line", "Well, <think>a</think>yes.", "Well, yes." },
    { "twice", "<think>a</think>b<think>c</think>d", "bd" },
    { "none in them", "<think>\n\n</think>\n\nYes.", "\n\nYes." },
    { "without case", "<THINK>a</Think>b", "b" },
    { "by the longer name", "<thinking>a</thinking>b", "b" },
    { "with attributes", "<think budget=\"3\">a</think >b", "b" },
    { "a tag over two lines", "<think\n>a</think\n>b", "b" },
    { "one that closes itself", "a<think/>b<think />c", "abc" },
    { "without an end", "Yes.\n<think>\na\nb", "Yes.\n" },
    { "in which a tag is named", "<think>They ask about the <think> tag.</think>\nIt holds it.",
      "\nIt holds it." },
    { "in which many are", "<think>a<think>b<think/><thinking></think>c", "c" },
    { "within each other", "<think>a<think>b</think>c</think>d", "c</think>d" },
    { "with both names", "<think>a<thinking>b</think>c", "c" },
    { "within each other, line by line", "<think>\na\n<think>\nb\n</think>\nc\n</think>\nd",
      "\nd" },
    { "other tags in them", "<think><b>a</b> 1<2 </thin </thinks></think>b", "b" },
    { "fences in them", "<think>\n```\na\n</think>\nb <think>c</think>", "\nb " },
    { "backticks in them", "<think>a ` b</think>c `<think>` d", "c `<think>` d" },
    { "whose beginning is missing", "shall I\nor not\n</think>\nYes.", "\nYes." },
    { "whose beginning is missing, with blanks", "shall I\n \t</think> \t\r\n Yes.", "\n Yes." },
    { "that ended, and an end more", "<think>a</think>b\n</think>\nc", "\nc" },
    { "nothing behind a missing beginning", "shall I\n</think>", "" },
    { "nothing but a missing beginning", "</think>", "" },
    { "an end that is told of", "You close it with </think>. That is all.",
      "You close it with </think>. That is all." },
    { "an end at the end of a line", "It ends with </think>\nYes.", "It ends with </think>\nYes." },
    { "an end at the beginning of one", "It ends with\n</think> \tas said.",
      "It ends with\n</think> \tas said." },
    { "an end and a thought in one line", "a\n</think> <think>b</think>c", "a\n</think> c" },
    { "two ends in one line", "a\n</think></think>\nc", "a\n</think></think>\nc" },
    { "an end in a quotation", "a\n> </think>\nb", "a\n> </think>\nb" },
    { "an end between fences", "a\n```\n</think>\n```\nb", "a\n```\n</think>\n```\nb" },
    { "triggers in them", "<think>\nDELEGATE: web1 | a\n</think>\nDELEGATE: web1 | b",
      "\nDELEGATE: web1 | b" },
    { "a tag that was cut off", "Yes. <think", "Yes. " },
    { "an end that was cut off", "<think>a</thi", "" },
    { "the beginning of some tag", "Yes. <th", "Yes. <th" },
    { "other tags", "<thinker>a</thinker> <thin> <thinkx>",
      "<thinker>a</thinker> <thin> <thinkx>" },
    { "smaller than", "1<2 <<think>a</think>b", "1<2 <b" },
    { "a tag in a tag", "<think <think>a</think>b", "<think b" },
    { "a tag that is too long",
      "<think aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>b",
      "<think aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>b" },
    { "between fences", "```\n<think>a</think>\n```\nb<think>c</think>",
      "```\n<think>a</think>\n```\nb" },
    { "between tildes", "~~~ x\n<think>a\n~~~\n<think>b", "~~~ x\n<think>a\n~~~\n" },
    { "in a list", "- ```\n  <think>a\n  ```\n", "- ```\n  <think>a\n  ```\n" },
    { "behind what opens a fence", "``` <think>\na", "``` <think>\na" },
    { "a fence behind them", "<think>a</think>```\n<think>b</think>\n```",
      "```\n<think>b</think>\n```" },
    { "behind a quotation's fence", "> ```\n<think>a</think>b", "> ```\nb" },
    { "in a quotation", "> <think>a</think>b", "> b" },
    { "between backticks", "the `<think>` tag, ``</think>`` ends it",
      "the `<think>` tag, ``</think>`` ends it" },
    { "between backticks of two lines", "a ` b <think>c</think>\nd ` <think>e</think>f",
      "a ` b \nd ` f" },
    { "between backticks that do not end", "a ` b <think>c</think>d", "a ` b d" },
    { "behind backticks", "`a` <think>b</think>c", "`a` c" },
    { "within a word of another alphabet", "é<think>é🙂</think>🙂", "é🙂" },
    { "lines that end by a return", "<think>\r\na\r\n</think>\r\n```\r\n<think>\r\n```\r\n",
      "\r\n```\r\n<think>\r\n```\r\n" },
};

/* In pieces of that size. */
static void check(const char *text, size_t size, const char *said)
{
    g_autoptr(Thoughts) thoughts = thoughts_new(false);
    g_autoptr(GString) answer = g_string_new(NULL);
    size_t length = strlen(text);

    for (size_t at = 0; at < length; at += size)
        thoughts_take(thoughts, text + at, MIN(size, length - at), answer);
    thoughts_finish(thoughts, answer);
    assert_string_equal(answer->str, said);
    assert_int_equal(answer->len + thoughts_bytes(thoughts), length);
}

static void what_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t length = strlen(rows[i].text);

        print_message("%s\n", rows[i].what);
        for (size_t size = 1; size <= MAX(length, 1); size++)
            check(rows[i].text, size, rows[i].said);
    }
}

/* Nothing of a thought is said meanwhile, and what was said stays but where it is taken back. */
static void what_is_said_meanwhile(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Thoughts) thoughts = thoughts_new(false);
        g_autoptr(GString) answer = g_string_new(NULL);

        print_message("%s\n", rows[i].what);
        for (const char *at = rows[i].text; *at; at++) {
            g_autofree char *before = g_strdup(answer->str);

            if (!thoughts_take(thoughts, at, 1, answer))
                assert_true(g_str_has_prefix(answer->str, before));
        }
        if (!strstr(rows[i].what, "missing") && !strstr(rows[i].what, "an end more"))
            assert_true(g_str_has_prefix(rows[i].said, answer->str));
    }
}

static void what_is_taken_back(void **state)
{
    g_autoptr(Thoughts) thoughts = thoughts_new(false);
    g_autoptr(GString) answer = g_string_new(NULL);

    (void)state;
    assert_false(thoughts_take(thoughts, "a\n", 2, answer));
    assert_string_equal(answer->str, "a\n");
    assert_true(thoughts_take(thoughts, "b\n</think>\nc", 12, answer));
    assert_string_equal(answer->str, "\nc");
    assert_false(thoughts_take(thoughts, "\n</think>", 9, answer));
    assert_string_equal(answer->str, "\nc\n");
    assert_true(thoughts_take(thoughts, "\n", 1, answer));
    assert_string_equal(answer->str, "\n");
    assert_false(thoughts_take(thoughts, "d ` </think>", 12, answer));
    assert_false(thoughts_take(thoughts, "\n </think> ", 11, answer));
    assert_string_equal(answer->str, "\nd ` </think>\n ");
    assert_true(thoughts_finish(thoughts, answer));
    assert_string_equal(answer->str, "");
}

static void lines_can_be_counted(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } kept[] = {
        { "a\n<think>\nb\n</think>c\nd", "a\n\n\nc\nd" },
        { "a\nb\n</think>\nc", "\n\n\nc" },
        { "<think\n>\nb", "\n\n" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_autoptr(Thoughts) thoughts = thoughts_new(true);
        g_autoptr(GString) answer = g_string_new(NULL);

        thoughts_take(thoughts, kept[i].text, strlen(kept[i].text), answer);
        thoughts_finish(thoughts, answer);
        assert_string_equal(answer->str, kept[i].said);
    }
}

static void bytes_that_are_no_text(void **state)
{
    static const char text[] = "a<think\0>b\0<think>\0\xff</think>c";
    g_autoptr(Thoughts) thoughts = thoughts_new(false);
    g_autoptr(GString) answer = g_string_new(NULL);

    (void)state;
    thoughts_take(thoughts, text, sizeof(text) - 1, answer);
    thoughts_finish(thoughts, answer);
    assert_int_equal(answer->len, 12);
    assert_memory_equal(answer->str, "a<think\0>b\0c", 12);
    assert_true(thoughts_take(thoughts, "\n</think>\nd", 11, answer));
    assert_string_equal(answer->str, "\nd");
    assert_int_equal(thoughts_bytes(thoughts), sizeof(text) - 1 + 9);
}

/* A model that writes brackets and backticks for ever costs no more for each of them. */
static void long_lines(void **state)
{
    static const char *const parts[] = { "<",  "`<",      "<think>",   "```<",
                                         "</", "<think ", "</think> ", "</think>\n" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(Thoughts) thoughts = thoughts_new(false);
        g_autoptr(GString) answer = g_string_new(NULL);
        size_t length = strlen(parts[i]);

        for (unsigned times = 0; times < 200000; times++)
            thoughts_take(thoughts, parts[i], length, answer);
        thoughts_finish(thoughts, answer);
        assert_int_equal(answer->len + thoughts_bytes(thoughts), 200000 * length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said),       cmocka_unit_test(what_is_said_meanwhile),
        cmocka_unit_test(what_is_taken_back), cmocka_unit_test(lines_can_be_counted),
        cmocka_unit_test(long_lines),         cmocka_unit_test(bytes_that_are_no_text),
    };

    return cmocka_run_group_tests_name("thoughts", tests, NULL, NULL);
}
