#include "agent1/flow/commands/plan_make.h"

#include <string.h>

#include "agent1/flow/commands/offer_later.h"
#include "agent1/flow/commands/task_line.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/gate/targets.h"
#include "agent1/flow/runs/plans.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/model/plan_script.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define LINES_SHOWN 50
#define SHOWN_CHARS 60

/* Adds a step for each agent, `batch` of them in a stage; 0: all in one. */
static void add_steps(Plan *plan, const GPtrArray *names, const char *task,
                      const TaskOptions *options)
{
    unsigned first_stage = plan_stages(plan);
    unsigned i;

    for (i = 0; i < names->len; i++) {
        unsigned batch = options->batch > 0 ? i / options->batch : 0;
        PlanStep *step = plan_add_step(plan, first_stage + batch, names->pdata[i], task);

        step->is_now = options->is_now;
        /* Nobody is there to be asked when the turn of a later one comes. */
        step->may_wait =
            options->may_wait || (plan->kind == PLAN_SEQUENCE && first_stage + batch > 0);
    }
}

/* ---- judging all of it ---- */

static void judge(const Core *core, const Turn *turn, const Plan *plan, const PlanStep *step,
                  Verdict *out)
{
    GateAsk ask;

    gate_facts_of_speaker(turn->speaker, step->agent, plan_task(plan, step), &ask);
    ask.is_now = ask.is_now || step->is_now;
    gate_facts_judge(core, &ask, out);
}

/* What no later time and no other person changes: worth knowing before anything is done. */
static bool is_hopeless(const Verdict *verdict)
{
    return verdict->kind == GATE_DENY &&
           (verdict->rule == RULE_ROLE || verdict->rule == RULE_UNKNOWN_AGENT ||
            verdict->rule == RULE_NOT_ACCEPTED || verdict->rule == RULE_SKILL);
}

/* False, with the first refusal said, when a step can never run; or the first one not now. */
static bool judge_sequence(Core *core, Turn *turn, const Plan *plan)
{
    unsigned i;

    for (i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        g_autofree char *shown = text_make_line(step->agent, SHOWN_CHARS);
        g_auto(Verdict) verdict = { 0 };

        judge(core, turn, plan, step, &verdict);
        if (verdict.kind != GATE_DENY || (step->stage > 0 && !is_hopeless(&verdict)))
            continue;
        turn_refuse(turn, shown, verdict.rule, verdict.reason, verdict.next_ms);
        turn_say(turn, "that is step %u of the plan; nothing was done", step->stage + 1);
        return false;
    }
    return true;
}

static char *describe_verdict(const Core *core, const PlanStep *step, const Verdict *verdict)
{
    g_autofree char *reason = verdict->reason ? reason_words(core, verdict->reason) : NULL;

    switch (verdict->kind) {
    case GATE_ALLOW:
        return g_strdup(core_words(core, "allowed"));
    case GATE_ASK:
        return g_strdup_printf(core_words(core, "it would wait for an approval (%s)"), reason);
    case GATE_LATER:
        if (step->may_wait)
            return g_strdup_printf(core_words(core, "it would be deferred (%s)"), reason);
        break;
    case GATE_DENY:
        break;
    }
    return turn_refusal_text(core, verdict->rule, verdict->reason, verdict->next_ms);
}

/* The whole list as it is judged now, and nothing of it is done. */
static void say_dry_run(Core *core, Turn *turn, const Plan *plan)
{
    unsigned allowed = 0;
    unsigned i;

    for (i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        g_autofree char *task = text_make_line(plan_task(plan, step), SHOWN_CHARS);
        g_autofree char *text = NULL;
        g_auto(Verdict) verdict = { 0 };

        judge(core, turn, plan, step, &verdict);
        text = describe_verdict(core, step, &verdict);
        allowed += verdict.kind == GATE_ALLOW;
        if (verdict.kind == GATE_DENY)
            turn_outcome(turn, OUTCOME_REFUSED);
        if (i < LINES_SHOWN)
            turn_say(turn, "%u. %s | %s: %s", step->stage + 1, step->agent, task, text);
    }
    turn_say(turn, "%u of %u allowed now (dry run: nothing was sent)", allowed, plan->steps->len);
}

/* The first step that would have to wait now, though nobody said that it may; NULL: none. */
static const PlanStep *find_closed(const Core *core, const Turn *turn, const Plan *plan,
                                   Verdict *out)
{
    for (unsigned i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        g_auto(Verdict) verdict = { 0 };

        judge(core, turn, plan, step, &verdict);
        if (verdict.kind != GATE_LATER || step->may_wait)
            continue;
        *out = verdict;
        verdict = (Verdict){ 0 };
        return step;
    }
    return NULL;
}

/* False, with a plan that would begin in closed hours offered for later, as a single task is. */
static bool may_begin(Core *core, Turn *turn, const Plan *plan, const char *script)
{
    g_auto(Verdict) verdict = { 0 };
    const PlanStep *closed = find_closed(core, turn, plan, &verdict);
    g_autofree char *line = text_make_line(script, SHOWN_CHARS);
    g_autofree char *text = NULL;
    g_autofree char *shown = NULL;

    if (!closed)
        return true;

    turn_refuse(turn, closed->agent, verdict.rule, verdict.reason, verdict.next_ms);
    turn_say(turn, "that is step %u of the plan; nothing was done", closed->stage + 1);
    if (!offer_later_fits(&verdict, turn->speaker->is_now || closed->is_now))
        return false;
    text = g_strdup_printf("%s " OFFER_DEFER " %s", trigger_info(TRIGGER_PLAN)->name, script);
    shown = g_strdup_printf(core_words(core, "begin the plan when its hours allow: %s"), line);
    offer_later(core, turn, &(Question){ .kind = QUESTION_LINE, .text = text, .shown = shown });
    return false;
}

/* script: of a sequence, as it was understood; NULL: of none. */
static void begin_or_show(Core *core, Turn *turn, Plan *plan, const char *script, GString *later)
{
    g_autoptr(Plan) owned = plan;

    if (plan->steps->len > TARGETS_MAX) {
        turn_fail(turn,
                  "%u runs: at most %d in one plan (--limit <n> takes the first ones); "
                  "nothing was done",
                  plan->steps->len, TARGETS_MAX);
        return;
    }
    if (turn->speaker->is_dry_run) {
        say_dry_run(core, turn, plan);
        return;
    }
    if (!plans_have_room(core, plan->steps->len)) {
        turn_fail(turn,
                  "%d steps of plans are in hand already: try again when some are over; "
                  "nothing was done",
                  PLANS_STEPS_MAX);
        return;
    }
    if (!script || (judge_sequence(core, turn, plan) && may_begin(core, turn, plan, script)))
        plans_begin(core, turn, g_steal_pointer(&owned), later);
}

/* ---- PLAN: ---- */

/* The step as it was understood: with the agents' names, so that a yes does what was shown, whoever
 * has joined or got the label by then. */
static void append_bound(GString *bound, const GPtrArray *names, const TaskOptions *options,
                         const char *task)
{
    g_autoptr(GString) target = g_string_new(NULL);

    for (unsigned i = 0; i < names->len; i++)
        g_string_append_printf(target, "%s%s", i > 0 ? "," : "", (const char *)names->pdata[i]);
    if (options->is_now)
        g_string_append(target, " --now");
    if (options->batch > 0)
        g_string_append_printf(target, " --batch %u", options->batch);
    plan_script_add(bound, target->str, task);
}

/* Adds one step as it was written. False, with the complaint said. */
static bool read_step(Core *core, Turn *turn, Plan *plan, const ScriptStep *written, bool may_wait,
                      GString *bound)
{
    g_autofree char *complaint = task_line_judge(core, written->task);
    g_autofree char *target = NULL;
    g_autoptr(GPtrArray) names = NULL;
    TaskOptions options = { .is_now = false };

    if (complaint) {
        turn_fail(turn, "%s", complaint);
        return false;
    }
    if (!task_line_read_target(turn, written->target, &target, &options) ||
        !targets_find(core, turn, target, &names))
        return false;
    task_line_limit(names, &options);
    options.may_wait |= may_wait;
    append_bound(bound, names, &options, written->task);
    add_steps(plan, names, written->task, &options);
    return true;
}

void plan_make_trigger(Core *core, Turn *turn, const char *rest)
{
    g_autofree char *script = NULL;
    bool may_wait = offer_take_defer(rest, false, &script);
    g_autofree char *complaint = NULL;
    g_autoptr(GPtrArray) written = plan_script_parse(script, &complaint);
    g_autoptr(GString) bound = g_string_new(NULL);
    g_autoptr(Plan) plan = NULL;
    unsigned i;

    if (!written) {
        g_autofree char *worded = reason_words(core, complaint);

        turn_fail(turn, "%s", worded);
        return;
    }
    plan = plans_new(core, turn, PLAN_SEQUENCE, NULL);
    for (i = 0; i < written->len; i++) {
        if (!read_step(core, turn, plan, written->pdata[i], may_wait, bound)) {
            turn_say(turn, "that is step %u of the plan; nothing was done", i + 1);
            return;
        }
    }
    begin_or_show(core, turn, g_steal_pointer(&plan), bound->str, NULL);
}

/* ---- several agents ---- */

void plan_make_fan_out(Core *core, Turn *turn, const GPtrArray *names, const char *task,
                       const TaskOptions *options, GString *later)
{
    Plan *plan = plans_new(core, turn, PLAN_FAN_OUT, task);

    add_steps(plan, names, NULL, options);
    begin_or_show(core, turn, plan, NULL, later);
}
