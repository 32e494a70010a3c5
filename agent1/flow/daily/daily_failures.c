#include "agent1/flow/daily/daily_failures.h"

#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/run_line.h"
#include "common/base/banned.h"

int64_t daily_failures_count(const Row *figures)
{
    static const unsigned columns[] = { FIGURES_FAILED,  FIGURES_TIMED_OUT, FIGURES_UNKNOWN,
                                        FIGURES_EXPIRED, FIGURES_MISSED,    FIGURES_REFUSED };
    int64_t sum = 0;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(columns); i++)
        sum += row_int(figures, columns[i]);
    return sum;
}

void daily_failures_append(GString *text, const Core *core, const GPtrArray *rows)
{
    int64_t count = 0;
    int64_t shown = 0;
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];
        g_autoptr(Run) run = row->table == TABLE_RUNS ? rows_to_run(row) : NULL;
        g_autofree char *line = run ? run_line_with_why(core, run) : NULL;

        if (row->table == RESULT_FIGURES && !row_is_set(row, FIGURES_AGENT))
            count = daily_failures_count(row);
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
