/* Which topics people may use by chat: what a filter may be, and what lies inside one. */
#include "common/wire/topic_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void what_a_filter_may_be(void **state)
{
    static const struct {
        const char *filter;
        bool is_valid;
    } rows[] = {
        { "home", true },      { "home/+/state", true },
        { "home/#", true },    { "home//x", true },
        { "agent/x", true },   { "", false },
        { "#", false },        { "+", false },
        { "+/state", false },  { "/home", false },
        { "$SYS/#", false },   { "agents", false },
        { "agents/#", false }, { "agents/web1/inbox", false },
        { "home/#/x", false }, { "home/a+", false },
        { "home/a#", false },  { "home+", false },
    };
    g_autofree char *much = g_strnfill(1025, 'x');
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].filter);
        assert_int_equal(topic_rule_is_valid(rows[i].filter), rows[i].is_valid);
    }
    assert_false(topic_rule_is_valid(much));
    assert_true(topic_rule_is_valid(much + 1));
}

static void what_lies_inside(void **state)
{
    static const struct {
        const char *filter;
        const char *wanted;
        bool is_covered;
    } rows[] = {
        { "home/x", "home/x", true },    { "home/x", "home/y", false },
        { "home/x", "home/x/y", false }, { "home/x/y", "home/x", false },
        { "home/+", "home/x", true },    { "home/+", "home/+", true },
        { "home/+", "home/#", false },   { "home/+", "home", false },
        { "home/x", "home/+", false },   { "home/#", "home/x/y", true },
        { "home/#", "home", true },      { "home/#", "home/#", true },
        { "home/#", "home/+/y", true },  { "home/+/#", "home/#", false },
        { "home/#", "homes", false },    { "home/#", "agents/x", false },
        { "home/#", "home/#/x", false }, { "home/#", "#", false },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) filters = g_ptr_array_new();

        print_message("%s in %s\n", rows[i].wanted, rows[i].filter);
        g_ptr_array_add(filters, (char[]){ "other/#" });
        g_ptr_array_add(filters, (void *)(uintptr_t)rows[i].filter);
        assert_int_equal(topic_rules_cover(filters, rows[i].wanted), rows[i].is_covered);
    }
    assert_false(topic_rules_cover(NULL, "home"));
}

static void what_is_said_of_a_wrong_one(void **state)
{
    static const struct {
        const char *topic;
        const char *of_topic; /* part of the complaint; NULL: none */
        const char *of_filter;
    } rows[] = {
        { "home/lamp/set", NULL, NULL },
        { "home//x", NULL, NULL },
        { "Äther/ü", NULL, NULL },
        { "two words/x y", NULL, NULL },
        { "", "no topic", "no topic" },
        { "home/+/state", "one topic", NULL },
        { "home/#", "one topic", NULL },
        { "home/#/x", "one topic", "stand alone" },
        { "home/a+", "one topic", "stand alone" },
        { "#", "one topic", "begins with a word" },
        { "+/state", "one topic", "begins with a word" },
        { "/home", "begins with a word", "begins with a word" },
        { "$SYS/broker/uptime", "the broker's own", "the broker's own" },
        { "$share/g/home/x", "the broker's own", "the broker's own" },
        { "agents", "forge", "forge" },
        { "agents/web1/inbox", "forge", "forge" },
        { "agents/#", "forge", "forge" },
        { "agents/ha/web1/set", "forge", "forge" },
        { "home/\x01", "control", "control" },
        { "home/\t", "control", "control" },
        { "home/\n", "control", "control" },
        { "home/\xe2\x80\xae", "hidden", "hidden" },                 /* right-to-left override */
        { "home/\xef\xbf\xbf", "no character", "no character" },     /* U+FFFF */
        { "home/\xef\xb7\x90", "no character", "no character" },     /* U+FDD0 */
        { "home/\xf0\x9f\xbf\xbe", "no character", "no character" }, /* U+1FFFE */
        { "home/\xff", "UTF-8", "UTF-8" },
        { "home/\xed\xa0\x80", "UTF-8", "UTF-8" }, /* a lone surrogate */
        { "home/\xc0\x80", "UTF-8", "UTF-8" },     /* an overlong U+0000 */
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        static const TopicUse uses[] = { TOPIC_FOR_MESSAGE, TOPIC_FOR_FILTER };
        const char *const expected[] = { rows[i].of_topic, rows[i].of_filter };
        unsigned k;

        for (k = 0; k < G_N_ELEMENTS(uses); k++) {
            g_autofree char *complaint = topic_rule_complaint(rows[i].topic, uses[k]);

            print_message("%s: %s\n", rows[i].topic, complaint ? complaint : "-");
            assert_int_equal(complaint != NULL, expected[k] != NULL);
            if (complaint)
                assert_non_null(strstr(complaint, expected[k]));
        }
        /* What is right here is so for the lists in policy.json, too. */
        if (!rows[i].of_filter)
            assert_true(topic_rule_is_valid(rows[i].topic));
    }
}

static void what_is_too_long(void **state)
{
    g_autofree char *much = g_strnfill(1025, 'x');
    g_autofree char *deep = g_strnfill(200, '/');
    g_autofree char *below = g_strconcat("x", deep, NULL);
    g_autofree char *of_length = topic_rule_complaint(much, TOPIC_FOR_MESSAGE);
    g_autofree char *of_depth = topic_rule_complaint(below, TOPIC_FOR_FILTER);

    (void)state;
    assert_string_equal(of_length, "a topic has at most 1024 bytes");
    assert_null(topic_rule_complaint(much + 1, TOPIC_FOR_MESSAGE));
    assert_string_equal(of_depth, "a topic has at most 200 levels");
    below[200] = '\0';
    assert_null(topic_rule_complaint(below, TOPIC_FOR_FILTER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_filter_may_be),
        cmocka_unit_test(what_lies_inside),
        cmocka_unit_test(what_is_said_of_a_wrong_one),
        cmocka_unit_test(what_is_too_long),
    };

    return cmocka_run_group_tests_name("topic_rules", tests, NULL, NULL);
}
