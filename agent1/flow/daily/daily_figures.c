#include "agent1/flow/daily/daily_figures.h"

#include "common/base/banned.h"

const Row *daily_figures_of(const GPtrArray *rows, const char *agent)
{
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];

        if (row->table == RESULT_FIGURES && g_strcmp0(row_text(row, FIGURES_AGENT), agent) == 0)
            return row;
    }
    return NULL;
}

int64_t daily_figures_failures(const Row *figures)
{
    static const unsigned columns[] = { FIGURES_FAILED,  FIGURES_TIMED_OUT, FIGURES_UNKNOWN,
                                        FIGURES_EXPIRED, FIGURES_MISSED,    FIGURES_REFUSED };
    int64_t sum = 0;
    unsigned i;

    for (i = 0; figures && i < G_N_ELEMENTS(columns); i++)
        sum += row_int(figures, columns[i]);
    return sum;
}

/* The parts add up to the runs; what is zero is left out. What is pending has not ended. */
static void append_counts(GString *text, const Core *core, const Row *figures, unsigned pending)
{
    static const struct {
        unsigned column;
        const char *word;
    } parts[] = {
        { FIGURES_SUCCEEDED, "succeeded" }, { FIGURES_FAILED, "failed" },
        { FIGURES_TIMED_OUT, "timed_out" }, { FIGURES_UNKNOWN, "unknown" },
        { FIGURES_EXPIRED, "expired" },     { FIGURES_MISSED, "missed" },
        { FIGURES_REFUSED, "refused" },     { FIGURES_CANCELLED, "cancelled" },
        { FIGURES_DENIED, "denied" },       { FIGURES_SKIPPED, "skipped" },
    };
    int64_t runs = figures ? row_int(figures, FIGURES_RUNS) : 0;
    unsigned i;

    g_string_append_printf(text, core_words(core, "%" G_GINT64_FORMAT " run%s"), runs,
                           core_plural(core, runs));
    for (i = 0; figures && i < G_N_ELEMENTS(parts); i++) {
        int64_t count = row_int(figures, parts[i].column);

        if (count > 0)
            g_string_append_printf(text, ", %" G_GINT64_FORMAT " %s", count, parts[i].word);
    }
    if (pending > 0)
        g_string_append_printf(text, core_words(core, "; %u pending"), pending);
}

void daily_figures_append(GString *text, const Core *core, const Row *figures, unsigned pending)
{
    g_autofree char *median = NULL;
    g_autofree char *p95 = NULL;

    append_counts(text, core, figures, pending);
    if (!figures || !row_is_set(figures, FIGURES_MEDIAN_MS))
        return;
    median = core_duration(core, row_int(figures, FIGURES_MEDIAN_MS));
    p95 = core_duration(core, row_int(figures, FIGURES_P95_MS));
    g_string_append_printf(text, core_words(core, "; median %s, 95 %% within %s"), median, p95);
}
