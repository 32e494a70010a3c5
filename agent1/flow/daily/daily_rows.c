#include "agent1/flow/daily/daily_rows.h"

#include "common/data/local_day.h"
#include "common/base/banned.h"

char *daily_rows_id(const char *agent, int64_t day)
{
    g_autofree char *date = local_day_print(day);

    return g_strdup_printf("%s/%s", agent, date);
}

const Row *daily_rows_find(const Core *core, const char *agent, int64_t day)
{
    g_autofree char *id = daily_rows_id(agent, day);

    return ledger_find(core->ledgers[TABLE_REPORTS], id);
}
