/* Counts and quantiles of runs that ended. Whole answers are compared in test-store_range.c. */
#include "agent1/edge/store_tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void free_row(void *row)
{
    row_free(row);
}

static void nothing_is_no_row(void **state)
{
    g_autoptr(Tally) tally = tally_new();
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);

    (void)state;
    tally_add_agents(tally, rows);
    tally_add_all(tally, rows);
    tally_add_slots(tally, rows);
    assert_int_equal(rows->len, 0);
}

/* Of twenty the nineteenth holds 95 per cent, of twenty-one the twentieth. */
static void the_rank_is_the_nearest(void **state)
{
    static const struct {
        int64_t count;
        int64_t median_ms;
        int64_t p95_ms;
    } cases[] = { { 1, 1, 1 },    { 2, 1, 2 },    { 3, 2, 3 },
                  { 20, 10, 19 }, { 21, 11, 20 }, { 100, 50, 95 } };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Tally) tally = tally_new();
        g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);

        for (int64_t took_ms = cases[i].count; took_ms > 0; took_ms--)
            tally_add(tally, "web1", RUN_SUCCEEDED, 0, took_ms);
        tally_add(tally, "web1", RUN_MISSED, 0, TALLY_NOT_STARTED);
        tally_add_agents(tally, rows);
        tally_add_all(tally, rows);
        assert_int_equal(rows->len, 2);
        for (unsigned j = 0; j < rows->len; j++) {
            assert_int_equal(row_int(rows->pdata[j], FIGURES_RUNS), cases[i].count + 1);
            assert_int_equal(row_int(rows->pdata[j], FIGURES_MEDIAN_MS), cases[i].median_ms);
            assert_int_equal(row_int(rows->pdata[j], FIGURES_P95_MS), cases[i].p95_ms);
        }
    }
}

/* Between others, each agent's own are in their order; what is added later counts, too. */
static void agents_do_not_mix(void **state)
{
    g_autoptr(Tally) tally = tally_new();
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);

    (void)state;
    tally_add(tally, "web2", RUN_FAILED, 5 * SLOT_MS, 9);
    tally_add(tally, "web1", RUN_SUCCEEDED, 4 * SLOT_MS, 0);
    tally_add_all(tally, rows);
    tally_add(tally, "web1", RUN_SUCCEEDED, 5 * SLOT_MS - 1, 20);
    tally_add(tally, "web1", RUN_TIMED_OUT, 4 * SLOT_MS - 1, 30);
    g_ptr_array_set_size(rows, 0);
    tally_add_agents(tally, rows);
    tally_add_all(tally, rows);
    tally_add_slots(tally, rows);
    assert_int_equal(rows->len, 6);
    assert_string_equal(row_text(rows->pdata[0], FIGURES_AGENT), "web1");
    assert_int_equal(row_int(rows->pdata[0], FIGURES_MEDIAN_MS), 20);
    assert_int_equal(row_int(rows->pdata[0], FIGURES_P95_MS), 30);
    assert_int_equal(row_int(rows->pdata[1], FIGURES_MEDIAN_MS), 9);
    assert_null(row_text(rows->pdata[2], FIGURES_AGENT));
    assert_int_equal(row_int(rows->pdata[2], FIGURES_MEDIAN_MS), 9);
    assert_int_equal(row_int(rows->pdata[2], FIGURES_FAILED), 1);
    assert_int_equal(row_int(rows->pdata[3], SLOTS_AT), 3 * SLOT_MS);
    assert_int_equal(row_int(rows->pdata[3], SLOTS_TIMED_OUT), 1);
    assert_int_equal(row_int(rows->pdata[4], SLOTS_SUCCEEDED), 2);
    assert_int_equal(row_int(rows->pdata[5], SLOTS_FAILED), 1);
}

static void what_never_started_has_no_quantile(void **state)
{
    g_autoptr(Tally) tally = tally_new();
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);

    (void)state;
    tally_add(tally, "web1", RUN_REJECTED, 0, TALLY_NOT_STARTED);
    tally_add_agents(tally, rows);
    assert_int_equal(row_int(rows->pdata[0], FIGURES_REFUSED), 1);
    assert_false(row_is_set(rows->pdata[0], FIGURES_MEDIAN_MS));
    assert_false(row_is_set(rows->pdata[0], FIGURES_P95_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_no_row),
        cmocka_unit_test(the_rank_is_the_nearest),
        cmocka_unit_test(agents_do_not_mix),
        cmocka_unit_test(what_never_started_has_no_quantile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
