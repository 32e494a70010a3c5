#include "agent1/flow/state/topic_rows.h"

#include <string.h>

#include "common/base/banned.h"

static bool has_chat(const Ledger *ledger, unsigned column, const char *chat_id)
{
    g_autoptr(GPtrArray) rows = ledger_list(ledger);
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        if (g_strcmp0(row_text(rows->pdata[i], column), chat_id) == 0)
            return true;
    }
    return false;
}

bool topic_rows_has_chat(const Core *core, const char *chat_id)
{
    return chat_id &&
           (has_chat(core->ledgers[TABLE_PUBLICATIONS], PUBLICATIONS_CHAT_ID, chat_id) ||
            has_chat(core->ledgers[TABLE_SUBSCRIPTIONS], SUBSCRIPTIONS_CHAT_ID, chat_id));
}
