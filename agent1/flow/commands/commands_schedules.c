/* !tasks and PLAN_LIST: the schedules; !pause, !resume and !fire, which hold one, or run it now. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/hints.h"
#include "agent1/flow/commands/offer_later.h"
#include "agent1/flow/commands/run_lines.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/runs/launch.h"
#include "agent1/flow/schedules/schedule_data.h"
#include "agent1/flow/schedules/schedule_text.h"
#include "agent1/flow/schedules/schedules.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define LIST        "schedules"
#define SHOWN_MAX   100
#define SHOWN_CHARS 64

/* ---- which ---- */

Schedule *commands_read_schedule(Core *core, Turn *turn, const char *arguments, const char *usage)
{
    g_autofree char *shown = text_make_line(arguments, SHOWN_CHARS);
    Schedule *schedule = schedule_book_find(core, arguments);
    g_autofree char *nearest = NULL;

    if (!*arguments) {
        turn_fail(turn, "expected %s; !tasks lists the schedules", usage);
        return NULL;
    }
    if (schedule && schedule->entry)
        return schedule;

    nearest = schedule_text_nearest(core, shown);
    turn_fail(turn, "%s: no schedule of that name%s; !tasks lists them", shown, nearest);
    return NULL;
}

/* ---- showing ---- */

/* Schedules outlive the agents that they are for: only where there are none is the name looked at.
 */
static void say_none(Core *core, Turn *turn, const char *agent)
{
    if (!agent)
        turn_say(turn,
                 "none; an operator proposes one with SCHEDULE: daily 03:00 | <agent> | <task>");
    else if (run_lines_is_agent(core, turn, agent))
        turn_say(turn,
                 "%s: no schedules; an operator proposes one with SCHEDULE: daily 03:00 | %s | "
                 "<task>",
                 agent, agent);
}

/* For people and for programs alike: to look at one takes long where many of its times are skipped.
 */
static void say_list(Core *core, Turn *turn, const GPtrArray *schedules, unsigned count)
{
    bool is_told = turn_tells_programs(turn);
    unsigned i;

    for (i = 0; i < schedules->len; i++) {
        const Schedule *schedule = schedules->pdata[i];
        g_auto(NextStart) next = { 0 };
        g_autofree char *line = NULL;

        schedule_text_next_start(core, schedule, &next);
        line = schedule_text_line_of(core, schedule, &next);
        turn_say(turn, "%s", line);
        if (is_told)
            answer_data_add(&turn->data, LIST, schedule_data(core, schedule, &next));
    }
    if (count > schedules->len)
        turn_say(turn, "and %u more", count - schedules->len);
    if (is_told)
        answer_data_count(&turn->data, LIST, count - schedules->len);
}

void commands_tasks(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GPtrArray) schedules = NULL;
    g_autofree char *agent = NULL;
    unsigned count;

    if (!run_lines_read_agent(turn, arguments, "!tasks [agent]", &agent))
        return;

    schedules = schedule_book_list_by_due(core, agent, SHOWN_MAX);
    count = schedule_book_count(core, agent);
    if (!agent || count > 0)
        turn_say(turn, "Schedules, zone %s (" TASKS_FILE "):", core->zone_name);
    say_list(core, turn, schedules, count);
    if (count == 0)
        say_none(core, turn, agent);
    if (core->reload_error)
        turn_say(turn, "The edited files are NOT in use: !status tells why.");
}

/* ---- holding ---- */

static void say_held(Turn *turn, const Schedule *schedule, const char *what)
{
    turn_say(turn, "%s: %s", schedule->id, core_words(turn->core, what));
}

/* An agent is paused by another word. */
static bool is_agent(Core *core, Turn *turn, const char *name, bool is_held)
{
    const char *command = hints_agent_command(core, is_held ? COMMAND_PAUSE : COMMAND_RESUME, name);

    if (!command)
        return false;
    turn_fail(turn,
              is_held ? "%s is an agent, and !pause is for schedules: %s %s pauses it"
                      : "%s is an agent, and !resume is for schedules: %s %s resumes it",
              name, command, name);
    return true;
}

static void set_held(Core *core, Turn *turn, const char *arguments, bool is_held)
{
    Schedule *schedule;
    g_autofree char *line = NULL;

    if (is_agent(core, turn, arguments, is_held))
        return;
    schedule = commands_read_schedule(core, turn, arguments,
                                      is_held ? "!pause <schedule>" : "!resume <schedule>");
    if (!schedule)
        return;
    if (is_held == (schedule->paused_by != NULL)) {
        say_held(turn, schedule,
                 is_held ? WORDS_LATER("it is paused already") : WORDS_LATER("it is not paused"));
        return;
    }
    if (turn->speaker->is_dry_run) {
        say_held(turn, schedule, WORDS_LATER("dry run: nothing was changed"));
        return;
    }
    schedules_hold(core, schedule, is_held ? turn->speaker->user : NULL);
    line = schedule_text_line(core, schedule);
    turn_say(turn, "%s", line);
}

void commands_pause_schedule(Core *core, Turn *turn, const char *arguments)
{
    set_held(core, turn, arguments, true);
}

void commands_resume_schedule(Core *core, Turn *turn, const char *arguments)
{
    set_held(core, turn, arguments, false);
}

/* ---- running now ---- */

static const Run *find_unended(const Core *core, const Schedule *schedule)
{
    return schedule->last_run && schedule->entry->overlap != OVERLAP_ALLOW
               ? runs_find(core->runs, schedule->last_run)
               : NULL;
}

static void fire(Core *core, Turn *turn, Schedule *schedule, const Verdict *verdict)
{
    const LaunchOrder order = {
        .speaker = turn->speaker,
        .agent = schedule->entry->agent,
        .task = schedule->entry->task,
        .schedule = schedule->id,
        .turn = schedule->turn,
        .timeout_ms = schedule->entry->timeout_ms,
        .is_idempotent = schedule->entry->is_idempotent,
    };
    const Run *run = launch_run(core, &order, verdict);

    g_free(schedule->last_run);
    schedule->last_run = g_strdup(run->id);
    schedule->last_number = run->number;
    schedule_book_store(core, schedule);
    launch_say(turn, run);
}

/* Closed hours: what they are, and how it can run then. No question: the file may say another task
 * by the time of the yes. */
static void refuse_fire(Turn *turn, const Schedule *schedule, const Verdict *verdict)
{
    turn_refuse(turn, schedule->entry->agent, verdict->rule, verdict->reason, verdict->next_ms);
    if (offer_later_fits(verdict, turn->speaker->is_now))
        turn_say(turn, "to run it then: %s %s --defer", command_info(COMMAND_FIRE)->name,
                 schedule->id);
}

void commands_fire(Core *core, Turn *turn, const char *arguments)
{
    g_autofree char *name = NULL;
    bool may_wait = offer_take_defer(arguments, true, &name);
    Schedule *schedule =
        commands_read_schedule(core, turn, name, "!fire <schedule> [" OFFER_DEFER "]");
    g_auto(Verdict) verdict = { 0 };
    const Run *before;
    GateAsk ask;

    if (!schedule)
        return;
    before = find_unended(core, schedule);
    if (before) {
        turn_fail(turn,
                  "%s: its last run, #%" G_GINT64_FORMAT
                  ", has not ended: %s; !cancel %" G_GINT64_FORMAT " stops it",
                  schedule->id, before->number, run_state_name(before->state), before->number);
        return;
    }
    gate_facts_of_speaker(turn->speaker, schedule->entry->agent, schedule->entry->task, &ask);
    gate_facts_judge(core, &ask, &verdict);
    if (verdict.kind == GATE_DENY || (verdict.kind == GATE_LATER && !may_wait))
        refuse_fire(turn, schedule, &verdict);
    else if (turn->speaker->is_dry_run)
        say_held(turn, schedule,
                 verdict.kind == GATE_LATER
                     ? WORDS_LATER("it would wait for its hours (dry run: nothing was sent)")
                     : WORDS_LATER("the gate lets it pass (dry run: nothing was sent)"));
    else
        fire(core, turn, schedule, &verdict);
}
