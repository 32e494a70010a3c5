/* !run p7 and !runs p7: a plan and its steps, as they are or as they ended. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/runs/plan_summary.h"
#include "agent1/flow/runs/plans.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/plan_rows.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/run_data.h"
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

/* All of it, and its steps. The caller owns it. */
static char *describe_steps(const Core *core, const char *head, const Plan *plan)
{
    GString *text = g_string_new(head);

    for (unsigned i = 0; i < plan->steps->len && i < STEPS_SHOWN; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        g_autofree char *line = plan_summary_line(core, plan, step);

        /* Of one stage there is nothing to tell apart. */
        if (plan_stages(plan) > 1)
            g_string_append_printf(text, "\n%u. %s", step->stage + 1, line);
        else
            g_string_append_printf(text, "\n%s", line);
    }
    if (plan->steps->len > STEPS_SHOWN) {
        g_string_append_c(text, '\n');
        g_string_append_printf(text, core_words(core, "and %u more"),
                               plan->steps->len - STEPS_SHOWN);
    }
    return g_string_free(text, FALSE);
}

/* ---- for programs ---- */

/* Its runs as objects, beside the words, which are the argument. */
static void tell_programs(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    turn_say(&turn, "%s", pending->argument);
    run_data_count(&turn, 0);
    for (unsigned i = 0; i < rows->len; i++) {
        g_autoptr(Run) run = rows_to_run(rows->pdata[i]);

        if (!run)
            continue;
        turn_add_run(&turn, run->id);
        run_data_add(&turn, run, false);
    }
    turn_finish(&turn);
}

static void answer(Core *core, Turn *turn, const char *id, const char *head, const Plan *plan)
{
    g_autofree char *text = describe_steps(core, head, plan);
    const Lookup lookup = { .resume = tell_programs,
                            .argument = text,
                            .kind = QUERY_PLAN_RUNS,
                            .text = id,
                            .limit = TARGETS_MAX };

    if (turn_tells_programs(turn)) {
        lookup_ask(core, turn, &lookup);
        return;
    }
    for (unsigned i = 0; i < plan->steps->len && i < STEPS_SHOWN; i++) {
        const PlanStep *step = plan->steps->pdata[i];

        if (step->run)
            turn_add_run(turn, step->run);
    }
    turn_say(turn, "%s", text);
}

/* ---- one that is over ---- */

static void show_steps(Core *core, const Pending *pending, const GPtrArray *rows)
{
    g_autoptr(Plan) plan = plan_new(1, PLAN_FAN_OUT);
    /* The head begins with the plan's id. */
    g_autofree char *id = g_strndup(pending->argument, strcspn(pending->argument, ":"));
    Turn turn;

    /* What belongs to the plan's own row was worked out with it, and so was its head. */
    plan->task = g_strdup("");
    for (unsigned i = 0; i < rows->len; i++)
        plan_rows_add_step(plan, rows->pdata[i]);
    turn_init(&turn, core, pending->speaker);
    answer(core, &turn, id, pending->argument, plan);
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
    answer(core, turn, plan->id, head, plan);
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
