#include "agent1/flow/state/proposals.h"

#include <string.h>

#include "common/base/banned.h"

#define KEPT_MS       (7 * 24 * 3600 * INT64_C(1000))
#define PROPOSALS_MAX 5000

static const char *const ends[PROPOSAL_END_COUNT] = {
    [PROPOSAL_YES] = "yes",
    [PROPOSAL_NO] = "no",
    [PROPOSAL_FORGOTTEN] = "forgotten",
    [PROPOSAL_EXPIRED] = "expired",
};

static void put(Core *core, const char *message_id, Row *row)
{
    Ledger *proposals = core->ledgers[TABLE_PROPOSALS];

    if (ledger_count(proposals) >= PROPOSALS_MAX) {
        g_autoptr(GPtrArray) oldest_first = ledger_list(proposals);

        ledger_remove(proposals, row_text(oldest_first->pdata[0], PROPOSALS_ID), core->fx);
    }
    row_set_text(row, PROPOSALS_ID, message_id);
    row_set_int(row, PROPOSALS_SAID, core->now_ms);
    ledger_put(proposals, row, core->fx);
}

void proposals_note(Core *core, const char *message_id, const Run *run)
{
    Row *row = row_new(TABLE_PROPOSALS);

    row_set_text(row, PROPOSALS_APPROVAL, run->approval);
    row_set_int(row, PROPOSALS_NUMBER, run->number);
    put(core, message_id, row);
}

void proposals_note_question(Core *core, const char *message_id, const char *question,
                             int64_t number)
{
    Row *row = row_new(TABLE_PROPOSALS);

    row_set_text(row, PROPOSALS_QUESTION, question);
    row_set_int(row, PROPOSALS_NUMBER, number);
    put(core, message_id, row);
}

void proposals_end(Core *core, const char *question, ProposalEnd end)
{
    Ledger *proposals = core->ledgers[TABLE_PROPOSALS];
    g_autoptr(GPtrArray) rows = ledger_list(proposals);

    for (unsigned i = 0; i < rows->len; i++) {
        Row *row = rows->pdata[i];

        if (g_strcmp0(row_text(row, PROPOSALS_QUESTION), question) != 0)
            continue;
        row_set_text(row, PROPOSALS_ENDED, ends[end]);
        row_set_int(row, PROPOSALS_ENDED_AT, core->now_ms);
        ledger_changed(proposals, row, core->fx);
    }
}

ProposalEnd proposals_how_ended(const Row *row)
{
    const char *word = row_text(row, PROPOSALS_ENDED);

    for (int end = PROPOSAL_YES; word && end < PROPOSAL_END_COUNT; end++) {
        if (strcmp(word, ends[end]) == 0)
            return (ProposalEnd)end;
    }
    return PROPOSAL_OPEN;
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
