/*
 * The real store beside the tests' own: both answer a query alike.
 */
#ifndef TESTS_UNIT_AGENT1_STORE_COMPARE_H
#define TESTS_UNIT_AGENT1_STORE_COMPARE_H

#include "tests/support/row_query.h"
#include "tests/unit/agent1/store-fixture.h"

static inline char *print_rows(const GPtrArray *rows)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < rows->len; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "", row_text(g_ptr_array_index(rows, i), 0));
    return g_string_free(text, FALSE);
}

/* Both stores give the same rows in the same order; returns how many. */
static inline unsigned check_same(Fixture *fixture, const RowStore *twin, const EffectQuery *query)
{
    g_autoptr(Event) wanted = row_store_query(twin, query);
    g_autofree char *wanted_text = print_rows(wanted->rows.rows);
    g_autofree char *found_text = NULL;
    Effects *effects = effects_new();
    const Event *found;

    effects_query_all(effects, query->cookie, query);
    fixture_store(fixture, effects);
    found = g_ptr_array_index(fixture->answer.events, 0);
    found_text = print_rows(found->rows.rows);
    assert_string_equal(found_text, wanted_text);
    return found->rows.rows->len;
}

#endif
