#include "agent1/flow/approvals.h"

#include "common/wire/approval.h"
#include "common/base/banned.h"

#define EXPIRES_MS (3600 * INT64_C(1000))

static char *hash_of(const Run *run)
{
    ApprovalSubject subject = { .run = run->id,
                                .agent = run->agent,
                                .task = run->task,
                                .requested_by = run->user,
                                .timeout_s = run->timeout_ms / 1000,
                                .is_idempotent = run->is_idempotent };

    return approval_hash(&subject);
}

void approvals_open(Core *core, Run *run, const Verdict *verdict)
{
    g_autofree char *hash = hash_of(run);
    Row *row = row_new(TABLE_APPROVALS);

    g_free(run->outcome.rule);
    run->outcome.rule = g_strdup(rule_name(verdict->rule));
    g_free(run->outcome.reason);
    run->outcome.reason = g_strdup(verdict->reason);
    g_free(run->approval);
    run->approval = core_new_id(core);
    row_set_text(row, APPROVALS_ID, run->approval);
    row_set_text(row, APPROVALS_RUN, run->id);
    row_set_text(row, APPROVALS_HASH, hash);
    row_set_text(row, APPROVALS_ASKED_BY, run->user);
    row_set_int(row, APPROVALS_CREATED, core->now_ms);
    row_set_int(row, APPROVALS_EXPIRES, core->now_ms + EXPIRES_MS);
    row_set_text(row, APPROVALS_STATE, "open");
    ledger_put(core->ledgers[TABLE_APPROVALS], row, core->fx);
}
