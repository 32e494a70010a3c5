#include "agent1/flow/runs/cancel.h"

#include "agent1/flow/runs/dispatch.h"
#include "agent1/flow/runs/outcome.h"
#include "common/base/banned.h"

CancelResult cancel_run(Core *core, Run *run, const char *by)
{
    bool is_unheard = run->state == RUN_QUEUED;

    if (!run->cancelled_by)
        run->cancelled_by = g_strdup(by);
    /* What waits for a window or a person has an attempt that nobody was handed. */
    if (!run->is_handed) {
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
