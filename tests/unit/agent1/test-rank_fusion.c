/* Two lists as one. */
#include "agent1/model/rank_fusion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static GPtrArray *list_of(const char *text)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (unsigned i = 0; words[i]; i++)
        g_ptr_array_add(list, g_strdup(words[i]));
    return list;
}

static void what_comes_first(void **state)
{
    static const struct {
        const char *what;
        const char *one;
        const char *other;
        const char *fused;
    } rows[] = {
        { "nothing", "", "", "" },
        { "one list", "a b c", "", "a b c" },
        { "the other", "", "a b c", "a b c" },
        { "taking turns", "a b", "x y", "a x b y" },
        { "in both is better than first in one", "a b c", "x y c", "c a x b y" },
        { "the same in both", "a b", "a b", "a b" },
        { "turned round", "a b", "b a", "a b" },
        { "three", "a b c", "b c a", "b a c" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) one = list_of(rows[i].one);
        g_autoptr(GPtrArray) other = list_of(rows[i].other);
        const GPtrArray *lists[] = { *rows[i].one ? one : NULL, other };
        g_autoptr(GPtrArray) fused = rank_fusion(lists, G_N_ELEMENTS(lists));
        g_autofree char *text = NULL;

        g_ptr_array_add(fused, NULL);
        text = g_strjoinv(" ", (char **)fused->pdata);
        print_message("%s\n", rows[i].what);
        assert_string_equal(text, rows[i].fused);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_comes_first) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
