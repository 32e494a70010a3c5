#include "agent1/flow/commands/run_lines.h"

#include <string.h>

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/state/rows.h"
#include "common/base/name.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define RUNS_SHOWN 20

#define STATE_SHOWN_CHARS  120
#define TASK_SHOWN_CHARS   60
#define OUTPUT_SHOWN_CHARS 120

static void say_line(Core *core, Turn *turn, const Run *run, const char *why)
{
    g_autofree char *at = core_local_time(core, run->created_ms);
    g_autofree char *described = run_describe(run);
    g_autofree char *state = text_make_line(described, STATE_SHOWN_CHARS);
    g_autofree char *task = text_make_line(run->task, TASK_SHOWN_CHARS);

    turn_say(turn, "#%" G_GINT64_FORMAT " %s: %s · %s · %s%s%s%s%s%s%s", run->number, run->agent,
             state, at, run->plan ? run->plan : "", run->plan ? " · " : "", task,
             run->is_unconfirmed ? core_words(core, " · unconfirmed") : "",
             run->contradiction ? core_words(core, " · contradicted later") : "", why ? " · " : "",
             why ? why : "");
}

void run_lines_say(Core *core, Turn *turn, const Row *row)
{
    g_autoptr(Run) run = rows_to_run(row);

    if (run)
        say_line(core, turn, run, NULL);
}

/* The first line that says anything; NULL: none does. The caller owns it. */
static char *first_line(const char *output)
{
    const char *at = output ? output + strspn(output, " \t\r\n") : "";
    g_autofree char *line = g_strndup(at, strcspn(at, "\n"));

    return *line ? text_make_line(line, OUTPUT_SHOWN_CHARS) : NULL;
}

void run_lines_say_failure(Core *core, Turn *turn, const Row *row)
{
    g_autoptr(Run) run = rows_to_run(row);
    g_autofree char *why = run ? first_line(run->outcome.output) : NULL;

    if (run)
        say_line(core, turn, run, why);
}

/* Runs outlive the agents that had them: only where there are none is the name looked at. */
void run_lines_say_none(Core *core, Turn *turn, const char *agent)
{
    g_autofree char *nearest = NULL;

    if (!agent) {
        turn_say(turn, "no runs yet; @<agent> <task> makes one");
        return;
    }
    if (registry_find(core->registry, agent) || core_count_waiting(core, agent) > 0) {
        turn_say(turn, "%s: no runs yet", agent);
        return;
    }
    nearest = gate_facts_nearest(core, agent);
    turn_fail(turn, "%s: no agent of that name%s%s", agent,
              core_words(core, nearest ? "; nearest: " : "; !agents lists them"),
              nearest ? nearest : "");
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
