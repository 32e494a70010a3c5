#include "agent1/flow/state/proposals.h"

#include "common/base/banned.h"

#define KEPT_MS       (7 * 24 * 3600 * INT64_C(1000))
#define PROPOSALS_MAX 5000

void proposals_note(Core *core, const char *message_id, const Run *run)
{
    Ledger *proposals = core->ledgers[TABLE_PROPOSALS];
    Row *row = row_new(TABLE_PROPOSALS);

    if (ledger_count(proposals) >= PROPOSALS_MAX) {
        g_autoptr(GPtrArray) oldest_first = ledger_list(proposals);

        ledger_remove(proposals, row_text(oldest_first->pdata[0], PROPOSALS_ID), core->fx);
    }
    row_set_text(row, PROPOSALS_ID, message_id);
    row_set_text(row, PROPOSALS_APPROVAL, run->approval);
    row_set_int(row, PROPOSALS_NUMBER, run->number);
    row_set_int(row, PROPOSALS_SAID, core->now_ms);
    ledger_put(proposals, row, core->fx);
}

const Row *proposals_find(const Core *core, const char *message_id)
{
    return ledger_find(core->ledgers[TABLE_PROPOSALS], message_id);
}

void proposals_forget_old(Core *core)
{
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_PROPOSALS]);
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        if (row_int(rows->pdata[i], PROPOSALS_SAID) + KEPT_MS <= core->now_ms)
            ledger_remove(core->ledgers[TABLE_PROPOSALS], row_text(rows->pdata[i], PROPOSALS_ID),
                          core->fx);
    }
}
