/* A ledger keeps rows and writes them through: memory and what the store is told agree. */
#include "agent1/flow/state/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static Row *fact(const char *name, const char *value)
{
    Row *row = row_new(TABLE_META);

    row_set_text(row, META_NAME, name);
    row_set_text(row, META_VALUE, value);
    return row;
}

static const Effect *last(const Effects *fx)
{
    assert_true(fx->list->len > 0);
    return fx->list->pdata[fx->list->len - 1];
}

static void what_is_put_is_written(void **state)
{
    Ledger *ledger = ledger_new(TABLE_META);
    g_autoptr(Effects) fx = effects_new();

    (void)state;
    ledger_put(ledger, fact("epoch", "1"), fx);
    assert_string_equal(row_text(ledger_find(ledger, "epoch"), META_VALUE), "1");
    assert_int_equal(last(fx)->kind, EFFECT_PUT);
    assert_string_equal(row_text(last(fx)->row, META_VALUE), "1");
    ledger_put(ledger, fact("epoch", "2"), fx);
    assert_int_equal(ledger_count(ledger), 1);
    assert_string_equal(row_text(ledger_find(ledger, "epoch"), META_VALUE), "2");
    /* What was written before is a copy: it does not change afterwards. */
    row_set_text(ledger_find(ledger, "epoch"), META_VALUE, "3");
    assert_string_equal(row_text(last(fx)->row, META_VALUE), "2");
    ledger_changed(ledger, ledger_find(ledger, "epoch"), fx);
    assert_string_equal(row_text(last(fx)->row, META_VALUE), "3");
    assert_int_equal(fx->list->len, 3);
    ledger_free(ledger);
    ledger_free(NULL);
}

static void note_that_it_is_gone(void *data)
{
    *(bool *)data = true;
}

/* Bytes are shared: they stay until the last row lets go of them. */
static void what_is_written_holds_its_bytes(void **state)
{
    Ledger *ledger = ledger_new(TABLE_VECTORS);
    Effects *fx = effects_new();
    bool is_gone = false;
    GBytes *bytes = g_bytes_new_with_free_func("abcd", 4, note_that_it_is_gone, &is_gone);
    Row *row = row_new(TABLE_VECTORS);

    (void)state;
    row_set_text(row, VECTORS_ID, "a");
    row_set_bytes(row, VECTORS_VECTOR, bytes);
    g_bytes_unref(bytes);
    ledger_put(ledger, row, fx);
    ledger_free(ledger);
    assert_false(is_gone);
    effects_free(fx);
    assert_true(is_gone);
}

static void what_is_restored_is_not(void **state)
{
    Ledger *ledger = ledger_new(TABLE_META);

    (void)state;
    ledger_restore(ledger, fact("epoch", "1"));
    ledger_restore(ledger, fact("epoch", "2"));
    assert_int_equal(ledger_count(ledger), 1);
    assert_string_equal(row_text(ledger_find(ledger, "epoch"), META_VALUE), "2");
    ledger_free(ledger);
}

static void what_is_removed_is_deleted(void **state)
{
    Ledger *ledger = ledger_new(TABLE_META);
    g_autoptr(Effects) fx = effects_new();

    (void)state;
    ledger_restore(ledger, fact("a", "1"));
    ledger_restore(ledger, fact("b", "2"));
    ledger_remove(ledger, "c", fx);
    assert_int_equal(fx->list->len, 0);
    ledger_remove(ledger, row_text(ledger_find(ledger, "a"), META_NAME), fx); /* its own text */
    assert_int_equal(last(fx)->kind, EFFECT_DELETE);
    assert_int_equal(last(fx)->removal.table, TABLE_META);
    assert_string_equal(last(fx)->removal.key, "a");
    assert_null(ledger_find(ledger, "a"));
    assert_int_equal(ledger_count(ledger), 1);
    ledger_free(ledger);
}

static void listed_in_order_of_the_keys(void **state)
{
    static const char *const names[] = { "b", "d", "a", "c", "B" };
    Ledger *ledger = ledger_new(TABLE_META);
    g_autoptr(GPtrArray) list = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(names); i++)
        ledger_restore(ledger, fact(names[i], "x"));
    list = ledger_list(ledger);
    for (i = 0; i < list->len; i++)
        g_string_append(text, row_text(list->pdata[i], META_NAME));
    assert_string_equal(text->str, "Babcd");
    ledger_free(ledger);
}

static void nothing_is_of_the_future(void **state)
{
    Ledger *ledger = ledger_new(TABLE_UPLOADS);
    g_autoptr(Effects) fx = effects_new();
    unsigned i;

    (void)state;
    for (i = 0; i < 3; i++) {
        g_autofree char *id = g_strdup_printf("%u", i);
        Row *row = row_new(TABLE_UPLOADS);

        row_set_text(row, UPLOADS_ID, id);
        row_set_int(row, UPLOADS_CREATED, 99 + i);
        ledger_restore(ledger, row);
    }
    ledger_set_back(ledger, UPLOADS_CREATED, 100, fx);
    assert_int_equal(row_int(ledger_find(ledger, "0"), UPLOADS_CREATED), 99);
    assert_int_equal(row_int(ledger_find(ledger, "1"), UPLOADS_CREATED), 100);
    assert_int_equal(row_int(ledger_find(ledger, "2"), UPLOADS_CREATED), 100);
    assert_int_equal(fx->list->len, 1);
    assert_string_equal(row_text(((Effect *)fx->list->pdata[0])->row, UPLOADS_ID), "2");
    ledger_free(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_written),
        cmocka_unit_test(what_is_written_holds_its_bytes),
        cmocka_unit_test(what_is_restored_is_not),
        cmocka_unit_test(what_is_removed_is_deleted),
        cmocka_unit_test(listed_in_order_of_the_keys),
        cmocka_unit_test(nothing_is_of_the_future),
    };

    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
