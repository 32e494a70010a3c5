/* What of a batch is written at all. */
#include "agent1/edge/store_batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent1/port/effect.h"

#include "common/base/banned.h"

/* Each letter is an effect: a, b put the row of that key, A, B delete it, m puts a row "a" of
 * another table, ? queries, ! audits. */
static void add(Effects *effects, char letter)
{
    char key[2] = { g_ascii_tolower(letter), '\0' };
    Row *row;

    if (letter == '?') {
        effects_query(effects, 1, QUERY_RUN_BY_ID, "a", 0, 1);
    } else if (letter == '!') {
        effects_audit(effects, 1, "kind", NULL, NULL, NULL, "text");
    } else if (g_ascii_isupper(letter)) {
        effects_delete(effects, TABLE_OUTBOX, key);
    } else {
        row = row_new(letter == 'm' ? TABLE_META : TABLE_OUTBOX);
        row_set_text(row, 0, letter == 'm' ? "a" : key);
        effects_put(effects, row);
    }
}

static void test_written_once(void **state)
{
    static const struct {
        const char *what;
        const char *effects;
        const char *left;
    } rows[] = {
        { "nothing", "", "" },
        { "different rows", "ab", "ab" },
        { "a row twice", "aba", ".ba" },
        { "a row three times", "aaa", "..a" },
        { "put, then deleted", "aA", ".A" },
        { "deleted, then put", "Aa", ".a" },
        { "the same key in another table", "am", "am" },
        { "a query sees what was before it", "aa?aa", ".a?.a" },
        { "the audit is never dropped", "!a!a", "!.!a" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Effects) effects = effects_new();

        print_message("  %s\n", rows[i].what);
        for (const char *letter = rows[i].effects; *letter; letter++)
            add(effects, *letter);
        store_batch_drop_superseded(effects->list);
        assert_int_equal(effects->list->len, strlen(rows[i].left));
        for (unsigned at = 0; at < effects->list->len; at++)
            assert_int_equal(effects->list->pdata[at] == NULL, rows[i].left[at] == '.');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_written_once) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
