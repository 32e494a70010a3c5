#include "agent1/model/gate.h"

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

    return object(out, GATE_DENY, RULE_ROLE, 0,
                  g_strdup_printf("this needs the role %s; yours is %s",
                                  role_name(request->needed_role), role_name(request->role)));
}

static bool check_known(const GateRequest *request, Verdict *out)
{
    if (request->is_known)
        return false;

    return object(out, GATE_DENY, RULE_UNKNOWN_AGENT, 0,
                  request->nearest
                      ? g_strdup_printf("no agent of that name; nearest: %s", request->nearest)
                      : g_strdup("no agent of that name; !agents lists them"));
}

static bool check_accepted(const GateRequest *request, Verdict *out)
{
    if (request->is_accepted)
        return false;

    return object(out, GATE_DENY, RULE_NOT_ACCEPTED, 0,
                  g_strdup("its key is not trusted yet; an admin types !accept <agent> "
                           "<fingerprint start>"));
}

static bool check_standby(const GateRequest *request, Verdict *out)
{
    if (!request->is_asleep)
        return false;

    return object(out, GATE_DENY, RULE_STANDBY, 0,
                  g_strdup("agent1 is asleep; !agentsON wakes it"));
}

static bool check_paused(const GateRequest *request, Verdict *out)
{
    if (!request->is_paused)
        return false;

    return object(out, GATE_DENY, RULE_PAUSED, 0,
                  g_strdup_printf("it is paused; !agentON %s resumes it", request->agent));
}

static bool check_skill(const GateRequest *request, Verdict *out)
{
    const char *nearest = request->nearest_skill;

    if (request->is_offered && !request->complaint)
        return false;
    if (request->is_offered)
        return object(out, GATE_DENY, RULE_SKILL, 0, g_strdup(request->complaint));

    return object(out, GATE_DENY, RULE_SKILL, 0,
                  request->skills_text
                      ? g_strdup_printf("it has no shell and no such skill; %s%s%sits skills: %s",
                                        nearest ? "nearest: " : "", nearest ? nearest : "",
                                        nearest ? "; " : "", request->skills_text)
                      : g_strdup("it has no shell and no skills"));
}

static bool check_policy(const GateRequest *request, Verdict *out)
{
    if (!request->is_forbidden)
        return false;

    return object(out, GATE_DENY, RULE_POLICY, 0,
                  g_strdup_printf("%s forbids it%s%s", request->policy,
                                  request->policy_reason ? ": " : "",
                                  request->policy_reason ? request->policy_reason : ""));
}

static bool check_blackout(const GateRequest *request, Verdict *out)
{
    if (!request->blackout)
        return false;

    return object(out, GATE_LATER, RULE_BLACKOUT, request->opens_ms,
                  g_strdup_printf("blackout hours %s", request->blackout));
}

static bool check_work_hours(const GateRequest *request, Verdict *out)
{
    if (!request->is_outside_work)
        return false;

    return object(out, GATE_LATER, RULE_WORK_HOURS, request->opens_ms,
                  g_strdup_printf("outside its work hours %s", request->work_hours));
}

static bool check_offline(const GateRequest *request, Verdict *out)
{
    if (!request->is_offline || !request->is_now)
        return false;

    return object(out, GATE_DENY, RULE_OFFLINE, 0,
                  request->offline_since
                      ? g_strdup_printf("it is offline since %s", request->offline_since)
                      : g_strdup("it has not been seen yet"));
}

static bool check_queue(const GateRequest *request, Verdict *out)
{
    if (request->queued < request->queue_max)
        return false;

    return object(out, GATE_DENY, RULE_QUEUE_FULL, 0,
                  g_strdup_printf("%u runs wait for it already", request->queued));
}

static bool check_approval(const GateRequest *request, Verdict *out)
{
    if (!request->needs_approval || request->is_approved)
        return false;

    out->needs_second = request->needs_second;
    return object(out, GATE_ASK, RULE_POLICY, 0,
                  g_strdup_printf("%s needs an approval%s%s%s", request->policy,
                                  request->needs_second ? " of a second user" : "",
                                  request->policy_reason ? ": " : "",
                                  request->policy_reason ? request->policy_reason : ""));
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
