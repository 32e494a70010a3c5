#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/runs/outcome.h"
#include "common/base/banned.h"

static void say_output(Turn *turn, const Run *run)
{
    const RunOutcome *outcome = &run->outcome;
    g_autofree char *text = outcome_text(turn->core, run, &outcome_whole);
    g_autofree char *size = core_size(turn->core, outcome->output_bytes);

    turn_add_run(turn, run->id);
    if (outcome->is_truncated)
        turn_say(turn, "its output was %s; its beginning and its end were kept", size);
    turn_say(turn, "%s%s", text,
             outcome->output && *outcome->output ? ""
                                                 : core_words(turn->core, "; it wrote no output"));
}

static void show_output(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;
    g_autoptr(Run) run = lookup_begin(core, pending, rows, LOOKUP_HINT_RUNS, &turn);

    if (run)
        say_output(&turn, run);
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
    lookup_ask_run(core, turn, show_output, arguments, number, id);
}
