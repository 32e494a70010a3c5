#include "common/wire/run_state.h"

#include <glib.h>

#include "common/base/banned.h"

static const char *const states[RUN_STATE_COUNT] = {
    [RUN_PROPOSED] = "proposed",     [RUN_AWAITING_APPROVAL] = "awaiting_approval",
    [RUN_DEFERRED] = "deferred",     [RUN_QUEUED] = "queued",
    [RUN_ACCEPTED] = "accepted",     [RUN_RUNNING] = "running",
    [RUN_CANCELLING] = "cancelling", [RUN_SUCCEEDED] = "succeeded",
    [RUN_FAILED] = "failed",         [RUN_TIMED_OUT] = "timed_out",
    [RUN_CANCELLED] = "cancelled",   [RUN_REJECTED] = "rejected",
    [RUN_EXPIRED] = "expired",       [RUN_DENIED] = "denied",
    [RUN_MISSED] = "missed",         [RUN_SKIPPED] = "skipped",
    [RUN_UNKNOWN] = "unknown",       [RUN_NOT_KNOWN] = "not_known",
};

static const char *const rules[RULE_COUNT] = {
    [RULE_NONE] = "",
    [RULE_BLACKOUT] = "blackout",
    [RULE_WORK_HOURS] = "work_hours",
    [RULE_STANDBY] = "standby",
    [RULE_PAUSED] = "paused",
    [RULE_ROLE] = "role",
    [RULE_UNKNOWN_AGENT] = "unknown_agent",
    [RULE_NOT_ACCEPTED] = "not_accepted",
    [RULE_OFFLINE] = "offline",
    [RULE_SKILL] = "skill",
    [RULE_POLICY] = "policy",
    [RULE_BUDGET] = "budget",
    [RULE_EXPIRED] = "expired",
    [RULE_QUEUE_FULL] = "queue_full",
    [RULE_TAINT] = "taint",
};

typedef struct Outcome {
    const char *name;
    int exit_code;
} Outcome;

static const Outcome outcomes[] = {
    { OUTCOME_OK, 0 },       { "succeeded", 0 },         { "failed", 1 },    { "cancelled", 1 },
    { "unknown", 1 },        { OUTCOME_REFUSED, 3 },     { "rejected", 3 },  { "denied", 3 },
    { OUTCOME_AWAITING, 4 }, { OUTCOME_UNCONFIRMED, 4 }, { "deferred", 4 },  { "expired", 4 },
    { "missed", 4 },         { OUTCOME_OFFLINE, 5 },     { "timed_out", 6 },
};

static int find(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (g_strcmp0(names[i], name) == 0)
            return i;
    }
    return -1;
}

const char *run_state_name(RunState state)
{
    return states[state];
}

bool run_state_parse(const char *name, RunState *out)
{
    int state = find(states, RUN_STATE_COUNT, name);

    if (state < 0)
        return false;
    *out = (RunState)state;
    return true;
}

bool run_state_is_terminal(RunState state)
{
    return state >= RUN_SUCCEEDED && state <= RUN_UNKNOWN;
}

bool run_state_is_failure(RunState state)
{
    return state == RUN_FAILED || state == RUN_TIMED_OUT || state == RUN_UNKNOWN ||
           state == RUN_REJECTED || state == RUN_EXPIRED || state == RUN_MISSED;
}

const char *rule_name(Rule rule)
{
    return rules[rule];
}

bool rule_parse(const char *name, Rule *out)
{
    int rule = find(rules, RULE_COUNT, name);

    if (rule < 0)
        return false;
    *out = (Rule)rule;
    return true;
}

int outcome_exit_code(const char *outcome)
{
    for (size_t i = 0; i < G_N_ELEMENTS(outcomes); i++) {
        if (g_strcmp0(outcomes[i].name, outcome) == 0)
            return outcomes[i].exit_code;
    }
    return 1;
}
