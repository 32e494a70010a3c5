#include "agent1/model/gate.h"

#include "common/wire/reason.h"
#include "common/base/banned.h"

static const char *const risk_names[RISK_COUNT] = {
    [RISK_READ] = "read",
    [RISK_LOW] = "low",
    [RISK_GUARDED] = "guarded",
    [RISK_HIGH] = "high",
};

const char *risk_name(Risk risk)
{
    return risk_names[risk];
}

bool risk_parse(const char *name, Risk *out)
{
    int risk;

    for (risk = 0; risk < RISK_COUNT; risk++) {
        if (g_strcmp0(name, risk_names[risk]) == 0) {
            *out = (Risk)risk;
            return true;
        }
    }
    return false;
}

static bool object(Verdict *out, GateKind kind, Rule rule, int64_t next_ms, char *reason)
{
    out->kind = kind;
    out->rule = rule;
    out->next_ms = next_ms;
    out->reason = reason;
    return true;
}

static bool check_role(const GateRequest *request, Verdict *out)
{
    if (request->role >= request->needed_role)
        return false;

    return object(
        out, GATE_DENY, RULE_ROLE, 0,
        reason_make(REASON_ROLE, role_name(request->needed_role), role_name(request->role), NULL));
}

static bool check_known(const GateRequest *request, Verdict *out)
{
    if (request->is_known)
        return false;

    return object(out, GATE_DENY, RULE_UNKNOWN_AGENT, 0,
                  request->nearest ? reason_make(REASON_NO_AGENT_BUT, request->nearest, NULL)
                                   : reason_make(REASON_NO_AGENT, NULL));
}

static char *describe_distrust(const GateRequest *request)
{
    if (!request->is_revoked)
        return reason_make(REASON_NOT_TRUSTED, NULL);
    return request->revoked_by
               ? reason_make(REASON_REVOKED_BY, request->revoked_by, request->revoked_at, NULL)
               : reason_make(REASON_REVOKED_KEY, NULL);
}

static bool check_accepted(const GateRequest *request, Verdict *out)
{
    if (request->is_accepted)
        return false;

    return object(out, GATE_DENY, RULE_NOT_ACCEPTED, 0, describe_distrust(request));
}

static bool check_standby(const GateRequest *request, Verdict *out)
{
    if (!request->is_asleep)
        return false;

    return object(out, GATE_DENY, RULE_STANDBY, 0, reason_make(REASON_ASLEEP, NULL));
}

static bool check_paused(const GateRequest *request, Verdict *out)
{
    if (!request->is_paused)
        return false;

    return object(out, GATE_DENY, RULE_PAUSED, 0,
                  request->paused_by ? reason_make(REASON_PAUSED_BY, request->paused_by,
                                                   request->paused_since, request->agent, NULL)
                                     : reason_make(REASON_PAUSED, request->agent, NULL));
}

static char *describe_skills(const GateRequest *request)
{
    if (!request->skills_text)
        return reason_make(REASON_NO_SKILLS, NULL);
    if (!request->nearest_skill)
        return reason_make(REASON_NO_SUCH_SKILL, request->skills_text, NULL);
    return reason_make(REASON_NO_SUCH_SKILL_BUT, request->nearest_skill, request->skills_text,
                       NULL);
}

static bool check_skill(const GateRequest *request, Verdict *out)
{
    if (request->is_offered && !request->complaint)
        return false;

    return object(out, GATE_DENY, RULE_SKILL, 0,
                  request->is_offered ? g_strdup(request->complaint) : describe_skills(request));
}

/* What the policy says, and why where the file tells. */
static char *describe_policy(const GateRequest *request, ReasonKind kind, ReasonKind kind_why)
{
    return request->policy_reason
               ? reason_make(kind_why, request->policy, request->policy_reason, NULL)
               : reason_make(kind, request->policy, NULL);
}

static bool check_policy(const GateRequest *request, Verdict *out)
{
    if (!request->is_forbidden)
        return false;

    return object(out, GATE_DENY, RULE_POLICY, 0,
                  describe_policy(request, REASON_FORBIDDEN, REASON_FORBIDDEN_WHY));
}

static bool check_blackout(const GateRequest *request, Verdict *out)
{
    if (!request->blackout)
        return false;

    return object(out, GATE_LATER, RULE_BLACKOUT, request->opens_ms,
                  reason_make(REASON_BLACKOUT, request->blackout, NULL));
}

static bool check_work_hours(const GateRequest *request, Verdict *out)
{
    if (!request->is_outside_work)
        return false;

    return object(out, GATE_LATER, RULE_WORK_HOURS, request->opens_ms,
                  reason_make(REASON_WORK_HOURS, request->work_hours, NULL));
}

static bool check_offline(const GateRequest *request, Verdict *out)
{
    if (!request->is_offline || !request->is_now)
        return false;

    return object(out, GATE_DENY, RULE_OFFLINE, 0,
                  request->offline_since ? reason_make(REASON_OFFLINE, request->offline_since, NULL)
                                         : reason_make(REASON_NEVER_SEEN, NULL));
}

static bool check_queue(const GateRequest *request, Verdict *out)
{
    g_autofree char *queued = g_strdup_printf("%u", request->queued);

    if (request->queued < request->queue_max)
        return false;

    return object(out, GATE_DENY, RULE_QUEUE_FULL, 0, reason_make(REASON_QUEUE_FULL, queued, NULL));
}

static bool check_approval(const GateRequest *request, Verdict *out)
{
    if (!request->needs_approval || request->is_approved)
        return false;

    out->needs_second = request->needs_second;
    return object(out, GATE_ASK, RULE_POLICY, 0,
                  request->needs_second
                      ? describe_policy(request, REASON_SECOND, REASON_SECOND_WHY)
                      : describe_policy(request, REASON_APPROVAL, REASON_APPROVAL_WHY));
}

typedef bool (*Check)(const GateRequest *request, Verdict *out);

/* Who may ask comes before what is asked, and what can never pass before what passes later. */
static const Check checks[] = {
    check_role,   check_known,    check_accepted,   check_standby, check_paused, check_skill,
    check_policy, check_blackout, check_work_hours, check_offline, check_queue,  check_approval,
};

void gate_judge(const GateRequest *request, Verdict *out)
{
    unsigned i;

    *out = (Verdict){ .kind = GATE_ALLOW };
    for (i = 0; i < G_N_ELEMENTS(checks); i++) {
        if (checks[i](request, out))
            return;
    }
}

void verdict_clear(Verdict *verdict)
{
    g_clear_pointer(&verdict->reason, g_free);
}

bool verdict_passes_by_a_word(const Verdict *verdict)
{
    return verdict->kind == GATE_DENY &&
           (verdict->rule == RULE_STANDBY || verdict->rule == RULE_PAUSED);
}
