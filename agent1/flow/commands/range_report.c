#include "agent1/flow/commands/range_report.h"

#include <string.h>

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/commands/run_lines.h"
#include "agent1/flow/daily/daily_figures.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/voice/run_data.h"
#include "common/data/local_day.h"
#include "common/base/banned.h"

#define RUNS_SHOWN 20

/* "what ended on 2026-11-25, Europe/Paris". The caller owns it. */
static char *describe(const Core *core, const ReportRange *range)
{
    g_autofree char *first = local_day_print(range->first_day);
    g_autofree char *last = local_day_print(range->last_day);
    g_autofree char *since = core_local_time_with_zone(core, range->from_ms);

    if (!range->has_days)
        return g_strdup_printf(core_words(core, "what ended since %s"), since);
    if (range->first_day == range->last_day)
        return g_strdup_printf(core_words(core, "what ended on %s, %s"), first, core->zone_name);
    return g_strdup_printf(core_words(core, "what ended from %s to %s, %s"), first, last,
                           core->zone_name);
}

/* ---- the answer ---- */

/* What was asked, as the continuation gets it: "<agent or nothing>\n<title>". */
typedef struct Asked {
    char *agent; /* NULL: all */
    const char *title;
} Asked;

static Asked read_asked(const char *argument)
{
    const char *end = strchr(argument, '\n');

    return (Asked){ .agent = end > argument ? g_strndup(argument, (size_t)(end - argument)) : NULL,
                    .title = end + 1 };
}

static void say_head(Core *core, Turn *turn, const Asked *asked, const Row *figures)
{
    const char *name = asked->agent ? asked->agent : core_words(core, "all agents");
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "%s: %s\n", name, asked->title);
    daily_figures_append(text, core, figures, 0);
    if (figures && row_int(figures, FIGURES_RUNS) >= QUERY_RANGE_RUNS_MAX)
        g_string_append_printf(text, core_words(core, " (only the last %d are counted)"),
                               QUERY_RANGE_RUNS_MAX);
    turn_say(turn, "%s", text->str);
}

static void say_rest(Turn *turn, int64_t count, int64_t shown)
{
    if (count <= shown)
        return;

    turn_say(turn, "and %" G_GINT64_FORMAT " more", count - shown);
    run_data_count(turn, count - shown);
}

static void show(Core *core, const Pending *pending, const GPtrArray *rows, bool is_failures)
{
    Asked asked = read_asked(pending->argument);
    const Row *figures = daily_figures_of(rows, NULL);
    int64_t count = 0;
    int64_t shown = 0;
    Turn turn;
    unsigned i;

    turn_init(&turn, core, pending->speaker);
    run_data_count(&turn, 0);
    if (!figures && asked.agent && !registry_find(core->registry, asked.agent))
        run_lines_say_none(core, &turn, asked.agent);
    else
        say_head(core, &turn, &asked, figures);
    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];

        if (row->table != TABLE_RUNS)
            continue;
        shown++;
        if (is_failures)
            run_lines_say_failure(core, &turn, row);
        else
            run_lines_say(core, &turn, row);
    }
    if (figures)
        count = is_failures ? daily_figures_failures(figures) : row_int(figures, FIGURES_RUNS);
    if (figures && is_failures && count == 0)
        turn_say(&turn, "no failed runs");
    say_rest(&turn, count, shown);
    turn_finish(&turn);
    g_free(asked.agent);
}

static void show_runs(Core *core, const Pending *pending, const GPtrArray *rows)
{
    show(core, pending, rows, false);
}

static void show_failures(Core *core, const Pending *pending, const GPtrArray *rows)
{
    show(core, pending, rows, true);
}

void range_report_ask(Core *core, Turn *turn, const ReportLine *line, bool is_failures)
{
    const EffectQuery query = { .kind = is_failures ? QUERY_RANGE_FAILED : QUERY_RANGE,
                                .text = line->agent,
                                .number = line->range.from_ms,
                                .until = line->range.until_ms,
                                .limit = RUNS_SHOWN };
    g_autofree char *title = describe(core, &line->range);
    g_autofree char *asked = g_strdup_printf("%s\n%s", line->agent ? line->agent : "", title);

    if (!pending_ask_query(core, is_failures ? show_failures : show_runs, turn->speaker, asked,
                           &query))
        lookup_say_busy(turn);
}
