/* The words of states, rules and outcomes. */
#include "common/wire/run_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>

#include "common/base/banned.h"

static void test_states(void **state)
{
    static const struct {
        const char *name;
        RunState state;
        bool is_terminal;
    } rows[] = {
        { "proposed", RUN_PROPOSED, false },
        { "awaiting_approval", RUN_AWAITING_APPROVAL, false },
        { "deferred", RUN_DEFERRED, false },
        { "queued", RUN_QUEUED, false },
        { "accepted", RUN_ACCEPTED, false },
        { "running", RUN_RUNNING, false },
        { "cancelling", RUN_CANCELLING, false },
        { "succeeded", RUN_SUCCEEDED, true },
        { "failed", RUN_FAILED, true },
        { "timed_out", RUN_TIMED_OUT, true },
        { "cancelled", RUN_CANCELLED, true },
        { "rejected", RUN_REJECTED, true },
        { "expired", RUN_EXPIRED, true },
        { "denied", RUN_DENIED, true },
        { "missed", RUN_MISSED, true },
        { "skipped", RUN_SKIPPED, true },
        { "unknown", RUN_UNKNOWN, true },
        { "not_known", RUN_NOT_KNOWN, false },
    };
    RunState parsed = RUN_PROPOSED;

    (void)state;
    assert_int_equal(G_N_ELEMENTS(rows), RUN_STATE_COUNT);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_string_equal(run_state_name(rows[i].state), rows[i].name);
        assert_true(run_state_parse(rows[i].name, &parsed));
        assert_int_equal(parsed, rows[i].state);
        assert_int_equal(run_state_is_terminal(rows[i].state), rows[i].is_terminal);
    }
    assert_false(run_state_parse("Running", &parsed));
    assert_false(run_state_parse("", &parsed));
    assert_false(run_state_parse(NULL, &parsed));
}

static void test_rules(void **state)
{
    static const char *const names[] = {
        "",       "blackout",      "work_hours",   "standby",    "paused",
        "role",   "unknown_agent", "not_accepted", "offline",    "skill",
        "policy", "budget",        "expired",      "queue_full", "taint",
    };
    Rule parsed = RULE_NONE;

    (void)state;
    assert_int_equal(G_N_ELEMENTS(names), RULE_COUNT);
    for (int rule = 0; rule < RULE_COUNT; rule++) {
        assert_string_equal(rule_name((Rule)rule), names[rule]);
        assert_true(rule_parse(names[rule], &parsed));
        assert_int_equal(parsed, rule);
    }
    assert_false(rule_parse("Blackout", &parsed));
    assert_false(rule_parse(NULL, &parsed));
}

static void test_exit_codes(void **state)
{
    static const struct {
        const char *outcome;
        int code;
    } rows[] = {
        { "ok", 0 },          { "succeeded", 0 }, { "failed", 1 },    { "cancelled", 1 },
        { "unknown", 1 },     { "rejected", 3 },  { "denied", 3 },    { "refused", 3 },
        { "awaiting", 4 },    { "deferred", 4 },  { "expired", 4 },   { "missed", 4 },
        { "unconfirmed", 4 }, { "offline", 5 },   { "timed_out", 6 }, { "skipped", 1 },
        { "what", 1 },        { "", 1 },          { NULL, 1 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(outcome_exit_code(rows[i].outcome), rows[i].code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_exit_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
