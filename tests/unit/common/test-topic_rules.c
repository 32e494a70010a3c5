/* Which topics people may use by chat: what a filter may be, and what lies inside one. */
#include "common/wire/topic_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_filter_may_be),
        cmocka_unit_test(what_lies_inside),
    };

    return cmocka_run_group_tests_name("topic_rules", tests, NULL, NULL);
}
