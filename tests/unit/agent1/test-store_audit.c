/* The audit: a chain of hashes that cannot be changed by a statement, nor unseen by a hand. */
#include "agent1/edge/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/agent1/store-rows.h"

#include "common/base/banned.h"

#define NO_HASH "0000000000000000000000000000000000000000000000000000000000000000"

/* Three rows whose hashes were computed apart from this code, with Python's hashlib. */
static void audit_three(Fixture *fixture)
{
    Effects *effects = effects_new();

    effects_audit(effects, INT64_C(1700000000123), "command", "a@example.org", NULL, NULL, "%s",
                  "!agents");
    effects_audit(effects, INT64_C(1700000000124), "run", NULL, "web1", "01HXYZ",
                  "queued: \xc3\xa9");
    fixture_store(fixture, effects);
    effects = effects_new();
    effects_audit(effects, 0, "-", "", "-", "", "%s", "");
    fixture_store(fixture, effects);
}

#define THIRD_HASH "450c16ee4758a2dd48d1e4f2668bc7f1370c5e56b32b3e2091ad74f52a3cfcbe"

static void test_audit_chain(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    Effects *effects = effects_new();

    (void)state;

    fixture_open(fixture);
    check_audit(fixture, 0, NO_HASH);
    audit_three(fixture);
    check_audit(fixture, 3, THIRD_HASH);
    fixture_reopen(fixture);
    check_audit(fixture, 3, THIRD_HASH);

    effects_audit(effects, 5, "run", NULL, NULL, NULL, "after a restart");
    fixture_store(fixture, effects);
    check_audit(fixture, 4, NULL);
}

static void test_audit_refuses_changes(void **state)
{
    static const char *const statements[] = {
        "UPDATE audit SET text = 'x' WHERE seq = 1",
        "UPDATE audit SET seq = 9 WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit",
        "REPLACE INTO audit SELECT 2, at, kind, principal, agent, run, 'x', prev, hash FROM audit "
        "WHERE seq = 2",
        "INSERT INTO audit SELECT 9, at, kind, principal, agent, run, text, prev, hash FROM audit "
        "WHERE seq = 3",
    };
    g_autoptr(Fixture) fixture = fixture_new();

    (void)state;

    fixture_open(fixture);
    audit_three(fixture);
    fixture_close(fixture);
    for (unsigned i = 0; i < G_N_ELEMENTS(statements); i++) {
        if (fixture_sql(fixture, statements[i]) != SQLITE_CONSTRAINT)
            fail_msg("not refused: %s", statements[i]);
    }
    fixture_open(fixture);
    check_audit(fixture, 3, THIRD_HASH);
}

/* Runs SQL while the audit's triggers are away, as somebody who owns the file could. */
static void tamper(const Fixture *fixture, const char *sql)
{
    static const char *const triggers[] = { "audit_stays", "audit_keeps", "audit_grows" };
    g_autoptr(GString) script = g_string_new(NULL);
    g_autoptr(GString) undo = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(triggers); i++) {
        g_autofree char *query =
            g_strdup_printf("SELECT sql FROM sqlite_schema WHERE name = '%s'", triggers[i]);
        g_autofree char *text = fixture_sql_text(fixture, query);

        g_string_append_printf(script, "DROP TRIGGER %s;", triggers[i]);
        g_string_append_printf(undo, "%s;", text);
    }
    g_string_append_printf(script, "%s;%s", sql, undo->str);
    assert_int_equal(fixture_sql(fixture, script->str), SQLITE_OK);
}

static void test_audit_detects_tampering(void **state)
{
    static const struct {
        const char *what;
        const char *sql;
        const char *found;
    } cases[] = {
        { "a text", "UPDATE audit SET text = '!agent' WHERE seq = 1", "row 1 was changed" },
        { "a time", "UPDATE audit SET at = at + 1 WHERE seq = 2", "row 2 was changed" },
        { "NULL for empty", "UPDATE audit SET principal = NULL WHERE seq = 3",
          "row 3 was changed" },
        { "- for NULL", "UPDATE audit SET agent = '-' WHERE seq = 1", "row 1 was changed" },
        { "empty for NULL", "UPDATE audit SET agent = '' WHERE seq = 1", "row 1 was changed" },
        { "a value moved to its neighbour",
          "UPDATE audit SET agent = NULL, principal = agent WHERE seq = 2", "row 2 was changed" },
        { "a hash", "UPDATE audit SET hash = prev WHERE seq = 2", "row 2 was changed" },
        { "a link", "UPDATE audit SET prev = hash WHERE seq = 2",
          "row 2 does not follow the row before it" },
        { "the first row", "DELETE FROM audit WHERE seq = 1", "row 1 is missing" },
        { "a row in the middle", "DELETE FROM audit WHERE seq = 2", "row 2 is missing" },
        { "a row in the middle, renumbered",
          "DELETE FROM audit WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3",
          "row 2 does not follow the row before it" },
        { "a row added",
          "INSERT INTO audit SELECT 4, at, kind, principal, agent, run, text, prev, hash "
          "FROM audit WHERE seq = 3",
          "row 4 does not follow the row before it" },
    };

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Fixture) fixture = fixture_new();
        g_autoptr(GError) error = NULL;
        char *head = NULL;
        int64_t rows = -7;

        fixture_open(fixture);
        audit_three(fixture);
        fixture_close(fixture);
        tamper(fixture, cases[i].sql);

        fixture_open(fixture);
        assert_null(fixture->set_aside);
        if (store_verify_audit(fixture->store, &rows, &head, &error))
            fail_msg("not detected: %s", cases[i].what);
        if (!strstr(error->message, cases[i].found))
            fail_msg("%s: %s", cases[i].what, error->message);
        assert_int_equal(rows, -7);
        assert_null(head);
    }
}

/* The facts of an answer: "1 <hash>", with what is wrong, and "end". The caller owns it. */
static char *print_facts(const GPtrArray *facts)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < facts->len; i++) {
        const char *name = row_text(facts->pdata[i], META_NAME);
        const char *value = row_text(facts->pdata[i], META_VALUE);

        g_string_append_printf(text, "%s%s", i ? " " : "",
                               g_str_equal(name, AUDIT_ENDS) ? "end" : value);
    }
    return g_string_free(text, FALSE);
}

/* The chain in slices: each goes on where the one before ended. */
static void check_slices(Fixture *fixture, unsigned limit, const char *const *answers)
{
    g_autofree char *hash = NULL;
    int64_t after = 0;

    for (unsigned i = 0; answers[i]; i++) {
        Effects *effects = effects_new();
        g_autofree char *facts = NULL;
        const GPtrArray *rows;

        effects_query(effects, 1, QUERY_AUDIT, hash, after, limit);
        fixture_store(fixture, effects);
        rows = ((const Event *)fixture->answer.events->pdata[0])->rows.rows;
        facts = print_facts(rows);
        assert_string_equal(facts, answers[i]);
        after = g_ascii_strtoll(row_text(rows->pdata[0], META_VALUE), NULL, 10);
        g_free(hash);
        hash = g_strdup(row_text(rows->pdata[1], META_VALUE));
    }
}

static void test_audit_in_slices(void **state)
{
    static const char *const empty[] = { "0 " NO_HASH " end", NULL };
    static const char *const in_one[] = { "3 " THIRD_HASH " end", NULL };
    static const char *const exact[] = { "3 " THIRD_HASH, "3 " THIRD_HASH " end", NULL };
    g_autoptr(Fixture) fixture = fixture_new();

    (void)state;

    fixture_open(fixture);
    check_slices(fixture, 100, empty);
    audit_three(fixture);
    check_slices(fixture, 100, in_one);
    check_slices(fixture, 3, exact);
}

static void test_audit_in_slices_that_break(void **state)
{
    static const struct {
        const char *what;
        const char *sql;
        const char *problem; /* of the second row, found by the second slice of one row */
    } cases[] = {
        { "a text", "UPDATE audit SET text = 'x' WHERE seq = 2",
          "was changed: its hash does not fit" },
        { "a row", "DELETE FROM audit WHERE seq = 2", "is missing" },
        { "a link", "UPDATE audit SET prev = hash WHERE seq = 2",
          "does not follow the row before it" },
    };

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Fixture) fixture = fixture_new();
        g_autofree char *hash = NULL;
        g_autofree char *first = NULL;
        g_autofree char *second = NULL;

        print_message("%s\n", cases[i].what);
        fixture_open(fixture);
        audit_three(fixture);
        fixture_close(fixture);
        tamper(fixture, cases[i].sql);
        hash = fixture_sql_text(fixture, "SELECT hash FROM audit WHERE seq = 1");
        first = g_strdup_printf("1 %s", hash);
        second = g_strdup_printf("1 %s %s", hash, cases[i].problem);
        fixture_open(fixture);
        check_slices(fixture, 1, (const char *const[]){ first, second, NULL });
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_audit_chain),
        cmocka_unit_test(test_audit_refuses_changes),
        cmocka_unit_test(test_audit_detects_tampering),
        cmocka_unit_test(test_audit_in_slices),
        cmocka_unit_test(test_audit_in_slices_that_break),
    };

    return cmocka_run_group_tests_name("store_audit", tests, NULL, NULL);
}
