/* Which agents a person means. */
#include "agent1/model/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

typedef struct Known {
    const char *name;
    bool is_accepted;
    const char *labels; /* "role=web dc=par" */
} Known;

static const Known known[] = {
    { "web2", true, "role=Web dc=par" },
    { "web1", true, "role=web dc=lyon" },
    { "web10", true, NULL },
    { "db1", true, "role=db dc=par tier=gold-1" },
    { "web9", false, "role=web" },
};

static TargetAgent agents[G_N_ELEMENTS(known)];

static int make_agents(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(known); i++) {
        g_auto(GStrv) labels = g_strsplit(known[i].labels ? known[i].labels : "", " ", -1);
        unsigned j;

        agents[i] = (TargetAgent){ .name = known[i].name, .is_accepted = known[i].is_accepted };
        if (!known[i].labels)
            continue;
        agents[i].labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        for (j = 0; labels[j]; j++) {
            g_auto(GStrv) pair = g_strsplit(labels[j], "=", 2);

            g_hash_table_insert(agents[i].labels, g_strdup(pair[0]), g_strdup(pair[1]));
        }
    }
    return 0;
}

static int free_agents(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(known); i++)
        g_clear_pointer(&agents[i].labels, g_hash_table_unref);
    return 0;
}

static void what_is_meant(void **state)
{
    static const struct {
        const char *target;
        const char *names; /* or the term that is wrong */
        TargetResult result;
    } rows[] = {
        { "web1", "web1", TARGET_FOUND },
        { "web9", "web9", TARGET_FOUND }, /* what is not accepted is the gate's to refuse */
        { "web*", "web1, web10, web2", TARGET_FOUND },
        { "web[12]", "web1, web2", TARGET_FOUND },
        { "web?", "web1, web2", TARGET_FOUND },
        { "all", "db1, web1, web10, web2", TARGET_FOUND },
        { "web2,web1", "web1, web2", TARGET_FOUND },
        { "web2,web2,web*", "web1, web10, web2", TARGET_FOUND },
        { "db1,web1&dc=lyon", "db1, web1", TARGET_FOUND },
        { "role=web", "web1, web2", TARGET_FOUND },
        { "role=*", "db1, web1, web2", TARGET_FOUND },
        { "role=web&dc=par", "web2", TARGET_FOUND },
        { "web*&role=web,db1", "db1, web1, web2", TARGET_FOUND },
        { "tier=gold-?", "db1", TARGET_FOUND },
        { "all&dc=par", "db1, web2", TARGET_FOUND },
        { "", "", TARGET_EMPTY },
        { "web1,", "", TARGET_EMPTY },
        { "&", "", TARGET_EMPTY },
        { "web3", "web3", TARGET_UNKNOWN },
        { "web1,web3,web2", "web3", TARGET_UNKNOWN },
        { "web*,web3", "web3", TARGET_UNKNOWN },
        { "mail*", "mail*", TARGET_NO_MATCH },
        { "web1,mail*", "mail*", TARGET_NO_MATCH },
        { "web9*", "web9*", TARGET_NO_MATCH },
        { "role=db&web*", "role=db&web*", TARGET_NO_MATCH },
        { "role=mail", "role=mail", TARGET_NO_LABEL },
        { "rack=7", "rack=7", TARGET_NO_LABEL },
        { "=web", "=web", TARGET_MALFORMED },
        { "role=", "role=", TARGET_MALFORMED },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) names = NULL;
        g_autofree char *term = NULL;
        TargetResult result =
            target_resolve(rows[i].target, agents, G_N_ELEMENTS(known), &names, &term);
        g_autofree char *text = names ? target_list_text(names, 10) : NULL;

        print_message("%s: %s\n", rows[i].target, text ? text : term);
        assert_int_equal(result, rows[i].result);
        assert_string_equal(text ? text : term, rows[i].names);
        assert_true((names == NULL) != (term == NULL));
    }
}

static void where_a_target_ends(void **state)
{
    static const struct {
        const char *text;
        const char *target;
        const char *rest;
    } rows[] = {
        { "web1 uptime", "web1", "uptime" },
        { "  Web1\tuptime", "web1", "uptime" },
        { "web1, web2 uptime", "web1,web2", "uptime" },
        { "web1 ,web2 , web3 uptime", "web1,web2,web3", "uptime" },
        { "web* & Role=Web uptime", "web*&role=web", "uptime" },
        { "web1,web2| uptime", "web1,web2", "| uptime" },
        { "web1, | uptime", "web1,", "| uptime" },
        { "web1,", "web1,", "" },
        { "web1", "web1", "" },
        { "| uptime", "", "| uptime" },
        { "", "", "" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *text = rows[i].text;
        g_autofree char *target = target_take(&text);

        print_message("%s\n", rows[i].text);
        assert_string_equal(target, rows[i].target);
        assert_string_equal(text, rows[i].rest);
    }
}

static void names_and_others(void **state)
{
    (void)state;
    assert_true(target_is_name("web1"));
    assert_false(target_is_name("all"));
    assert_false(target_is_name("web*"));
    assert_false(target_is_name("web[1]"));
    assert_false(target_is_name("a,b"));
    assert_false(target_is_name("a&b"));
    assert_false(target_is_name("role=web"));
    assert_false(target_is_name(""));
}

static void long_lists_are_cut(void **state)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *all = NULL;
    g_autofree char *some = NULL;

    (void)state;
    g_ptr_array_add(names, "a");
    g_ptr_array_add(names, "b");
    g_ptr_array_add(names, "c");
    all = target_list_text(names, 3);
    some = target_list_text(names, 1);
    assert_string_equal(all, "a, b, c");
    assert_string_equal(some, "a and 2 more");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_meant, make_agents, free_agents),
        cmocka_unit_test(where_a_target_ends),
        cmocka_unit_test(names_and_others),
        cmocka_unit_test(long_lists_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
