#include "agent1/flow/runs/cancel.h"

#include "agent1/flow/runs/dispatch.h"
#include "agent1/flow/runs/outcome.h"
#include "common/base/banned.h"

static bool may_be_held_by_agent(const Run *run)
{
    return run->is_handed && run->state != RUN_DEFERRED && run->state != RUN_AWAITING_APPROVAL;
}

CancelResult cancel_run(Core *core, Run *run, const char *by)
{
    bool is_unheard = run->state == RUN_QUEUED;

    if (!run->cancelled_by)
        run->cancelled_by = g_strdup(by);
    if (!may_be_held_by_agent(run)) {
        outcome_apply(core, run, RUN_EVENT_CANCELLED, NULL);
        return CANCEL_DONE;
    }
    if (run->state == RUN_CANCELLING)
        return CANCEL_REPEAT;

    outcome_apply(core, run, RUN_EVENT_CANCEL_ASKED, NULL);
    dispatch_add_cancel(core, run, is_unheard);
    dispatch_due(core);
    return CANCEL_ASKED;
}
