#include "agent1/flow/commands/delegate.h"

#include <string.h>

#include "agent1/flow/commands/offer_later.h"
#include "agent1/flow/commands/plan_make.h"
#include "agent1/flow/commands/task_line.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/gate/targets.h"
#include "agent1/flow/runs/launch.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/model/target.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/utterance.h"
#include "common/base/banned.h"

#define OPTION_SHOWN_CHARS 40
#define SHOWN_TASK_CHARS   60

/* What would be done, and is not. */
static void say_dry_run(Turn *turn, const char *agent, const Verdict *verdict)
{
    static const char *const words[] = {
        [GATE_ALLOW] = WORDS_LATER("allowed"),
        [GATE_ASK] = WORDS_LATER("it would wait for an approval"),
        [GATE_LATER] = WORDS_LATER("it would be deferred"),
    };
    g_autofree char *reason = verdict->reason ? reason_words(turn->core, verdict->reason) : NULL;

    turn_say(turn, "%s: %s%s%s%s (dry run: nothing was sent)", agent,
             core_words(turn->core, words[verdict->kind]), reason ? " (" : "", reason ? reason : "",
             reason ? ")" : "");
}

/* Notes the agent as one that would take the task later. */
static void add_later(GString *later, const GateAsk *ask, const Verdict *verdict)
{
    if (offer_later_fits(verdict, ask->is_now))
        g_string_append(later, ask->agent);
}

/* Once for all of them. */
static void offer(Core *core, Turn *turn, const char *later, const char *task)
{
    g_autofree char *text = g_strdup_printf("%s " OFFER_DEFER " | %s", later, task);
    g_autofree char *line = text_make_line(task, SHOWN_TASK_CHARS);
    g_autofree char *agents = text_make_line(later, SHOWN_TASK_CHARS);
    g_autofree char *shown =
        g_strdup_printf(core_words(core, "run on %s when its hours allow: %s"), agents, line);

    offer_later(core, turn, &(Question){ .kind = QUESTION_DEFER, .text = text, .shown = shown });
}

static void delegate(Core *core, Turn *turn, const char *agent, const char *task,
                     const TaskOptions *options, GString *later)
{
    LaunchOrder order = { .speaker = turn->speaker, .agent = agent, .task = task };
    g_auto(Verdict) verdict = { 0 };
    GateAsk ask;

    gate_facts_of_speaker(turn->speaker, agent, task, &ask);
    ask.is_now = ask.is_now || options->is_now;
    gate_facts_judge(core, &ask, &verdict);
    if (verdict.kind == GATE_DENY || (verdict.kind == GATE_LATER && !options->may_wait)) {
        g_autofree char *shown = text_make_line(agent, 40);

        turn_refuse(turn, shown, verdict.rule, verdict.reason, verdict.next_ms);
        add_later(later, &ask, &verdict);
        return;
    }
    if (turn->speaker->is_dry_run) {
        say_dry_run(turn, agent, &verdict);
        return;
    }
    launch_say(turn, launch_run(core, &order, &verdict));
}

static void delegate_to(Core *core, Turn *turn, const char *target, const char *task,
                        const TaskOptions *options)
{
    g_autofree char *complaint = task_line_judge(core, task);
    g_autoptr(GPtrArray) names = NULL;
    g_autoptr(GString) later = g_string_new(NULL);

    if (complaint) {
        turn_fail(turn, "%s", complaint);
        return;
    }
    if (!targets_find(core, turn, target, &names))
        return;
    task_line_limit(names, options);
    if (names->len > 1)
        plan_make_fan_out(core, turn, names, task, options, later);
    else
        delegate(core, turn, names->pdata[0], task, options, later);
    if (later->len > 0)
        offer(core, turn, later->str, task);
}

/* "@web1 task" and "@web1 | task". */
void delegate_direct(Core *core, Turn *turn, const char *agent, const char *rest)
{
    g_autofree char *line = g_strconcat(agent, " ", rest, NULL);
    const char *task = line;
    g_autofree char *target = target_take(&task);
    TaskOptions options = { .is_now = false };
    g_autofree char *complaint = task_options_take(&options, &task, target);

    if (complaint) {
        turn_fail(turn, "%s", complaint);
        return;
    }
    if (*task == '|')
        task += 1 + strspn(task + 1, " \t");
    delegate_to(core, turn, target, task, &options);
}

static void say_no_bar(Turn *turn, const char *text)
{
    size_t length = strcspn(text, " \t");
    const char *task = text + length + strspn(text + length, " \t");
    g_autofree char *agent = g_strndup(text, length);
    g_autofree char *shown = text_make_line(agent, OPTION_SHOWN_CHARS);
    g_autofree char *rest = text_make_line(task, OPTION_SHOWN_CHARS);

    if (*task)
        turn_fail(
            turn,
            "expected DELEGATE: <agent> | <task>: there is no bar; do you mean DELEGATE: %s | "
            "%s",
            shown, rest);
    else
        turn_fail(turn, "expected DELEGATE: <agent> | <task>: there is no bar");
}

void delegate_trigger(Core *core, Turn *turn, const char *rest)
{
    g_autofree char *left = NULL;
    g_autofree char *task = NULL;
    g_autofree char *target = NULL;
    TaskOptions options = { .is_now = false };

    if (!utterance_split(rest, &left, &task)) {
        say_no_bar(turn, left);
        return;
    }
    if (task_line_read_target(turn, left, &target, &options))
        delegate_to(core, turn, target, task, &options);
}
