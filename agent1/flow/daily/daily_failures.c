#include "agent1/flow/daily/daily_failures.h"

#include "agent1/flow/daily/daily_figures.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/run_line.h"
#include "common/base/banned.h"

void daily_failures_append(GString *text, const Core *core, const GPtrArray *rows)
{
    int64_t count = daily_figures_failures(daily_figures_of(rows, NULL));
    int64_t shown = 0;
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];
        g_autoptr(Run) run = row->table == TABLE_RUNS ? rows_to_run(row) : NULL;
        g_autofree char *line = run ? run_line_with_why(core, run) : NULL;

        if (!line)
            continue;
        g_string_append_printf(text, "%s\n%s",
                               shown++ == 0 ? core_words(core, "\nFailures, the last first:") : "",
                               line);
    }
    if (shown > 0 && count > shown)
        g_string_append_printf(text, core_words(core, "\nand %" G_GINT64_FORMAT " more"),
                               count - shown);
}
