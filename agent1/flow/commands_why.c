/* !why: the gate is asked as a task would ask it, and nothing is done. */
#include "agent1/flow/commands.h"

#include <string.h>

#include "agent1/flow/delegate.h"
#include "agent1/flow/gate_facts.h"
#include "agent1/flow/targets.h"
#include "agent1/model/target.h"
#include "agent1/model/task_options.h"
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
    const char *task = arguments;
    g_autofree char *target = target_take(&task);
    g_autoptr(GPtrArray) names = NULL;
    g_autofree char *complaint = NULL;
    TaskOptions options = { .is_now = turn->speaker->is_now };
    GateAsk ask;
    unsigned i;

    if (!*target) {
        turn_fail(turn, "expected !why <agent> [| <task>]");
        return;
    }
    complaint = task_options_take(&options, &task, target);
    if (*task == '|')
        task += 1 + strspn(task + 1, BLANKS);
    if (!complaint && *task)
        complaint = delegate_judge_text(task);
    if (complaint) {
        turn_fail(turn, "%s", complaint);
        return;
    }
    if (!targets_find(core, turn, target, &names))
        return;
    for (i = 0; i < names->len && i < AGENTS_SHOWN; i++) {
        gate_facts_of_speaker(turn->speaker, names->pdata[i], *task ? task : NULL, &ask);
        ask.is_now = options.is_now;
        say_verdict(core, turn, &ask);
    }
    if (names->len > AGENTS_SHOWN)
        turn_say(turn, "and %u more", names->len - AGENTS_SHOWN);
}
