/* !why: the gate is asked as a task would ask it, and nothing is done. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/commands/task_line.h"
#include "agent1/flow/gate/approvals.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/gate/targets.h"
#include "agent1/flow/runs/launch.h"
#include "agent1/flow/state/hold.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/state/rows.h"
#include "agent1/model/target.h"
#include "agent1/model/task_options.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/wire/skill_call.h"
#include "common/base/banned.h"

#define SHOWN_CHARS  40
#define AGENTS_SHOWN 50
#define BLANKS       " \t"

/* How the agent would take the task; "" without a task, or when its skills are not known. The
 * caller owns it. */
static char *describe_reading(const Core *core, const GateAsk *ask)
{
    const FleetAgent *live = fleet_find(core->fleet, ask->agent);
    g_autofree char *skill = NULL;
    g_autofree char *nearest = NULL;

    if (!ask->task || !live || !live->skills)
        return g_strdup("");

    skill = gate_facts_skill(core, ask->agent, ask->task);
    if (strcmp(skill, SKILL_SHELL) != 0)
        return g_strdup_printf(core_words(core, ", as the skill %s"), skill);
    nearest = fleet_nearest_skill(live, ask->task);
    return g_strdup_printf(core_words(core, ", as a shell command%s%s"),
                           nearest ? core_words(core, "; nearest skill: ") : "",
                           nearest ? nearest : "");
}

static void say_verdict(Core *core, Turn *turn, const GateAsk *ask)
{
    g_autofree char *shown = text_make_line(ask->agent, SHOWN_CHARS);
    g_auto(Verdict) verdict = { 0 };
    g_autofree char *reason = NULL;

    gate_facts_judge(core, ask, &verdict);
    reason = verdict.reason ? reason_words(core, verdict.reason) : NULL;
    if (verdict.kind == GATE_ALLOW) {
        const FleetAgent *live = fleet_find(core->fleet, ask->agent);
        bool is_there = live && core_is_reachable(core, live);
        g_autofree char *reading = describe_reading(core, ask);

        g_autofree char *hold = hold_of_agent(core, ask->agent);

        turn_say(turn, "%s: allowed now%s%s%s%s", shown, reading,
                 is_there ? "" : core_words(core, "; it is offline, so a task would wait for it"),
                 hold ? " · " : "", hold ? hold : "");
        return;
    }
    if (verdict.kind == GATE_LATER && verdict.next_ms != INT64_MAX) {
        g_autofree char *next = core_local_time_with_zone(core, verdict.next_ms);

        turn_say(turn, "%s: not now (%s): %s; next: %s", shown, rule_name(verdict.rule), reason,
                 next);
        return;
    }
    turn_say(turn, "%s: %s (%s): %s", shown,
             core_words(core, verdict.kind == GATE_ASK ? "not without a person" : "not now"),
             rule_name(verdict.rule), reason);
}

/* ---- rule by rule ---- */

/* "an approval is needed, by rule 2 of policy.json (no deploys on Friday)". The caller owns it. */
static char *describe_policy(const Core *core, const RulebookAnswer *answer)
{
    static const char *const words[] = {
        [POLICY_ALLOW] = WORDS_LATER("allowed"),
        [POLICY_ASK] = WORDS_LATER("an approval is needed"),
        [POLICY_DENY] = WORDS_LATER("forbidden"),
    };
    const char *word = core_words(core, words[answer->decision]);

    if (answer->place == 0)
        return g_strdup_printf(
            core_words(core, "%s, by the preset \"%s\" (no rule of policy.json fits)"), word,
            rulebook_preset(core->rulebook));
    return g_strdup_printf(core_words(core, "%s, by rule %u of policy.json%s%s%s"), word,
                           answer->place, answer->reason ? " (" : "",
                           answer->reason ? answer->reason : "", answer->reason ? ")" : "");
}

static void say_policy(Core *core, Turn *turn, const GateAsk *ask)
{
    g_autofree char *policy = NULL;
    g_autofree char *who = NULL;
    RulebookAnswer answer;
    Risk risk;

    gate_facts_policy(core, ask, &answer, &risk);
    policy = describe_policy(core, &answer);
    if (ask->task)
        turn_say(turn, "- risk: %s; policy: %s", risk_name(risk), policy);
    else
        turn_say(turn, "- policy: %s", policy);
    if (answer.decision != POLICY_ASK)
        return;
    who = approvals_who(core, ask->user, answer.needs_second);
    turn_say(turn, "- approval: from %s%s", who,
             answer.needs_second ? core_words(core, " (a second user: not from who asks)") : "");
}

static void say_windows(Core *core, Turn *turn, const GateAsk *ask)
{
    HoursView view;
    Hours hours;
    g_autofree char *at = NULL;
    int64_t change_ms;

    core_hours(core, registry_find(core->registry, ask->agent), &hours);
    hours_look(&hours, core->now_ms, &view);
    change_ms = view.blackout || view.is_outside_work ? view.opens_ms : view.closes_ms;
    at = change_ms == INT64_MAX ? NULL : core_local_time_with_zone(core, change_ms);
    if (view.blackout || view.is_outside_work)
        turn_say(turn, "- windows: closed, %s%s",
                 core_words(core, at ? "open from " : "not open within two weeks"), at ? at : "");
    else
        turn_say(turn, "- windows: open%s%s",
                 core_words(core, at ? " until " : ", without an end in sight"), at ? at : "");
}

static void say_state(Core *core, Turn *turn, const GateAsk *ask)
{
    const FleetAgent *live = fleet_find(core->fleet, ask->agent);
    bool is_paused = live && (live->is_pause_wished || live->state == AGENT_PAUSED);

    turn_say(turn, "- role: %s, and %s is needed; agent: %s; %u of %d runs in hand",
             role_name(ask->role), role_name(ROLE_OPERATOR),
             core_words(core, is_paused                               ? "paused"
                              : live && core_is_reachable(core, live) ? "there"
                                                                      : "not there"),
             runs_count_of(core->runs, ask->agent), QUEUE_MAX_PER_AGENT);
}

/* Whoever is unknown or not accepted has no more to tell. */
static void say_whole(Core *core, Turn *turn, const GateAsk *ask)
{
    const RegistryAgent *entry = registry_find(core->registry, ask->agent);

    say_verdict(core, turn, ask);
    if (!entry || !entry->is_accepted)
        return;
    say_policy(core, turn, ask);
    say_windows(core, turn, ask);
    say_state(core, turn, ask);
}

/* ---- a run ---- */

static void say_run(Turn *turn, const Run *run)
{
    g_autofree char *state = launch_describe(turn->core, run);

    turn_say(turn, "#%" G_GINT64_FORMAT " %s: %s", run->number, run->agent, state);
    if (run->decided_by) {
        g_autofree char *at = core_local_time(turn->core, run->decided_ms);

        turn_say(turn, "- %s by %s at %s",
                 core_words(turn->core, run->state == RUN_DENIED ? "rejected" : "approved"),
                 run->decided_by, at);
    }
}

static void show_run(Core *core, const Pending *pending, const GPtrArray *rows)
{
    g_autoptr(Run) run = rows->len > 0 ? rows_to_run(rows->pdata[0]) : NULL;
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    if (run)
        say_run(&turn, run);
    else
        turn_fail(&turn, "%s: no such run, and no agent; !runs lists the last ones",
                  pending->argument);
    turn_finish(&turn);
}

/* What the gate would say of it now is of interest while it waits. */
static void why_run(Core *core, Turn *turn, const char *word, int64_t number)
{
    const Run *run = runs_find_number(core->runs, number);
    GateAsk ask;

    if (run) {
        say_run(turn, run);
        gate_facts_of_run(core, run, &ask);
        say_whole(core, turn, &ask);
    } else if (!pending_ask(core, show_run, turn->speaker, NULL, NULL, word, QUERY_RUN_BY_NUMBER,
                            NULL, number, 1)) {
        lookup_say_busy(turn);
    }
}

/* "#12", and "12" where no agent is called so. */
static bool is_run_name(const Core *core, const char *word, int64_t *out_number)
{
    const char *digits = *word == '#' ? word + 1 : word;

    return g_ascii_string_to_signed(digits, 10, 1, INT64_MAX, out_number, NULL) &&
           (*word == '#' || !registry_find(core->registry, word));
}

/* "<agent> [--now] [| <task>]"; the bar may be left out, as after @<agent>. */
void commands_why(Core *core, Turn *turn, const char *arguments)
{
    const char *task = arguments;
    g_autofree char *target = target_take(&task);
    g_autoptr(GPtrArray) names = NULL;
    g_autofree char *complaint = NULL;
    TaskOptions options = { .is_now = turn->speaker->is_now };
    int64_t number;
    GateAsk ask;
    unsigned i;

    if (!*target) {
        turn_fail(turn, "expected !why <agent> [| <task>], or !why <id> of a run");
        return;
    }
    if (!*task && is_run_name(core, target, &number)) {
        why_run(core, turn, target, number);
        return;
    }
    complaint = task_options_take(&options, &task, target);
    if (*task == '|')
        task += 1 + strspn(task + 1, BLANKS);
    if (!complaint && *task)
        complaint = task_line_judge(core, task);
    if (complaint) {
        turn_fail(turn, "%s", complaint);
        return;
    }
    if (!targets_find(core, turn, target, &names))
        return;
    for (i = 0; i < names->len && i < AGENTS_SHOWN; i++) {
        gate_facts_of_speaker(turn->speaker, names->pdata[i], *task ? task : NULL, &ask);
        ask.is_now = options.is_now;
        if (names->len == 1)
            say_whole(core, turn, &ask);
        else
            say_verdict(core, turn, &ask);
    }
    if (names->len > AGENTS_SHOWN)
        turn_say(turn, "and %u more", names->len - AGENTS_SHOWN);
}
