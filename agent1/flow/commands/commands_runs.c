#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/commands/run_lines.h"
#include "agent1/flow/fleet/registration.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/runs/launch.h"
#include "agent1/flow/runs/cancel.h"
#include "agent1/flow/runs/outcome.h"
#include "agent1/flow/state/hold.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/progress.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/run_data.h"
#include "agent1/model/plan.h"
#include "common/base/name.h"
#include "common/base/text.h"
#include "common/base/banned.h"

/* ---- !runs ---- */

void commands_runs(Core *core, Turn *turn, const char *arguments)
{
    g_autofree char *agent = NULL;
    int64_t number;

    /* An agent may be called so, too. */
    if (plan_parse_id(arguments, &number) && !registry_find(core->registry, arguments)) {
        commands_show_plan(core, turn, number);
        return;
    }
    if (run_lines_read_agent(turn, arguments, "!runs [agent]", &agent))
        run_lines_ask(core, turn, run_lines_show, QUERY_RUNS_RECENT, agent);
}

/* ---- !run ---- */

/* The flag of a run that nobody can tell about just now. */
static const char *silence_of(const Core *core, const Run *run)
{
    return run->is_unconfirmed ? core_words(core, "; past its time and the agent is silent") : "";
}

static bool is_at_work(const Run *run)
{
    return run->state == RUN_RUNNING || run->state == RUN_CANCELLING;
}

static void say_work(Core *core, Turn *turn, const Run *run)
{
    const Progress *progress = progress_find(core, run);
    g_autofree char *started = progress ? core_local_time(core, progress->started_ms) : NULL;
    g_autofree char *elapsed =
        progress ? core_duration(turn->core, MAX(core->now_ms - progress->started_ms, 0)) : NULL;
    g_autofree char *size = core_size(turn->core, progress ? MAX(progress->bytes, 0) : 0);

    if (progress)
        turn_say(turn, "started %s, %s ago; output so far %s%s", started, elapsed, size,
                 silence_of(core, run));
    else
        turn_say(turn, "its start and its output come with the agent's next word%s",
                 silence_of(core, run));
}

static void say_end(Core *core, Turn *turn, const Run *run)
{
    const RunOutcome *outcome = &run->outcome;
    g_autofree char *started = NULL;
    g_autofree char *size = NULL;

    if (outcome->started_ms == RUN_ABSENT)
        return;

    started = core_local_time(core, outcome->started_ms);
    size = core_size(turn->core, outcome->output_bytes);
    turn_say(turn,
             "started %s; output %s, CPU %" G_GINT64_FORMAT " ms user, %" G_GINT64_FORMAT
             " ms system, at most %" G_GINT64_FORMAT " KiB of memory",
             started, size, outcome->user_ms, outcome->sys_ms, outcome->max_rss_kib);
}

static void say_schedule(Core *core, Turn *turn, const Run *run)
{
    g_autofree char *nominal = core_local_time(core, run->nominal_ms);

    if (run->schedule && run->nominal_ms > 0)
        turn_say(turn, "the schedule %s made it for %s", run->schedule, nominal);
    else if (run->schedule)
        turn_say(turn, "of the schedule %s, by hand", run->schedule);
}

static void say_times(Core *core, Turn *turn, const Run *run)
{
    g_autofree char *created = core_local_time(core, run->created_ms);
    g_autofree char *expires = core_local_time(core, run->expires_ms);
    g_autofree char *waits = core_local_time(core, launch_wait_until(run));
    g_autofree char *hold = hold_of_run(core, run);

    say_schedule(core, turn, run);
    turn_say(turn, "asked for by %s at %s, attempt %" G_GINT64_FORMAT ", id %s%s%s", run->user,
             created, run->attempt, run->id, run->plan ? core_words(core, ", part of ") : "",
             run->plan ? run->plan : "");
    if (run_state_is_terminal(run->state))
        say_end(core, turn, run);
    else if (is_at_work(run))
        say_work(core, turn, run);
    else if (run->state == RUN_DEFERRED)
        turn_say(turn, "waits until %s at most", waits);
    else
        turn_say(turn, "expires %s%s", expires, silence_of(core, run));
    if (hold)
        turn_say(turn, "%s", hold);
}

/* The state, and the output: all that was kept of it, or so far its last lines. The caller owns it.
 */
static char *describe_whole(const Core *core, const Run *run)
{
    const Progress *progress = is_at_work(run) ? progress_find(core, run) : NULL;
    g_autofree char *text = outcome_text(core, run, &outcome_on_phone);
    g_autofree char *block = NULL;

    if (!progress || !progress->tail)
        return g_steal_pointer(&text);
    block = text_fence(progress->tail);
    return g_strdup_printf(core_words(core, "%s (the end of its output so far)\n%s"), text, block);
}

static void say_run(Core *core, Turn *turn, const Run *run)
{
    g_autofree char *task = text_make_line(run->task, 500);
    g_autofree char *text = NULL;

    turn_add_run(turn, run->id);
    turn_say(turn, "task: %s", task);
    say_times(core, turn, run);
    if (run->contradiction)
        turn_say(turn, "a later report contradicted this; the record stands");
    text = describe_whole(core, run);
    turn_say(turn, "%s", text);
    run_data_add(turn, run, true);
}

static void show_run(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;
    g_autoptr(Run) run = lookup_begin(core, pending, rows, LOOKUP_HINT_RUNS, &turn);

    if (run)
        say_run(core, &turn, run);
    turn_finish(&turn);
}

bool commands_read_id(Turn *turn, const char *arguments, const char *usage, int64_t *out_number,
                      const char **out_id)
{
    const char *digits = *arguments == '#' ? arguments + 1 : arguments;
    g_autofree char *shown = text_make_line(arguments, 40);
    g_autofree char *word = g_strndup(usage, strcspn(usage, " "));

    *out_number = 0;
    *out_id = NULL;
    if (name_is_ulid(arguments)) {
        *out_id = arguments;
        return true;
    }
    if (g_ascii_string_to_signed(digits, 10, 1, INT64_MAX, out_number, NULL))
        return true;

    turn_fail(turn, "%s%sexpected %s, as in %s 12", shown, *shown ? ": " : "", usage, word);
    return false;
}

Run *commands_find_live(const Core *core, int64_t number, const char *id)
{
    return id ? runs_find(core->runs, id) : runs_find_number(core->runs, number);
}

void commands_run(Core *core, Turn *turn, const char *arguments)
{
    int64_t number;
    const char *id;
    const Run *run;

    if (plan_parse_id(arguments, &number)) {
        commands_show_plan(core, turn, number);
        return;
    }
    if (!commands_read_id(turn, arguments, "!run <id>", &number, &id))
        return;

    run = commands_find_live(core, number, id);
    if (run)
        say_run(core, turn, run);
    else
        lookup_ask_run(core, turn, show_run, arguments, number, id);
}

/* ---- !cancel ---- */

/* The run is not live: its record says why it cannot be cancelled. */
static void refuse_cancel(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;
    g_autoptr(Run) run = lookup_begin(core, pending, rows, LOOKUP_HINT_RUNS, &turn);

    if (run) {
        g_autofree char *state = reason_words_run(core, run);

        turn_fail(&turn, "#%" G_GINT64_FORMAT " %s: it ended already: %s", run->number, run->agent,
                  state);
    }
    turn_finish(&turn);
}

static void cancel(Core *core, Turn *turn, Run *run)
{
    int64_t number = run->number;
    g_autofree char *agent = g_strdup(run->agent);
    g_autofree char *conversation = speaker_conversation(turn->speaker);
    /* What is cancelled at once is told where it was asked for; not a second time. */
    bool is_told = g_strcmp0(run->conversation, conversation) == 0 && !run->plan &&
                   turn->speaker->door != DOOR_CLI;

    if (!run->is_handed)
        outcome_is_answered(run, turn->speaker);
    switch (cancel_run(core, run, turn->speaker->user)) {
    case CANCEL_DONE:
        if (!is_told)
            turn_say(turn, "#%" G_GINT64_FORMAT " %s: cancelled", number, agent);
        break;
    case CANCEL_ASKED:
        run->is_told = false; /* its end is to come */
        turn_say(turn, "#%" G_GINT64_FORMAT " %s: cancelling", number, agent);
        break;
    case CANCEL_REPEAT:
        run->is_told = false;
        turn_say(turn, "#%" G_GINT64_FORMAT " %s: cancelling already", number, agent);
        break;
    }
}

void commands_cancel(Core *core, Turn *turn, const char *arguments)
{
    int64_t number;
    const char *id;
    Run *run;

    if (plan_parse_id(arguments, &number)) {
        commands_cancel_plan(core, turn, number);
        return;
    }
    if (!commands_read_id(turn, arguments, "!cancel <id>", &number, &id))
        return;

    run = commands_find_live(core, number, id);
    if (run)
        cancel(core, turn, run);
    else
        lookup_ask_run(core, turn, refuse_cancel, arguments, number, id);
}
