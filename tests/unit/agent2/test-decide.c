/* The decisions about a run folder, each row one sentence of the delivery rules. */
#include "agent2/folder/decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include <cmocka.h>

#include "agent2/folder/task.h"
#include "common/base/limits.h"

#include "common/base/banned.h"

#define NOW 1000000

static void test_shim(void **state)
{
    static const struct {
        const char *what;
        ShimFacts facts; /* claim, exit, cancel, now, expires, window end */
        ShimVerdict verdict;
        ClaimKind claim;
    } rows[] = {
        { "in time", { 0, 0, 0, NOW, NOW + 1, RUN_NO_WINDOW }, SHIM_START, CLAIM_STARTED },
        { "in time and window", { 0, 0, 0, NOW, NOW + 1, NOW + 1 }, SHIM_START, CLAIM_STARTED },
        { "exactly at its expiry",
          { 0, 0, 0, NOW, NOW, RUN_NO_WINDOW },
          SHIM_CLAIM_EXPIRED,
          CLAIM_EXPIRED },
        { "exactly at the window's end",
          { 0, 0, 0, NOW, NOW + 1, NOW },
          SHIM_CLAIM_WINDOW_CLOSED,
          CLAIM_WINDOW_CLOSED },
        { "both over: no other attempt",
          { 0, 0, 0, NOW, NOW - 1, NOW - 1 },
          SHIM_CLAIM_EXPIRED,
          CLAIM_EXPIRED },
        { "cancelled in time",
          { 0, 0, 1, NOW, NOW + 1, RUN_NO_WINDOW },
          SHIM_CLAIM_CANCELLED,
          CLAIM_CANCELLED },
        { "cancelled, and expired too",
          { 0, 0, 1, NOW, NOW - 1, NOW - 1 },
          SHIM_CLAIM_CANCELLED,
          CLAIM_CANCELLED },
        { "claimed", { 1, 0, 0, NOW, NOW + 1, RUN_NO_WINDOW }, SHIM_OBEY, CLAIM_NONE },
        { "claimed and cancelled", { 1, 0, 1, NOW, NOW - 1, NOW }, SHIM_OBEY, CLAIM_NONE },
        { "ended", { 1, 1, 0, NOW, NOW + 1, RUN_NO_WINDOW }, SHIM_OBEY, CLAIM_NONE },
        { "ended, its claim lost", { 0, 1, 0, NOW, NOW + 1, NOW + 1 }, SHIM_OBEY, CLAIM_NONE },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("  %s\n", rows[i].what);
        assert_int_equal(shim_decide(&rows[i].facts), rows[i].verdict);
        assert_int_equal(shim_verdict_claim(rows[i].verdict), rows[i].claim);
    }
}

static void test_recovery(void **state)
{
    static const struct {
        const char *what;
        FolderFacts facts; /* task, newer, locked, same boot, claim, exit */
        Recovery verdict;
    } rows[] = {
        { "journalled, not started",
          { 1, 0, 0, 0, CLAIM_NONE, EXIT_NONE },
          RECOVERY_SAFE_TO_START },
        { "its shim is about to claim", { 1, 0, 1, 0, CLAIM_NONE, EXIT_NONE }, RECOVERY_ATTACH },
        { "running", { 1, 0, 1, 1, CLAIM_STARTED, EXIT_NONE }, RECOVERY_ATTACH },
        { "its shim was killed", { 1, 0, 0, 1, CLAIM_STARTED, EXIT_NONE }, RECOVERY_UNKNOWN },
        { "the host went down", { 1, 0, 0, 0, CLAIM_STARTED, EXIT_NONE }, RECOVERY_UNKNOWN },
        { "ended", { 1, 0, 0, 1, CLAIM_STARTED, EXIT_READABLE }, RECOVERY_REPORT_EXIT },
        { "just ended", { 1, 0, 1, 1, CLAIM_STARTED, EXIT_READABLE }, RECOVERY_REPORT_EXIT },
        { "ended, its end damaged",
          { 1, 0, 0, 1, CLAIM_STARTED, EXIT_UNREADABLE },
          RECOVERY_UNKNOWN },
        { "only a damaged end", { 1, 0, 0, 0, CLAIM_NONE, EXIT_UNREADABLE }, RECOVERY_UNKNOWN },
        { "cancelled before the start",
          { 1, 0, 0, 0, CLAIM_CANCELLED, EXIT_NONE },
          RECOVERY_REPORT_CLAIM },
        { "cancelled before it came",
          { 0, 0, 0, 0, CLAIM_CANCELLED, EXIT_NONE },
          RECOVERY_REPORT_CLAIM },
        { "cancelled, a shim looks at it",
          { 1, 0, 1, 0, CLAIM_CANCELLED, EXIT_NONE },
          RECOVERY_REPORT_CLAIM },
        { "expired", { 1, 0, 0, 0, CLAIM_EXPIRED, EXIT_NONE }, RECOVERY_REPORT_CLAIM },
        { "window closed", { 1, 0, 0, 0, CLAIM_WINDOW_CLOSED, EXIT_NONE }, RECOVERY_REPORT_CLAIM },
        { "rejected", { 0, 0, 0, 0, CLAIM_REJECTED, EXIT_NONE }, RECOVERY_REPORT_CLAIM },
        { "a damaged claim may have been a start",
          { 1, 0, 0, 0, CLAIM_UNREADABLE, EXIT_NONE },
          RECOVERY_UNKNOWN },
        { "damaged claim, shim alive",
          { 1, 0, 1, 0, CLAIM_UNREADABLE, EXIT_NONE },
          RECOVERY_ATTACH },
        { "an empty folder", { 0, 0, 0, 0, CLAIM_NONE, EXIT_NONE }, RECOVERY_DISCARD },
        { "no task, but a shim", { 0, 0, 1, 0, CLAIM_NONE, EXIT_NONE }, RECOVERY_ATTACH },
        { "newer, not started", { 0, 1, 0, 0, CLAIM_NONE, EXIT_NONE }, RECOVERY_LEAVE_ALONE },
        { "newer, ended", { 1, 1, 0, 0, CLAIM_UNREADABLE, EXIT_READABLE }, RECOVERY_LEAVE_ALONE },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("  %s\n", rows[i].what);
        assert_int_equal(recovery_decide(&rows[i].facts), rows[i].verdict);
    }
}

/* What must hold for every combination of facts, and not only for those one thinks of. */
static void test_recovery_is_total(void **state)
{
    unsigned starts = 0;

    (void)state;

    for (unsigned bits = 0; bits < 16; bits++) {
        for (int claim = 0; claim < CLAIM_KIND_COUNT; claim++) {
            for (int end = 0; end < EXIT_FACT_COUNT; end++) {
                FolderFacts facts = { bits & 1,        bits & 2,         (bits & 4) != 0,
                                      (bits & 8) != 0, (ClaimKind)claim, (ExitFact)end };
                Recovery verdict = recovery_decide(&facts);

                assert_in_range(verdict, 0, RECOVERY_COUNT - 1);
                if (verdict == RECOVERY_SAFE_TO_START) {
                    starts++;
                    assert_true(facts.has_task && !facts.is_newer && !facts.is_locked);
                    assert_int_equal(facts.claim, CLAIM_NONE);
                    assert_int_equal(facts.exit, EXIT_NONE);
                }
                if (verdict == RECOVERY_DISCARD)
                    assert_true(facts.claim == CLAIM_NONE && facts.exit == EXIT_NONE);
                if (facts.is_locked)
                    assert_true(verdict != RECOVERY_UNKNOWN);
                if (facts.claim == CLAIM_STARTED && !facts.is_newer)
                    assert_true(verdict == RECOVERY_REPORT_EXIT || verdict == RECOVERY_ATTACH ||
                                verdict == RECOVERY_UNKNOWN);
            }
        }
    }
    assert_int_equal(starts, 2); /* whatever the boot id */
}

static void test_restart(void **state)
{
    static const struct {
        const char *what;
        bool is_same_boot;
        bool is_locked;
        bool is_idempotent;
        bool has_survivors;
        bool may_restart;
    } rows[] = {
        { "not idempotent", true, false, false, false, false },
        { "idempotent, nothing left", true, false, true, false, true },
        { "idempotent, something left", true, false, true, true, false },
        { "idempotent, alive", true, true, true, false, false },
        { "idempotent, the host went down", false, false, true, true, true },
        { "not idempotent, the host went down", false, false, false, false, false },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        FolderFacts facts = { .has_task = true,
                              .is_locked = rows[i].is_locked,
                              .is_same_boot = rows[i].is_same_boot,
                              .claim = CLAIM_STARTED };

        print_message("  %s\n", rows[i].what);
        assert_int_equal(recovery_may_restart(&facts, rows[i].is_idempotent, rows[i].has_survivors),
                         rows[i].may_restart);
    }
}

static void test_remove(void **state)
{
    const int64_t expires = 50 * TOMBSTONE_KEPT_MS;

    (void)state;

    assert_false(recovery_may_remove(true, expires, expires + TOMBSTONE_KEPT_MS));
    assert_true(recovery_may_remove(true, expires, expires + TOMBSTONE_KEPT_MS + 1));
    assert_false(recovery_may_remove(false, expires, expires + 100 * TOMBSTONE_KEPT_MS));
    assert_false(recovery_may_remove(true, INT64_MAX, INT64_MAX));
    assert_false(recovery_may_remove(true, INT64_MIN, INT64_MIN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shim),
        cmocka_unit_test(test_recovery),
        cmocka_unit_test(test_recovery_is_total),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_remove),
    };

    return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
