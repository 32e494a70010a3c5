#include "agent1/model/plan.h"

#include <string.h>

#include "common/wire/run_state.h"
#include "common/base/banned.h"

static const char *const plan_states[PLAN_STATE_COUNT] = {
    [PLAN_OPEN] = "open",       [PLAN_RUNNING] = "running",     [PLAN_DONE] = "done",
    [PLAN_STOPPED] = "stopped", [PLAN_CANCELLED] = "cancelled",
};

static const char *const step_states[STEP_STATE_COUNT] = {
    [STEP_WAITING] = "waiting",
    [STEP_BEGUN] = "begun",
    [STEP_ENDED] = "ended",
    [STEP_NOT_RUN] = "not_run",
};

static int find_name(const char *const *names, int count, const char *name)
{
    int i;

    for (i = 0; i < count; i++) {
        if (g_strcmp0(names[i], name) == 0)
            return i;
    }
    return -1;
}

const char *plan_state_name(PlanState state)
{
    return plan_states[state];
}

bool plan_state_parse(const char *name, PlanState *out)
{
    int state = find_name(plan_states, PLAN_STATE_COUNT, name);

    if (state < 0)
        return false;
    *out = (PlanState)state;
    return true;
}

const char *step_state_name(StepState state)
{
    return step_states[state];
}

bool step_state_parse(const char *name, StepState *out)
{
    int state = find_name(step_states, STEP_STATE_COUNT, name);

    if (state < 0)
        return false;
    *out = (StepState)state;
    return true;
}

/* ---- making ---- */

static void free_step(void *data)
{
    PlanStep *step = data;

    g_free(step->agent);
    g_free(step->task);
    g_free(step->run);
    g_free(step->outcome);
    g_free(step->rule);
    g_free(step->text);
    g_free(step->tail);
    g_free(step);
}

Plan *plan_new(int64_t number, PlanKind kind)
{
    Plan *plan = g_new0(Plan, 1);

    plan->number = number;
    plan->id = g_strdup_printf("p%" G_GINT64_FORMAT, number);
    plan->kind = kind;
    plan->steps = g_ptr_array_new_with_free_func(free_step);
    plan->retry_ms = INT64_MAX;
    return plan;
}

void plan_free(Plan *plan)
{
    if (!plan)
        return;

    g_free(plan->id);
    g_free(plan->task);
    g_free(plan->user);
    g_free(plan->principal);
    g_free(plan->conversation);
    g_free(plan->chat_id);
    g_free(plan->cancelled_by);
    g_ptr_array_unref(plan->steps);
    g_free(plan);
}

PlanStep *plan_add_step(Plan *plan, unsigned stage, const char *agent, const char *task)
{
    PlanStep *step = g_new0(PlanStep, 1);

    step->position = plan->steps->len;
    step->stage = stage;
    step->agent = g_strdup(agent);
    step->task = g_strdup(task);
    g_ptr_array_add(plan->steps, step);
    return step;
}

/* ---- looking ---- */

const char *plan_task(const Plan *plan, const PlanStep *step)
{
    return step->task ? step->task : plan->task;
}

unsigned plan_count(const Plan *plan, StepState state)
{
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < plan->steps->len; i++)
        count += ((const PlanStep *)plan->steps->pdata[i])->state == state;
    return count;
}

unsigned plan_stages(const Plan *plan)
{
    unsigned steps = plan->steps->len;

    return steps > 0 ? ((const PlanStep *)plan->steps->pdata[steps - 1])->stage + 1 : 0;
}

PlanStep *plan_next(const Plan *plan)
{
    unsigned at_work = G_MAXUINT; /* the stage of the first step that is a run */
    unsigned i;

    for (i = 0; i < plan->steps->len; i++) {
        PlanStep *step = plan->steps->pdata[i];

        if (step->state == STEP_WAITING)
            return step->stage <= at_work ? step : NULL;
        if (step->state == STEP_BEGUN)
            at_work = MIN(at_work, step->stage);
    }
    return NULL;
}

PlanStep *plan_find_run(const Plan *plan, const char *run)
{
    unsigned i;

    for (i = 0; i < plan->steps->len; i++) {
        PlanStep *step = plan->steps->pdata[i];

        if (g_strcmp0(step->run, run) == 0)
            return step;
    }
    return NULL;
}

bool plan_parse_id(const char *text, int64_t *out_number)
{
    return (*text == 'p' || *text == 'P') &&
           g_ascii_string_to_signed(text + 1, 10, 1, INT64_MAX, out_number, NULL);
}

/* ---- moving ---- */

static void move(Plan *plan, PlanState state, int64_t now_ms)
{
    g_assert(plan->state < PLAN_DONE && state > plan->state);
    plan->state = state;
    plan->changed_ms = now_ms;
}

void plan_begin_step(Plan *plan, PlanStep *step, const char *run, int64_t number, int64_t now_ms)
{
    g_assert(step->state == STEP_WAITING);
    step->state = STEP_BEGUN;
    step->run = g_strdup(run);
    step->number = number;
    if (plan->state == PLAN_OPEN)
        move(plan, PLAN_RUNNING, now_ms);
}

/* What waits in this stage and those behind it is not run; how many that were. */
static unsigned drop_from(Plan *plan, unsigned stage)
{
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < plan->steps->len; i++) {
        PlanStep *step = plan->steps->pdata[i];

        if (step->state != STEP_WAITING || step->stage < stage)
            continue;
        step->state = STEP_NOT_RUN;
        count++;
    }
    return count;
}

/* The gate's no, or the agent's: nothing happened there. */
static bool is_refusal(const char *outcome)
{
    return strcmp(outcome, OUTCOME_REFUSED) == 0 || strcmp(outcome, OUTCOME_OFFLINE) == 0 ||
           strcmp(outcome, run_state_name(RUN_REJECTED)) == 0;
}

void plan_end_step(Plan *plan, PlanStep *step, const StepEnd *end)
{
    bool is_good = strcmp(end->outcome, run_state_name(RUN_SUCCEEDED)) == 0;

    g_assert(step->state == STEP_WAITING || step->state == STEP_BEGUN);
    step->state = STEP_ENDED;
    step->outcome = g_strdup(end->outcome);
    step->rule = g_strdup(end->rule);
    step->text = g_strdup(end->text);
    step->tail = g_strdup(end->tail);
    if (is_good || (plan->kind == PLAN_FAN_OUT && is_refusal(end->outcome)))
        return;
    /* The others of its stage began with it, or are about to. */
    if (drop_from(plan, step->stage + 1) > 0 || plan->kind == PLAN_SEQUENCE)
        plan->is_stopping = true;
}

void plan_cancel(Plan *plan, const char *by)
{
    if (!plan->cancelled_by)
        plan->cancelled_by = g_strdup(by);
    drop_from(plan, 0);
    plan->is_stopping = true;
}

bool plan_finish(Plan *plan, int64_t now_ms)
{
    if (plan_count(plan, STEP_WAITING) + plan_count(plan, STEP_BEGUN) > 0)
        return false;

    if (plan->cancelled_by)
        move(plan, PLAN_CANCELLED, now_ms);
    else
        move(plan, plan->is_stopping ? PLAN_STOPPED : PLAN_DONE, now_ms);
    return true;
}
