#include "agent1/flow/commands/commands.h"

#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/work/outcome.h"
#include "common/base/quantity.h"
#include "common/base/banned.h"

static void say_output(Turn *turn, const Run *run)
{
    const RunOutcome *outcome = &run->outcome;
    g_autofree char *text = outcome_text(turn->core, run, &outcome_whole);
    g_autofree char *size = size_format(outcome->output_bytes);

    turn_add_run(turn, run->id);
    if (outcome->is_truncated)
        turn_say(turn, "its output was %s; its beginning and its end were kept", size);
    turn_say(turn, "%s%s", text,
             outcome->output && *outcome->output ? ""
                                                 : core_words(turn->core, "; it wrote no output"));
}

static void show_output(Core *core, const Pending *pending, const GPtrArray *rows)
{
    g_autoptr(Run) run = rows->len > 0 ? rows_to_run(rows->pdata[0]) : NULL;
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    if (run)
        say_output(&turn, run);
    else
        turn_fail(&turn, "%s: no such run; !runs lists the last ones", pending->argument);
    turn_finish(&turn);
}

void commands_output(Core *core, Turn *turn, const char *arguments)
{
    int64_t number;
    const char *id;
    const Run *run;

    if (!commands_read_id(turn, arguments, "!output <id>", &number, &id))
        return;

    run = commands_find_live(core, number, id);
    if (run) {
        turn_say(turn,
                 "#%" G_GINT64_FORMAT " %s: not over yet; !run %" G_GINT64_FORMAT
                 " shows the end of its output so far",
                 run->number, run->agent, run->number);
        return;
    }
    if (!pending_ask(core, show_output, turn->speaker, NULL, NULL, arguments,
                     id ? QUERY_RUN_BY_ID : QUERY_RUN_BY_NUMBER, id, number, 1))
        turn_fail(turn, "too many questions wait for the database; try again in a moment");
}
