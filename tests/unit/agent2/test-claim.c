/* The claim: every kind there and back, and what is no claim. */
#include "agent2/folder/claim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define BOOT "3b2a1c4d-0000-4e5f-8a9b-0123456789ab"
#define REST "shim: 0\nleader: 0\nrule: \nreason: \n"

static void test_form(void **state)
{
    RunClaim claim;
    char buffer[RUN_CLAIM_MAX_BYTES + 1];
    size_t length;

    (void)state;

    run_claim_init(&claim, CLAIM_STARTED, BOOT, 1732150000123, NULL, NULL);
    claim.shim = 4711;
    claim.leader = 4712;
    assert_true(run_claim_print(&claim, buffer, sizeof(buffer), &length));
    buffer[length] = '\0';
    assert_string_equal(buffer, "format: 1\n"
                                "claim: started\n"
                                "boot: " BOOT "\n"
                                "at: 1732150000123\n"
                                "shim: 4711\n"
                                "leader: 4712\n"
                                "rule: \n"
                                "reason: \n");
}

static void test_round_trips(void **state)
{
    static const struct {
        const char *what;
        ClaimKind kind;
        int64_t process;
        const char *rule;
        const char *reason;
        bool is_valid;
    } rows[] = {
        { "started", CLAIM_STARTED, 17, "", "", true },
        { "started by nobody", CLAIM_STARTED, 0, "", "", false },
        { "started with a rule", CLAIM_STARTED, 17, "paused", "", false },
        { "cancelled", CLAIM_CANCELLED, 0, "", "by alice: wrong\nhost", true },
        { "expired", CLAIM_EXPIRED, 0, "expired", "", true },
        { "window closed", CLAIM_WINDOW_CLOSED, 0, "blackout", "", true },
        { "rejected", CLAIM_REJECTED, 0, "work_hours", "not before 09:00", true },
        { "rejected without rule", CLAIM_REJECTED, 0, "", "no", false },
        { "rejected by a sentence", CLAIM_REJECTED, 0, "not today", "", false },
        { "cancelled by a process", CLAIM_CANCELLED, 17, "", "", false },
        { "none", CLAIM_NONE, 0, "", "", false },
        { "unreadable", CLAIM_UNREADABLE, 0, "", "", false },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char buffer[RUN_CLAIM_MAX_BYTES + 1];
        RunClaim claim;
        RunClaim again;
        size_t length;

        print_message("  %s\n", rows[i].what);
        run_claim_init(&claim, rows[i].kind, BOOT, 1, rows[i].rule, rows[i].reason);
        claim.shim = claim.leader = rows[i].process;
        assert_int_equal(run_claim_print(&claim, buffer, sizeof(buffer), &length),
                         rows[i].is_valid);
        if (!rows[i].is_valid)
            continue;

        assert_int_equal(run_claim_parse(buffer, length, &again), LINES_OK);
        assert_int_equal(again.kind, claim.kind);
        assert_string_equal(again.boot_id, BOOT);
        assert_int_equal(again.at_ms, 1);
        assert_int_equal(again.shim, claim.shim);
        assert_int_equal(again.leader, claim.leader);
        assert_string_equal(again.rule, rows[i].rule);
        assert_string_equal(again.reason, rows[i].reason);
    }
}

static void test_hostile_texts(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        LinesVerdict verdict;
    } rows[] = {
        { "a good one", "format: 1\nclaim: expired\nboot: " BOOT "\nat: 5\n" REST, LINES_OK },
        { "a newer one", "format: 2\nclaim: paused\n", LINES_NEWER },
        { "empty, as a crash between create and write would leave it", "", LINES_BROKEN },
        { "an unknown kind", "format: 1\nclaim: maybe\nboot: " BOOT "\nat: 5\n" REST,
          LINES_BROKEN },
        { "a kind that is none", "format: 1\nclaim: none\nboot: " BOOT "\nat: 5\n" REST,
          LINES_BROKEN },
        { "the kind for damage", "format: 1\nclaim: unreadable\nboot: " BOOT "\nat: 5\n" REST,
          LINES_BROKEN },
        { "started without processes", "format: 1\nclaim: started\nboot: " BOOT "\nat: 5\n" REST,
          LINES_BROKEN },
        { "no boot id", "format: 1\nclaim: expired\nboot: \nat: 5\n" REST, LINES_BROKEN },
        { "a boot id that is too long", "format: 1\nclaim: expired\nboot: " BOOT "0\nat: 5\n" REST,
          LINES_BROKEN },
        { "torn", "format: 1\nclaim: expired\nboot: " BOOT "\nat: 5\nshim: 0\nleader: 0\nrule: \n",
          LINES_BROKEN },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup(rows[i].text);
        RunClaim claim = { .kind = CLAIM_CANCELLED };

        print_message("  %s\n", rows[i].what);
        assert_int_equal(run_claim_parse(text, strlen(text), &claim), rows[i].verdict);
        assert_int_equal(claim.kind,
                         rows[i].verdict == LINES_OK ? CLAIM_EXPIRED : CLAIM_UNREADABLE);
    }
}

static void test_long_reason(void **state)
{
    g_autoptr(GString) reason = g_string_new("a");
    g_autofree char *newlines = g_strnfill(2 * RUN_CLAIM_REASON_BYTES, '\n');
    char buffer[RUN_CLAIM_MAX_BYTES + 1];
    RunClaim claim;
    RunClaim again;
    size_t length;

    (void)state;

    while (reason->len < RUN_CLAIM_REASON_BYTES)
        g_string_append(reason, "\xe2\x82\xac");
    run_claim_init(&claim, CLAIM_CANCELLED, BOOT, 1, NULL, reason->str);
    assert_true(g_utf8_validate(claim.reason, -1, NULL));
    assert_in_range(strlen(claim.reason), RUN_CLAIM_REASON_BYTES - 4, RUN_CLAIM_REASON_BYTES - 1);

    /* The buffer suffices even when every byte is escaped. */
    run_claim_init(&claim, CLAIM_CANCELLED, BOOT, 1, NULL, newlines);
    assert_true(run_claim_print(&claim, buffer, sizeof(buffer), &length));
    assert_int_equal(run_claim_parse(buffer, length, &again), LINES_OK);
    assert_string_equal(again.reason, claim.reason);

    assert_false(run_claim_print(&claim, buffer, length / 2, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_long_reason),
    };

    return cmocka_run_group_tests_name("claim", tests, NULL, NULL);
}
