#include "agent2/flow/worker_inbox.h"

#include "common/base/banned.h"

/* What agent1 asks for may be on its way: from one question to another it would have come. */
#define DOUBT_MS    INT64_C(5000)
#define DOUBLED_MAX 6

void worker_inbox_heard(Worker *worker)
{
    worker->inbox = (WorkerInbox){ 0 };
}

void worker_inbox_rest(Worker *worker)
{
    worker->inbox.doubt_boot_ms = 0;
}

void worker_inbox_missed(Worker *worker, WorkerEffects *effects)
{
    WorkerInbox *inbox = &worker->inbox;

    if (inbox->doubt_boot_ms == 0) {
        inbox->doubt_boot_ms = worker->boot_ms;
        return;
    }
    if (worker->boot_ms - inbox->doubt_boot_ms < DOUBT_MS << MIN(inbox->renewals, DOUBLED_MAX))
        return;

    inbox->renewals++;
    inbox->doubt_boot_ms = 0;
    worker_effects_renew(effects, "agent1 asks for tasks that never came");
}
