/* !run p7 and !runs p7: a plan and its steps, as they are or as they ended. */
#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/runs/plan_summary.h"
#include "agent1/flow/runs/plans.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/plan_rows.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define STEPS_SHOWN 100
#define TASK_CHARS  200

/* "p7: stopped · asked for by oskar at 14:02" and its task. The caller owns it. */
static char *describe_plan(const Core *core, const Plan *plan)
{
    g_autofree char *at = core_local_time(core, plan->created_ms);
    g_autofree char *task = plan->task ? text_make_line(plan->task, TASK_CHARS) : NULL;

    return g_strdup_printf(core_words(core, "%s: %s%s%s · asked for by %s at %s%s%s"), plan->id,
                           plan_state_name(plan->state),
                           plan->cancelled_by ? core_words(core, " by ") : "",
                           plan->cancelled_by ? plan->cancelled_by : "", plan->user, at,
                           task ? core_words(core, "\ntask: ") : "", task ? task : "");
}

static void say_steps(Core *core, Turn *turn, const Plan *plan)
{
    unsigned i;

    for (i = 0; i < plan->steps->len && i < STEPS_SHOWN; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        g_autofree char *line = plan_summary_line(core, plan, step);

        if (step->run)
            turn_add_run(turn, step->run);
        /* Of one stage there is nothing to tell apart. */
        if (plan_stages(plan) > 1)
            turn_say(turn, "%u. %s", step->stage + 1, line);
        else
            turn_say(turn, "%s", line);
    }
    if (plan->steps->len > STEPS_SHOWN)
        turn_say(turn, "and %u more", plan->steps->len - STEPS_SHOWN);
}

/* ---- one that is over ---- */

static void show_steps(Core *core, const Pending *pending, const GPtrArray *rows)
{
    g_autoptr(Plan) plan = plan_new(1, PLAN_FAN_OUT);
    Turn turn;
    unsigned i;

    /* What belongs to the plan's own row was worked out with it, and so was its head. */
    plan->task = g_strdup("");
    for (i = 0; i < rows->len; i++)
        plan_rows_add_step(plan, rows->pdata[i]);
    turn_init(&turn, core, pending->speaker);
    turn_say(&turn, "%s", pending->argument);
    say_steps(core, &turn, plan);
    turn_finish(&turn);
}

static void show_plan(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;
    g_autoptr(Plan) plan = lookup_begin_plan(core, pending, rows, &turn);
    g_autofree char *head = plan ? describe_plan(core, plan) : NULL;
    const Lookup lookup = { .resume = show_steps,
                            .argument = head,
                            .kind = QUERY_STEPS,
                            .text = plan ? plan->id : NULL,
                            .limit = TARGETS_MAX };

    if (plan)
        lookup_ask(core, &turn, &lookup);
    turn_finish(&turn);
}

void commands_show_plan(Core *core, Turn *turn, int64_t number)
{
    const Plan *plan = plans_find(core, number);
    g_autofree char *head = NULL;

    if (!plan) {
        lookup_ask_plan(core, turn, show_plan, number);
        return;
    }
    head = describe_plan(core, plan);
    turn_say(turn, "%s", head);
    say_steps(core, turn, plan);
}

/* ---- !cancel p7 ---- */

static void refuse_cancel(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;
    g_autoptr(Plan) plan = lookup_begin_plan(core, pending, rows, &turn);

    if (plan)
        turn_fail(&turn, "%s: it is over already: %s", plan->id, plan_state_name(plan->state));
    turn_finish(&turn);
}

void commands_cancel_plan(Core *core, Turn *turn, int64_t number)
{
    Plan *plan = plans_find(core, number);

    if (plan)
        plans_cancel(core, turn, plan);
    else
        lookup_ask_plan(core, turn, refuse_cancel, number);
}
