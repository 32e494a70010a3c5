/* The gate: each rule alone, the order in which they are asked, and that every refusal tells what
 * there is to do or to wait for. */
#include "agent1/model/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire/reason.h"
#include "common/base/banned.h"

#define OPENS_MS INT64_C(1790003600000)

/* Everything is in order: the gate says yes. */
static GateRequest harmless(void)
{
    return (GateRequest){
        .role = ROLE_OPERATOR,
        .needed_role = ROLE_OPERATOR,
        .agent = "web1",
        .is_known = true,
        .is_accepted = true,
        .is_offered = true,
        .skills_text = "apt.update, apt.upgrade",
        .work_hours = "08:00-18:00",
        .opens_ms = OPENS_MS,
        .queued = 3,
        .queue_max = 100,
    };
}

static void break_role(GateRequest *request)
{
    request->role = ROLE_VIEWER;
}

static void break_known(GateRequest *request)
{
    request->is_known = false;
}

static void break_known_with_neighbours(GateRequest *request)
{
    request->is_known = false;
    request->nearest = "web1, web2";
}

static void break_accepted(GateRequest *request)
{
    request->is_accepted = false;
}

static void break_standby(GateRequest *request)
{
    request->is_asleep = true;
}

static void break_paused(GateRequest *request)
{
    request->is_paused = true;
}

static void break_paused_by_somebody(GateRequest *request)
{
    request->is_paused = true;
    request->paused_by = "ana";
    request->paused_since = "14:02";
}

static void break_accepted_by_somebody(GateRequest *request)
{
    request->is_accepted = false;
    request->is_revoked = true;
    request->revoked_by = "ana";
    request->revoked_at = "14:02";
}

static void break_accepted_long_ago(GateRequest *request)
{
    request->is_accepted = false;
    request->is_revoked = true;
}

static void break_skill(GateRequest *request)
{
    request->is_offered = false;
}

static void break_skill_with_a_neighbour(GateRequest *request)
{
    request->is_offered = false;
    request->nearest_skill = "apt.update";
}

static void break_call(GateRequest *request)
{
    request->complaint = "service.restart: unit is missing; expected service.restart(unit)";
}

static void break_all_skills(GateRequest *request)
{
    request->is_offered = false;
    request->skills_text = NULL;
}

static void break_blackout(GateRequest *request)
{
    request->blackout = "02:00-05:00 (backup)";
}

static void break_work_hours(GateRequest *request)
{
    request->is_outside_work = true;
}

static void break_work_hours_for_ever(GateRequest *request)
{
    request->is_outside_work = true;
    request->opens_ms = INT64_MAX;
}

static void break_offline(GateRequest *request)
{
    request->is_offline = true;
    request->is_now = true;
    request->offline_since = "14:02";
}

static void break_seen(GateRequest *request)
{
    request->is_offline = true;
    request->is_now = true;
}

static void break_queue(GateRequest *request)
{
    request->queued = request->queue_max;
}

static void break_policy(GateRequest *request)
{
    request->policy = "rule 2 of policy.json";
    request->is_forbidden = true;
    /* Whoever approved it. */
    request->needs_approval = true;
    request->is_approved = true;
}

static void break_policy_for_a_reason(GateRequest *request)
{
    break_policy(request);
    request->policy_reason = "the freeze";
}

static void break_approval(GateRequest *request)
{
    request->policy = "work of high risk";
    request->needs_approval = true;
}

static void break_approval_of_two(GateRequest *request)
{
    break_approval(request);
    request->needs_second = true;
    request->policy_reason = "the freeze";
}

typedef void (*Break)(GateRequest *request);

/* In the order in which the rules are asked; rows of the same rule stand together. */
static const struct {
    const char *what;
    Break apply;
    GateKind kind;
    Rule rule;
    int64_t next_ms;
    const char *reason;
} rules[] = {
    { "a viewer", break_role, GATE_DENY, RULE_ROLE, 0,
      "this needs the role operator; yours is viewer" },
    { "nobody of that name", break_known, GATE_DENY, RULE_UNKNOWN_AGENT, 0,
      "no agent of that name; !agents lists them" },
    { "a slip of the pen", break_known_with_neighbours, GATE_DENY, RULE_UNKNOWN_AGENT, 0,
      "no agent of that name; nearest: web1, web2" },
    { "a key nobody trusted", break_accepted, GATE_DENY, RULE_NOT_ACCEPTED, 0,
      "its key is not trusted yet; an admin types !accept <agent> <fingerprint start>" },
    { "a key somebody revoked", break_accepted_by_somebody, GATE_DENY, RULE_NOT_ACCEPTED, 0,
      "its key was revoked by ana (14:02); an admin types !accept <agent> <fingerprint start>" },
    { "a key that was revoked", break_accepted_long_ago, GATE_DENY, RULE_NOT_ACCEPTED, 0,
      "its key was revoked; an admin types !accept <agent> <fingerprint start>" },
    { "asleep", break_standby, GATE_DENY, RULE_STANDBY, 0, "agent1 is asleep; !agentsON wakes it" },
    { "paused", break_paused, GATE_DENY, RULE_PAUSED, 0, "it is paused; !agentON web1 resumes it" },
    { "paused by somebody", break_paused_by_somebody, GATE_DENY, RULE_PAUSED, 0,
      "it is paused by ana since 14:02; !agentON web1 resumes it" },
    { "no such skill", break_skill, GATE_DENY, RULE_SKILL, 0,
      "it has no shell and no such skill; its skills: apt.update, apt.upgrade" },
    { "a skill with a slip", break_skill_with_a_neighbour, GATE_DENY, RULE_SKILL, 0,
      "it has no shell and no such skill; nearest: apt.update; its skills: apt.update, "
      "apt.upgrade" },
    { "a skill called wrongly", break_call, GATE_DENY, RULE_SKILL, 0,
      "service.restart: unit is missing; expected service.restart(unit)" },
    { "no skills at all", break_all_skills, GATE_DENY, RULE_SKILL, 0,
      "it has no shell and no skills" },
    { "forbidden", break_policy, GATE_DENY, RULE_POLICY, 0, "rule 2 of policy.json forbids it" },
    { "forbidden for a reason", break_policy_for_a_reason, GATE_DENY, RULE_POLICY, 0,
      "rule 2 of policy.json forbids it: the freeze" },
    { "a blackout", break_blackout, GATE_LATER, RULE_BLACKOUT, OPENS_MS,
      "blackout hours 02:00-05:00 (backup)" },
    { "after work", break_work_hours, GATE_LATER, RULE_WORK_HOURS, OPENS_MS,
      "outside its work hours 08:00-18:00" },
    { "no work in sight", break_work_hours_for_ever, GATE_LATER, RULE_WORK_HOURS, INT64_MAX,
      "outside its work hours 08:00-18:00" },
    { "now, and gone", break_offline, GATE_DENY, RULE_OFFLINE, 0, "it is offline since 14:02" },
    { "now, and never seen", break_seen, GATE_DENY, RULE_OFFLINE, 0, "it has not been seen yet" },
    { "too many wait", break_queue, GATE_DENY, RULE_QUEUE_FULL, 0, "100 runs wait for it already" },
    { "an approval", break_approval, GATE_ASK, RULE_POLICY, 0,
      "work of high risk needs an approval" },
    { "a second user's", break_approval_of_two, GATE_ASK, RULE_POLICY, 0,
      "work of high risk needs an approval of a second user: the freeze" },
};

static void each_rule_alone(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rules); i++) {
        GateRequest request = harmless();
        g_auto(Verdict) verdict = { 0 };

        print_message("%s\n", rules[i].what);
        rules[i].apply(&request);
        gate_judge(&request, &verdict);
        assert_int_equal(verdict.kind, rules[i].kind);
        assert_int_equal(verdict.rule, rules[i].rule);
        assert_int_equal(verdict.next_ms, rules[i].next_ms);
        assert_int_equal(verdict.needs_second, rules[i].apply == break_approval_of_two);
        assert_string_equal(verdict.reason, rules[i].reason);
    }
}

/* Of two objections the one that stands first in the table above is the answer. */
static void the_first_rule_decides(void **state)
{
    unsigned i;
    unsigned j;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rules); i++) {
        for (j = i + 1; j < G_N_ELEMENTS(rules); j++) {
            GateRequest request = harmless();
            g_auto(Verdict) verdict = { 0 };

            rules[j].apply(&request);
            rules[i].apply(&request);
            gate_judge(&request, &verdict);
            if (verdict.kind != rules[i].kind || verdict.rule != rules[i].rule)
                fail_msg("%s and %s: %s", rules[i].what, rules[j].what, rule_name(verdict.rule));
        }
    }
}

static void what_passes(void **state)
{
    static const struct {
        const char *what;
        GateRequest request;
    } rows[] = {
#define BY(who) .role = (who), .needed_role = ROLE_OPERATOR
#define REST    .is_known = true, .is_accepted = true, .is_offered = true, .queue_max = 100
        { "an operator", { BY(ROLE_OPERATOR), REST } },
        { "a higher role", { BY(ROLE_ADMIN), REST } },
        { "an offline agent, when it may wait", { BY(ROLE_OPERATOR), REST, .is_offline = true } },
        { "at once, and it is there", { BY(ROLE_OPERATOR), REST, .is_now = true } },
        { "room for one more", { BY(ROLE_OPERATOR), REST, .queued = 99 } },
        { "approved work",
          { BY(ROLE_OPERATOR), REST, .needs_approval = true, .is_approved = true } },
        { "hours that are not closed now",
          { BY(ROLE_OPERATOR), REST, .work_hours = "8-9", .opens_ms = 5 } },
#undef BY
#undef REST
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Verdict) verdict = { .kind = GATE_DENY, .rule = RULE_ROLE, .next_ms = 9 };

        print_message("%s\n", rows[i].what);
        gate_judge(&rows[i].request, &verdict);
        assert_int_equal(verdict.kind, GATE_ALLOW);
        assert_int_equal(verdict.rule, RULE_NONE);
        assert_int_equal(verdict.next_ms, 0);
        assert_null(verdict.reason);
    }
}

/* Reasons stand in the middle of a sentence: no final stop, no line break. Each can be taken apart,
 * and so said in every language (tests/unit/agent1/test-reason_words.c). */
static void reasons_fit_into_a_sentence(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rules); i++) {
        GateRequest request = harmless();
        g_auto(Verdict) verdict = { 0 };
        g_auto(Reason) reason = { 0 };

        rules[i].apply(&request);
        gate_judge(&request, &verdict);
        assert_false(g_str_has_suffix(verdict.reason, "."));
        assert_null(strchr(verdict.reason, '\n'));
        assert_true(reason_read(verdict.reason, &reason));
    }
}

static void names_of_risks(void **state)
{
    static const char *const names[] = { "read", "low", "guarded", "high" };
    Risk risk = RISK_LOW;
    int i;

    (void)state;
    assert_int_equal(G_N_ELEMENTS(names), RISK_COUNT);
    for (i = 0; i < RISK_COUNT; i++) {
        assert_string_equal(risk_name((Risk)i), names[i]);
        assert_true(risk_parse(names[i], &risk));
        assert_int_equal(risk, i);
    }
    risk = RISK_LOW;
    assert_false(risk_parse("High", &risk));
    assert_false(risk_parse("", &risk));
    assert_false(risk_parse(NULL, &risk));
    assert_int_equal(risk, RISK_LOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_alone), cmocka_unit_test(the_first_rule_decides),
        cmocka_unit_test(what_passes),     cmocka_unit_test(reasons_fit_into_a_sentence),
        cmocka_unit_test(names_of_risks),
    };

    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
