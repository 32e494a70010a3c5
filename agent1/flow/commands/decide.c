#include "agent1/flow/commands/decide.h"

#include "agent1/flow/gate/approvals.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/runs/launch.h"
#include "agent1/flow/runs/outcome.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

/* The gate is asked as if this hand had approved it. */
const char *decide_objection(Core *core, const Speaker *speaker, const Run *run, const Row *row)
{
    bool is_own = g_strcmp0(speaker->user, run->user) == 0;
    g_auto(Verdict) verdict = { 0 };
    GateAsk ask;

    gate_facts_of_run(core, run, &ask);
    ask.approved_by = speaker->user;
    gate_facts_judge(core, &ask, &verdict);
    if (!is_own || (!row_int(row, APPROVALS_NEEDS_SECOND) && verdict.kind != GATE_ASK))
        return NULL;
    return reason_format(REASON_OWN_APPROVAL);
}

static void note_decision(Core *core, Run *run, const Speaker *speaker, const char *word)
{
    g_free(run->decided_by);
    run->decided_by = g_strdup(speaker->user);
    run->decided_ms = core->now_ms;
    effects_audit(core->fx, core->now_ms, "approval", speaker->principal, run->agent, run->id,
                  "#%" G_GINT64_FORMAT " %s by %s", run->number, word, speaker->user);
}

/* What waits is no longer what was shown: nobody wrote it so, and nobody may start it. */
static char *refuse_changed(Core *core, Run *run)
{
    const char *why = reason_format(REASON_NOT_WHAT_WAS_SHOWN);

    effects_audit(core->fx, core->now_ms, "alarm", NULL, run->agent, run->id,
                  "#%" G_GINT64_FORMAT " is not what its approval was asked for", run->number);
    g_free(run->outcome.rule);
    run->outcome.rule = g_strdup(rule_name(RULE_POLICY));
    outcome_apply(core, run, RUN_EVENT_REFUSED, why);
    return turn_refusal_text(core, RULE_POLICY, why, 0);
}

char *decide_approve(Core *core, const Speaker *speaker, Run *run, const Row *row)
{
    g_autofree char *id = g_strdup(run->id);

    if (!approvals_fits(run, row))
        return refuse_changed(core, run);
    run->approved_hash = g_strdup(row_text(row, APPROVALS_HASH));
    note_decision(core, run, speaker, "approved");
    launch_again(core, run);
    run = runs_find(core->runs, id);
    return run ? launch_describe(core, run) : g_strdup(core_words(core, "refused by the gate"));
}

void decide_reject(Core *core, const Speaker *speaker, Run *run, const char *why)
{
    g_autofree char *reason = *why ? reason_make(REASON_BY_WHY, speaker->user, why, NULL)
                                   : reason_make(REASON_BY, speaker->user, NULL);

    note_decision(core, run, speaker, "rejected");
    outcome_apply(core, run, RUN_EVENT_DENIED, reason);
}
