/* REPORT: and REPORT_ERRORS: the last runs, and the last that failed; of all times, or of one. */
#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/range_report.h"
#include "agent1/flow/commands/run_lines.h"
#include "agent1/flow/voice/run_data.h"
#include "common/base/banned.h"

/* ---- REPORT: ---- */

void trigger_report(Core *core, Turn *turn, const char *rest)
{
    g_auto(ReportLine) line = { 0 };

    if (!report_line_read(turn, "REPORT:", rest, &line))
        return;
    if (line.has_range)
        range_report_ask(core, turn, &line, false);
    else
        run_lines_ask(core, turn, run_lines_show, QUERY_RUNS_RECENT, line.agent);
}

/* ---- REPORT_ERRORS: ---- */

/* No failures of an agent that has runs is good news; of one that is none, a slip. */
static void show_no_failures(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    run_data_count(&turn, 0);
    if (rows->len == 0)
        run_lines_say_none(core, &turn, pending->argument);
    else if (pending->argument)
        turn_say(&turn, "%s: no failed runs", pending->argument);
    else
        turn_say(&turn, "no failed runs");
    turn_finish(&turn);
}

static void show_failures(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;
    unsigned i;

    turn_init(&turn, core, pending->speaker);
    for (i = 0; i < rows->len; i++)
        run_lines_say_failure(core, &turn, rows->pdata[i]);
    if (rows->len == 0)
        run_lines_ask(core, &turn, show_no_failures, QUERY_RUNS_RECENT, pending->argument);
    turn_finish(&turn);
}

void trigger_report_errors(Core *core, Turn *turn, const char *rest)
{
    g_auto(ReportLine) line = { 0 };

    if (!report_line_read(turn, "REPORT_ERRORS:", rest, &line))
        return;
    if (line.has_range)
        range_report_ask(core, turn, &line, true);
    else
        run_lines_ask(core, turn, show_failures, QUERY_RUNS_FAILED, line.agent);
}
