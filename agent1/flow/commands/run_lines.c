#include "agent1/flow/commands/run_lines.h"

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/run_data.h"
#include "agent1/flow/voice/run_line.h"
#include "common/base/name.h"
#include "common/base/banned.h"

#define RUNS_SHOWN 20

void run_lines_say(Core *core, Turn *turn, const Row *row)
{
    g_autoptr(Run) run = rows_to_run(row);
    g_autofree char *line = run ? run_line(core, run) : NULL;

    if (!line)
        return;

    turn_say(turn, "%s", line);
    run_data_add(turn, run, false);
}

void run_lines_say_failure(Core *core, Turn *turn, const Row *row)
{
    g_autoptr(Run) run = rows_to_run(row);
    g_autofree char *line = run ? run_line_with_why(core, run) : NULL;

    if (!line)
        return;

    turn_say(turn, "%s", line);
    run_data_add(turn, run, false);
}

bool run_lines_is_agent(Core *core, Turn *turn, const char *agent)
{
    g_autofree char *nearest = NULL;

    if (registry_find(core->registry, agent) || core_count_waiting(core, agent) > 0)
        return true;

    nearest = gate_facts_nearest(core, agent);
    turn_fail(turn, "%s: no agent of that name%s%s", agent,
              core_words(core, nearest ? "; nearest: " : "; !agents lists them"),
              nearest ? nearest : "");
    return false;
}

/* Runs outlive the agents that had them: only where there are none is the name looked at. */
void run_lines_say_none(Core *core, Turn *turn, const char *agent)
{
    if (!agent)
        turn_say(turn, "no runs yet; @<agent> <task> makes one");
    else if (run_lines_is_agent(core, turn, agent))
        turn_say(turn, "%s: no runs yet", agent);
}

bool run_lines_read_agent(Turn *turn, const char *arguments, const char *usage, char **out_agent)
{
    /* Phones begin a word with a capital. */
    g_autofree char *agent = *arguments ? g_ascii_strdown(arguments, -1) : NULL;

    if (agent && !name_is_valid(agent)) {
        turn_fail(turn, "expected %s", usage);
        return false;
    }
    *out_agent = g_steal_pointer(&agent);
    return true;
}

void run_lines_show(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;
    unsigned i;

    turn_init(&turn, core, pending->speaker);
    run_data_count(&turn, 0);
    for (i = 0; i < rows->len; i++)
        run_lines_say(core, &turn, rows->pdata[i]);
    if (rows->len == 0)
        run_lines_say_none(core, &turn, pending->argument);
    turn_finish(&turn);
}

void run_lines_ask(Core *core, Turn *turn, PendingContinue resume, QueryKind kind,
                   const char *agent)
{
    const Lookup lookup = {
        .resume = resume, .argument = agent, .kind = kind, .text = agent, .limit = RUNS_SHOWN
    };

    lookup_ask(core, turn, &lookup);
}
