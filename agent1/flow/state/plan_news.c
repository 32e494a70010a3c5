#include "agent1/flow/state/plan_news.h"

#include "agent1/flow/state/plan_rows.h"
#include "common/base/text.h"
#include "common/base/banned.h"

/* What all steps of a plan keep together of their output, and each of them. */
#define TAILS_BYTES    (128 * 1024)
#define TAIL_MIN_BYTES 200
#define TAIL_MAX_BYTES 2000

static PlanStep *step_of_run(const Core *core, const Run *run, Plan **out_plan)
{
    PlanStep *step;

    *out_plan = run->plan ? g_hash_table_lookup(core->plans, run->plan) : NULL;
    step = *out_plan ? plan_find_run(*out_plan, run->id) : NULL;
    return step && step->state == STEP_BEGUN ? step : NULL;
}

bool plan_news_is_quiet(const Core *core, const Plan *plan)
{
    unsigned i;

    for (i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        const Run *run = step->state == STEP_BEGUN ? runs_find(core->runs, step->run) : NULL;

        if (run && !run_waiting_word(run))
            return false;
    }
    return true;
}

const char *plan_news_waiting_word(const Core *core, const char *chat_id)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, core->plans);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Plan *plan = value;

        if (!plan->is_told && g_strcmp0(plan->chat_id, chat_id) == 0 &&
            plan_news_is_quiet(core, plan))
            return run_state_name(RUN_DEFERRED);
    }
    return NULL;
}

/* The plans are looked at when this step of the core has done what else it does (tick.c): several
 * news of one moment are told together. */
static void look_soon(const Core *core, Plan *plan)
{
    plan->retry_ms = core->now_ms;
}

static size_t tail_bytes(const Plan *plan)
{
    return CLAMP((size_t)TAILS_BYTES / MAX(plan->steps->len, 1), TAIL_MIN_BYTES, TAIL_MAX_BYTES);
}

/* What it kept of the output. */
static char *make_tail(const Plan *plan, const Run *run)
{
    const char *output = run->outcome.output;
    g_autofree char *tail =
        output ? text_last_lines(output, PLAN_NEWS_TAIL_LINES, tail_bytes(plan)) : NULL;

    return tail && *tail ? g_steal_pointer(&tail) : NULL;
}

bool plan_news_take_outcome(Core *core, const Run *run)
{
    Plan *plan;
    PlanStep *step = step_of_run(core, run, &plan);
    g_autofree char *text = NULL;
    g_autofree char *tail = NULL;
    StepEnd end = { .outcome = run_state_name(run->state), .rule = run->outcome.rule };

    if (!step)
        return false;

    text = run_describe(run);
    tail = make_tail(plan, run);
    end.text = text;
    end.tail = tail;
    plan_end_step(plan, step, &end);
    plan_rows_put_step(core->fx, plan, step);
    if (plan->is_stopping) {
        plan_rows_put_not_run(core->fx, plan);
        plan_rows_put(core->fx, plan);
    }
    look_soon(core, plan);
    return !plan->is_told;
}

bool plan_news_take_wait(Core *core, const Run *run)
{
    Plan *plan;
    PlanStep *step = step_of_run(core, run, &plan);

    if (!step || plan->is_told || !run_waiting_word(run))
        return false;

    step->is_wait_new = true;
    look_soon(core, plan);
    return true;
}

bool plan_news_is_quiet_start(const Core *core, const Run *run)
{
    const Plan *plan = run->plan ? g_hash_table_lookup(core->plans, run->plan) : NULL;

    return plan && plan->kind == PLAN_FAN_OUT;
}
