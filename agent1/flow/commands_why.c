/* !why: the gate is asked as a task would ask it, and nothing is done. */
#include "agent1/flow/commands.h"

#include <string.h>

#include "agent1/flow/delegate.h"
#include "agent1/flow/gate_facts.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/wire/skill_call.h"
#include "common/base/banned.h"

#define SHOWN_CHARS 40
#define BLANKS      " \t"

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
        return g_strdup_printf(", as the skill %s", skill);
    nearest = fleet_nearest_skill(live, ask->task);
    return g_strdup_printf(", as a shell command%s%s", nearest ? "; nearest skill: " : "",
                           nearest ? nearest : "");
}

static void say_verdict(Core *core, Turn *turn, const GateAsk *ask)
{
    g_autofree char *shown = text_make_line(ask->agent, SHOWN_CHARS);
    g_auto(Verdict) verdict = { 0 };

    gate_facts_judge(core, ask, &verdict);
    if (verdict.kind == GATE_ALLOW) {
        const FleetAgent *live = fleet_find(core->fleet, ask->agent);
        bool is_there = live && core_is_reachable(core, live);
        g_autofree char *reading = describe_reading(core, ask);

        turn_say(turn, "%s: allowed now%s%s", shown, reading,
                 is_there ? "" : "; it is offline, so a task would wait for it");
        return;
    }
    if (verdict.kind == GATE_LATER && verdict.next_ms != INT64_MAX) {
        g_autofree char *next =
            timestamp_local_with_zone(verdict.next_ms, core->now_ms, core->zone);

        turn_say(turn, "%s: not now (%s): %s; next: %s", shown, rule_name(verdict.rule),
                 verdict.reason, next);
        return;
    }
    turn_say(turn, "%s: not now (%s): %s", shown, rule_name(verdict.rule), verdict.reason);
}

/* "<agent> [--now] [| <task>]"; the bar may be left out, as after @<agent>. */
void commands_why(Core *core, Turn *turn, const char *arguments)
{
    size_t length = strcspn(arguments, BLANKS "|");
    g_autofree char *name = g_strndup(arguments, length);
    /* Phones begin a word with a capital. */
    g_autofree char *agent = g_ascii_strdown(name, -1);
    const char *task = arguments + length + strspn(arguments + length, BLANKS);
    g_autofree char *complaint = NULL;
    GateAsk ask = { .role = turn->speaker->role, .agent = agent, .is_now = turn->speaker->is_now };

    if (!*agent) {
        turn_fail(turn, "expected !why <agent> [| <task>]");
        return;
    }
    if (!delegate_take_options(turn, agent, &task, &ask.is_now))
        return;
    if (*task == '|')
        task += 1 + strspn(task + 1, BLANKS);
    ask.task = *task ? task : NULL;
    complaint = ask.task ? delegate_judge_text(task) : NULL;
    if (complaint)
        turn_fail(turn, "%s", complaint);
    else
        say_verdict(core, turn, &ask);
}
