#include "agent1/flow/state/plan_rows.h"

#include "common/base/limits.h"
#include "common/base/banned.h"

#define KIND_SEQUENCE "sequence"
#define KIND_FAN_OUT  "fan_out"

Row *plan_rows_of_plan(const Plan *plan)
{
    Row *row = row_new(TABLE_PLANS);

    row_set_text(row, PLANS_ID, plan->id);
    row_set_int(row, PLANS_NUMBER, plan->number);
    row_set_text(row, PLANS_STATE, plan_state_name(plan->state));
    row_set_text(row, PLANS_KIND, plan->kind == PLAN_FAN_OUT ? KIND_FAN_OUT : KIND_SEQUENCE);
    row_set_text(row, PLANS_TASK, plan->task);
    row_set_text(row, PLANS_USER, plan->user);
    row_set_text(row, PLANS_PRINCIPAL, plan->principal);
    row_set_text(row, PLANS_CONVERSATION, plan->conversation);
    row_set_text(row, PLANS_CHAT_ID, plan->chat_id);
    row_set_text(row, PLANS_CANCELLED_BY, plan->cancelled_by);
    row_set_int(row, PLANS_IS_STOPPING, plan->is_stopping);
    row_set_int(row, PLANS_IS_TOLD, plan->is_told);
    row_set_int(row, PLANS_CREATED, plan->created_ms);
    row_set_int(row, PLANS_CHANGED, plan->changed_ms);
    return row;
}

Plan *plan_rows_to_plan(const Row *row)
{
    bool is_fan_out = g_strcmp0(row_text(row, PLANS_KIND), KIND_FAN_OUT) == 0;
    PlanState state;
    Plan *plan;

    if (!plan_state_parse(row_text(row, PLANS_STATE), &state))
        return NULL;

    plan = plan_new(row_int(row, PLANS_NUMBER), is_fan_out ? PLAN_FAN_OUT : PLAN_SEQUENCE);
    plan->state = state;
    plan->task = g_strdup(row_text(row, PLANS_TASK));
    plan->user = g_strdup(row_text(row, PLANS_USER));
    plan->principal = g_strdup(row_text(row, PLANS_PRINCIPAL));
    plan->conversation = g_strdup(row_text(row, PLANS_CONVERSATION));
    plan->chat_id = g_strdup(row_text(row, PLANS_CHAT_ID));
    plan->cancelled_by = g_strdup(row_text(row, PLANS_CANCELLED_BY));
    plan->is_stopping = row_int(row, PLANS_IS_STOPPING) != 0;
    plan->is_told = row_int(row, PLANS_IS_TOLD) != 0;
    plan->created_ms = row_int(row, PLANS_CREATED);
    plan->changed_ms = row_int(row, PLANS_CHANGED);
    return plan;
}

Row *plan_rows_of_step(const Plan *plan, const PlanStep *step)
{
    /* In the order of their positions, as texts are compared. */
    g_autofree char *id = g_strdup_printf("%s.%04u", plan->id, step->position);
    Row *row = row_new(TABLE_STEPS);

    G_STATIC_ASSERT(TARGETS_MAX <= 10000);
    row_set_text(row, STEPS_ID, id);
    row_set_text(row, STEPS_PLAN, plan->id);
    row_set_int(row, STEPS_STAGE, step->stage);
    row_set_text(row, STEPS_AGENT, step->agent);
    row_set_text(row, STEPS_TASK, step->task);
    row_set_int(row, STEPS_IS_NOW, step->is_now);
    row_set_text(row, STEPS_STATE, step_state_name(step->state));
    row_set_text(row, STEPS_RUN, step->run);
    row_set_int(row, STEPS_NUMBER, step->number);
    row_set_text(row, STEPS_OUTCOME, step->outcome);
    row_set_text(row, STEPS_RULE, step->rule);
    row_set_text(row, STEPS_TEXT, step->text);
    row_set_text(row, STEPS_TAIL, step->tail);
    row_set_int(row, STEPS_MAY_WAIT, step->may_wait);
    return row;
}

bool plan_rows_add_step(Plan *plan, const Row *row)
{
    StepState state;
    PlanStep *step;

    if (!row_text(row, STEPS_AGENT) || !step_state_parse(row_text(row, STEPS_STATE), &state) ||
        (state == STEP_ENDED && !row_text(row, STEPS_OUTCOME)) ||
        (!row_text(row, STEPS_TASK) && !plan->task))
        return false;

    step = plan_add_step(plan, (unsigned)row_int(row, STEPS_STAGE), row_text(row, STEPS_AGENT),
                         row_text(row, STEPS_TASK));
    step->is_now = row_int(row, STEPS_IS_NOW) != 0;
    step->state = state;
    step->run = g_strdup(row_text(row, STEPS_RUN));
    step->number = row_int(row, STEPS_NUMBER);
    step->outcome = g_strdup(row_text(row, STEPS_OUTCOME));
    step->rule = g_strdup(row_text(row, STEPS_RULE));
    step->text = g_strdup(row_text(row, STEPS_TEXT));
    step->tail = g_strdup(row_text(row, STEPS_TAIL));
    step->may_wait = row_int(row, STEPS_MAY_WAIT) != 0;
    return true;
}

void plan_rows_put(Effects *fx, const Plan *plan)
{
    effects_put(fx, plan_rows_of_plan(plan));
}

void plan_rows_put_step(Effects *fx, const Plan *plan, const PlanStep *step)
{
    effects_put(fx, plan_rows_of_step(plan, step));
}

void plan_rows_put_not_run(Effects *fx, const Plan *plan)
{
    unsigned i;

    for (i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];

        if (step->state == STEP_NOT_RUN)
            plan_rows_put_step(fx, plan, step);
    }
}
