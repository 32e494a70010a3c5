/* The live runs, found by id, number and agent. */
#include "agent1/model/runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

/* What is held is opaque to Runs: here texts. */
static Runs *some_runs(void)
{
    static const struct {
        const char *id;
        int64_t number;
        const char *agent;
    } rows[] = {
        { "id-c", 3, "web1" }, { "id-a", 1, "web1" }, { "id-d", 4, "db1" }, { "id-b", 2, "web1" }
    };
    Runs *runs = runs_new(g_free);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        RunKey key = { rows[i].id, rows[i].number, rows[i].agent };

        runs_add(runs, &key, g_strdup(rows[i].id));
    }
    return runs;
}

/* "id-a id-b" */
static char *list(const Runs *runs, const char *agent)
{
    g_autoptr(GPtrArray) all = runs_list(runs, agent);

    g_ptr_array_add(all, NULL);
    return g_strjoinv(" ", (char **)all->pdata);
}

static void listed_by_rising_number(void **state)
{
    static const struct {
        const char *what;
        const char *agent;
        const char *ids;
        unsigned count;
    } rows[] = {
        { "one agent's", "web1", "id-a id-b id-c", 3 },
        { "another's", "db1", "id-d", 1 },
        { "nobody's", "web2", "", 0 },
        { "all", NULL, "id-a id-b id-c id-d", 4 },
    };
    g_autoptr(Runs) runs = some_runs();
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *ids = list(runs, rows[i].agent);

        print_message("%s\n", rows[i].what);
        assert_string_equal(ids, rows[i].ids);
        assert_int_equal(rows[i].agent ? runs_count_of(runs, rows[i].agent) : runs_count(runs),
                         rows[i].count);
    }
}

static void found_until_taken(void **state)
{
    g_autoptr(Runs) runs = some_runs();
    g_autofree char *taken = NULL;
    g_autofree char *left = NULL;
    g_autofree char *last = NULL;

    (void)state;
    assert_string_equal(runs_find(runs, "id-b"), "id-b");
    assert_string_equal(runs_find_number(runs, 2), "id-b");
    assert_null(runs_find(runs, "id-x"));
    assert_null(runs_find_number(runs, 9));
    taken = runs_take(runs, "id-b");
    assert_string_equal(taken, "id-b");
    assert_null(runs_take(runs, "id-b"));
    assert_null(runs_find(runs, "id-b"));
    assert_null(runs_find_number(runs, 2));
    left = list(runs, "web1");
    assert_string_equal(left, "id-a id-c");
    assert_int_equal(runs_count(runs), 3);
    last = runs_take(runs, "id-d");
    assert_int_equal(runs_count_of(runs, "db1"), 0);
    runs_free(NULL);
}

/* Against a plain array, in an order that a fixed seed gives. */
static void many_added_and_taken(void **state)
{
    enum { COUNT = 300 };
    g_autoptr(Runs) runs = runs_new(g_free);
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    bool is_there[COUNT] = { false };
    unsigned step;

    (void)state;
    for (step = 0; step < 5000; step++) {
        int64_t number = g_rand_int_range(rand, 0, COUNT);
        g_autofree char *id = g_strdup_printf("id-%d", (int)number);
        g_autofree char *agent = g_strdup_printf("agent%d", (int)number % 7);
        RunKey key = { id, number, agent };

        assert_int_equal(runs_find_number(runs, number) != NULL, is_there[number]);
        assert_ptr_equal(runs_find_number(runs, number), runs_find(runs, id));
        if (is_there[number])
            g_free(runs_take(runs, id));
        else
            runs_add(runs, &key, g_strdup(id));
        is_there[number] = !is_there[number];
        if (step % 100 == 0) {
            unsigned of_agent = 0;
            unsigned i;

            for (i = 0; i < COUNT; i++)
                of_agent += is_there[i] && i % 7 == 3;
            assert_int_equal(runs_count_of(runs, "agent3"), of_agent);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed_by_rising_number),
        cmocka_unit_test(found_until_taken),
        cmocka_unit_test(many_added_and_taken),
    };

    return cmocka_run_group_tests_name("runs", tests, NULL, NULL);
}
