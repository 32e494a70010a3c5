#include "agent1/flow/runs/plans.h"

#include <string.h>

#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/runs/cancel.h"
#include "agent1/flow/runs/launch.h"
#include "agent1/flow/runs/plan_summary.h"
#include "agent1/flow/state/plan_news.h"
#include "agent1/flow/state/plan_rows.h"
#include "common/base/text.h"
#include "common/base/banned.h"

/* After agent1 woke, its agents still learn that they may work again. */
#define RESUMING_MS      (60 * INT64_C(1000))
#define RESUMING_LOOK_MS 1000

/* ---- looking ---- */

Plan *plans_find(const Core *core, int64_t number)
{
    g_autofree char *id = g_strdup_printf("p%" G_GINT64_FORMAT, number);

    return g_hash_table_lookup(core->plans, id);
}

static int compare_plans(gconstpointer a, gconstpointer b)
{
    const Plan *one = *(const Plan *const *)a;
    const Plan *other = *(const Plan *const *)b;

    return one->number < other->number ? -1 : one->number > other->number;
}

/* All that are not over, in their order: borrowed; g_ptr_array_unref() frees the array. */
static GPtrArray *list_plans(const Core *core)
{
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter iter;
    void *plan;

    g_hash_table_iter_init(&iter, core->plans);
    while (g_hash_table_iter_next(&iter, NULL, &plan))
        g_ptr_array_add(list, plan);
    g_ptr_array_sort(list, compare_plans);
    return list;
}

bool plans_have_room(const Core *core, unsigned steps)
{
    GHashTableIter iter;
    void *plan;

    g_hash_table_iter_init(&iter, core->plans);
    while (g_hash_table_iter_next(&iter, NULL, &plan))
        steps += ((const Plan *)plan)->steps->len;
    return steps <= PLANS_STEPS_MAX;
}

/* Nobody can tell when a silent agent speaks again; what waits for its hours, or for a person, has
 * been told of as that. */
static bool has_news(const Core *core, const Plan *plan)
{
    unsigned i;

    if (plan->is_stopping || plan_count(plan, STEP_ENDED) > 0)
        return true;
    for (i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        const Run *run = step->state == STEP_BEGUN ? runs_find(core->runs, step->run) : NULL;

        if (run && run->is_unconfirmed)
            return true;
    }
    return false;
}

/* There is nothing more to wait for than what may take days. A sequence waits for that, too: a
 * person wants to know how it ends. */
static bool is_ready_to_tell(const Core *core, const Plan *plan)
{
    if (plan->is_told || plan_count(plan, STEP_WAITING) > 0)
        return false;
    if (plan->kind == PLAN_SEQUENCE && !plan->is_stopping)
        return plan_count(plan, STEP_BEGUN) == 0;
    return plan_news_is_quiet(core, plan) && has_news(core, plan);
}

/* ---- one step ---- */

/* The one who asked, as he may act now: no such user, no right. */
static Speaker *make_speaker(const Core *core, const Plan *plan)
{
    Speaker *speaker = speaker_from_conversation(plan->conversation, plan->chat_id);
    const User *user = users_by_name(core->users, plan->user);

    if (!speaker)
        return NULL;

    speaker->user = g_strdup(plan->user);
    speaker->principal = g_strdup(plan->principal);
    if (speaker->door == DOOR_UNSIGNED)
        speaker->role = (Role)core->settings->mqtt_unsigned_role;
    else
        speaker->role = user ? user->role : ROLE_NONE;
    return speaker;
}

static void refuse_step(Core *core, Plan *plan, PlanStep *step, const Verdict *verdict)
{
    Language before = core_speak(core, LANGUAGE_EN); /* as its row keeps it */
    g_autofree char *text =
        turn_refusal_text(core, verdict->rule, verdict->reason, verdict->next_ms);
    StepEnd end = { .outcome = verdict->rule == RULE_OFFLINE ? OUTCOME_OFFLINE : OUTCOME_REFUSED,
                    .rule = rule_name(verdict->rule),
                    .text = text };

    core_speak(core, before);
    effects_audit(core->fx, core->now_ms, "refused", plan->principal, step->agent, NULL,
                  "%s: %s: %s", plan->id, rule_name(verdict->rule), verdict->reason);
    plan_end_step(plan, step, &end);
    plan_rows_put_step(core->fx, plan, step);
}

/* Just after agent1 woke an agent may not have heard yet that it may work again. */
static bool is_resuming(const Core *core, const Plan *plan, const PlanStep *step,
                        const Verdict *verdict)
{
    const FleetAgent *agent = fleet_find(core->fleet, step->agent);

    return verdict->kind == GATE_DENY && verdict->rule == RULE_PAUSED && agent &&
           !agent->is_pause_wished && core->now_ms < plan->patient_until_ms;
}

/* The gate, and then a run or a refusal. False when the step is to be looked at again soon. */
static bool start_step(Core *core, Plan *plan, PlanStep *step, const Speaker *speaker,
                       GPtrArray *begun)
{
    LaunchOrder order = {
        .speaker = speaker, .agent = step->agent, .task = plan_task(plan, step), .plan = plan->id
    };
    g_auto(Verdict) verdict = { 0 };
    const Run *run;
    GateAsk ask;

    gate_facts_of_speaker(speaker, order.agent, order.task, &ask);
    ask.is_now = ask.is_now || step->is_now;
    gate_facts_judge(core, &ask, &verdict);
    if (is_resuming(core, plan, step, &verdict)) {
        plan->retry_ms = core->now_ms + RESUMING_LOOK_MS;
        return false;
    }
    if (verdict.kind == GATE_DENY || (verdict.kind == GATE_LATER && !step->may_wait)) {
        step->is_later = verdict.kind == GATE_LATER && verdict.next_ms != INT64_MAX && !ask.is_now;
        refuse_step(core, plan, step, &verdict);
        return true;
    }
    run = launch_run(core, &order, &verdict);
    plan_begin_step(plan, step, run->id, run->number, core->now_ms);
    plan_rows_put_step(core->fx, plan, step);
    g_ptr_array_add(begun, (void *)(guintptr)run);
    return true;
}

/* ---- going on ---- */

static void hold(Turn *turn, Plan *plan, const PlanStep *step)
{
    g_autofree char *stage = plan_summary_stage(turn->core, plan, step->stage);

    if (plan->is_held)
        return;
    plan->is_held = true;
    turn_say(turn, "%s: %s waits: I am asleep; it begins when I wake (!cancel %s stops it)",
             plan->id, stage, plan->id);
}

/* Begins what may begin. */
static void begin_steps(Core *core, Turn *turn, Plan *plan, bool is_first)
{
    g_autoptr(GPtrArray) begun = g_ptr_array_new(); /* const Run * */
    PlanStep *step;
    unsigned i;

    plan->retry_ms = INT64_MAX;
    while ((step = plan_next(plan))) {
        if (core_is_asleep(core)) {
            hold(turn, plan, step);
            break;
        }
        plan->is_held = false;
        if (!start_step(core, plan, step, turn->speaker, begun))
            break;
    }
    for (i = 0; i < begun->len; i++)
        turn_add_run(turn, ((const Run *)begun->pdata[i])->id);
    /* The summary says it all. */
    if (begun->len > 0 && !is_ready_to_tell(core, plan))
        plan_summary_say_begun(turn, plan, begun, is_first);
}

/* Forgets a plan that is over. */
static void finish(Core *core, Plan *plan)
{
    if (!plan_finish(plan, core->now_ms))
        return;

    effects_audit(core->fx, core->now_ms, "plan", plan->principal, NULL, NULL, "%s %s", plan->id,
                  plan_state_name(plan->state));
    plan_rows_put(core->fx, plan);
    g_hash_table_remove(core->plans, plan->id);
}

/* Says the summary when its time has come. The plan may be gone afterwards. */
static void settle(Core *core, Turn *turn, Plan *plan)
{
    if (is_ready_to_tell(core, plan)) {
        plan_summary_say(turn, plan);
        plan->is_told = true;
    }
    /* Also what the gate's no to a step has left out. */
    if (plan->is_stopping)
        plan_rows_put_not_run(core->fx, plan);
    plan_rows_put(core->fx, plan);
    finish(core, plan);
}

/* Whatever has become possible since: the next steps, the summary, the end. */
static void look_at(Core *core, Plan *plan)
{
    g_autoptr(Speaker) speaker = NULL;
    Turn turn;

    plan->retry_ms = INT64_MAX;
    if (!plan_next(plan) && !is_ready_to_tell(core, plan)) {
        finish(core, plan);
        return;
    }
    speaker = make_speaker(core, plan);
    g_assert(speaker); /* or the plan would not have been taken */
    turn_init(&turn, core, speaker);
    turn.is_news = true;
    begin_steps(core, &turn, plan, false);
    settle(core, &turn, plan);
    turn_finish(&turn);
}

/* ---- from its beginning to its end ---- */

Plan *plans_new(Core *core, const Turn *turn, PlanKind kind, const char *task)
{
    const Speaker *speaker = turn->speaker;
    const char *last = core_meta(core, META_PLAN);
    int64_t number = (last ? g_ascii_strtoll(last, NULL, 10) : 0) + 1;
    Plan *plan = plan_new(number, kind);

    plan->task = g_strdup(task);
    plan->user = g_strdup(speaker->user);
    plan->principal = g_strdup(speaker->principal);
    plan->conversation = speaker_conversation(speaker);
    plan->chat_id = g_strdup(speaker->chat_id);
    plan->created_ms = core->now_ms;
    plan->changed_ms = core->now_ms;
    return plan;
}

/* Those whose hours allow it at another time. */
static void add_later(const Plan *plan, GString *later)
{
    unsigned i;

    for (i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];

        if (step->is_later)
            g_string_append_printf(later, "%s%s", later->len ? "," : "", step->agent);
    }
}

static void store_whole(Core *core, const Plan *plan)
{
    unsigned i;

    plan_rows_put(core->fx, plan);
    for (i = 0; i < plan->steps->len; i++)
        plan_rows_put_step(core->fx, plan, plan->steps->pdata[i]);
}

void plans_begin(Core *core, Turn *turn, Plan *plan, GString *later)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, plan->number);

    core_set_meta(core, META_PLAN, number);
    g_hash_table_insert(core->plans, plan->id, plan);
    effects_audit(core->fx, core->now_ms, "plan", plan->principal, NULL, NULL, "%s by %s: %u steps",
                  plan->id, plan->user, plan->steps->len);
    store_whole(core, plan);
    begin_steps(core, turn, plan, true);
    if (later)
        add_later(plan, later);
    settle(core, turn, plan);
}

/* A stage behind it waits with it: that is worth a word now. */
static void say_wait(Core *core, const Plan *plan, const PlanStep *step)
{
    g_autoptr(Speaker) speaker = make_speaker(core, plan);
    g_autofree char *line = NULL;
    g_autofree char *stage = NULL;
    Turn turn;

    turn_init(&turn, core, speaker);
    line = plan_summary_line(core, plan, step);
    stage = plan_summary_stage(core, plan, step->stage);
    turn.is_news = true;
    turn_add_run(&turn, step->run);
    turn_say(&turn, "%s", line);
    turn_say(&turn, "%s waits for that: %s; !cancel %s stops it", plan->id, stage, plan->id);
    turn_finish(&turn);
}

/* Nothing of it is at work any more, and nothing has ended: all of it waits. */
static void say_all_wait(Core *core, const Plan *plan)
{
    g_autoptr(Speaker) speaker = make_speaker(core, plan);
    g_autoptr(GPtrArray) runs = g_ptr_array_new(); /* const Run * */
    Turn turn;
    unsigned i;

    turn_init(&turn, core, speaker);
    turn.is_news = true;
    for (i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        Run *run = step->state == STEP_BEGUN ? runs_find(core->runs, step->run) : NULL;

        if (!run)
            continue;
        g_ptr_array_add(runs, run);
        turn_add_run(&turn, run->id);
    }
    plan_summary_say_begun(&turn, plan, runs, true);
    turn_finish(&turn);
}

/* Of runs that wait since this moment: where nothing else is to be told, that is. */
static void say_waits(Core *core, Plan *plan)
{
    bool is_silent = plan->is_told || is_ready_to_tell(core, plan);
    bool is_followed = plan_count(plan, STEP_WAITING) > 0 || plan->kind == PLAN_SEQUENCE;
    bool has_new = false;
    unsigned i;

    for (i = 0; i < plan->steps->len; i++) {
        PlanStep *step = plan->steps->pdata[i];

        has_new = has_new || (step->is_wait_new && step->state == STEP_BEGUN);
        if (step->is_wait_new && step->state == STEP_BEGUN && is_followed && !is_silent)
            say_wait(core, plan, step);
        step->is_wait_new = false;
    }
    if (has_new && !is_followed && !is_silent && plan_news_is_quiet(core, plan))
        say_all_wait(core, plan);
}

void plans_cancel(Core *core, Turn *turn, Plan *plan)
{
    g_autofree char *id = g_strdup(plan->id);
    g_autofree char *conversation = speaker_conversation(turn->speaker);
    bool is_told = turn->speaker->door != DOOR_CLI &&
                   g_strcmp0(plan->conversation, conversation) == 0 && !plan->is_told;
    unsigned left;
    unsigned i;

    plan_cancel(plan, turn->speaker->user);
    for (i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        Run *run = step->state == STEP_BEGUN ? runs_find(core->runs, step->run) : NULL;

        if (run)
            cancel_run(core, run, turn->speaker->user);
    }
    plan_rows_put_not_run(core->fx, plan);
    plan_rows_put(core->fx, plan);
    left = plan_count(plan, STEP_BEGUN);
    look_at(core, plan);
    if (left > 0)
        turn_say(turn,
                 left == 1 ? "%s: cancelling; %u of its runs is at work"
                           : "%s: cancelling; %u of its runs are at work",
                 id, left);
    else if (!is_told)
        turn_say(turn, "%s: cancelled", id);
}

void plans_go_on(Core *core, Turn *turn)
{
    g_autoptr(GPtrArray) plans = list_plans(core);
    unsigned i;

    for (i = 0; i < plans->len; i++) {
        Plan *plan = plans->pdata[i];
        const PlanStep *step = plan_next(plan);

        plan->is_held = core_is_asleep(core);
        if (step && plan->is_held)
            continue;
        if (step && turn) {
            g_autofree char *stage = plan_summary_stage(core, plan, step->stage);

            turn_say(turn, "%s: goes on with %s; !cancel %s stops it", plan->id, stage, plan->id);
        }
        plan->patient_until_ms = core->now_ms + RESUMING_MS;
        look_at(core, plan);
    }
}

/* ---- time ---- */

void plans_tick(Core *core)
{
    g_autoptr(GPtrArray) plans = NULL;
    unsigned i;

    if (core->now_ms < plans_next_deadline(core))
        return;

    plans = list_plans(core);
    for (i = 0; i < plans->len; i++) {
        Plan *plan = plans->pdata[i];

        if (core->now_ms < plan->retry_ms)
            continue;
        say_waits(core, plan);
        look_at(core, plan);
    }
}

void plans_hurry(Core *core)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, core->plans);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Plan *plan = value;

        plan->retry_ms = MIN(plan->retry_ms, core->now_ms);
        plan->patient_until_ms = MIN(plan->patient_until_ms, core->now_ms + RESUMING_MS);
    }
}

int64_t plans_next_deadline(const Core *core)
{
    int64_t next_ms = INT64_MAX;
    GHashTableIter iter;
    void *plan;

    g_hash_table_iter_init(&iter, core->plans);
    while (g_hash_table_iter_next(&iter, NULL, &plan))
        next_ms = MIN(next_ms, ((const Plan *)plan)->retry_ms);
    return next_ms;
}

/* ---- a new start ---- */

void plans_restore(Core *core, const Row *row)
{
    g_autoptr(Plan) plan = plan_rows_to_plan(row);
    g_autoptr(Speaker) speaker =
        plan ? speaker_from_conversation(plan->conversation, plan->chat_id) : NULL;

    if (!speaker || plan->state >= PLAN_DONE)
        return;
    g_hash_table_insert(core->plans, plan->id, plan);
    plan = NULL;
}

void plans_restore_step(Core *core, const Row *row)
{
    const char *id = row_text(row, STEPS_PLAN);
    Plan *plan = id ? g_hash_table_lookup(core->plans, id) : NULL;

    if (plan)
        plan_rows_add_step(plan, row);
}

/* A step and its run are stored together; should the run be gone all the same, nobody can tell. */
void plans_start(Core *core)
{
    static const StepEnd lost = { .outcome = "unknown", .text = "unknown (its record is lost)" };
    g_autoptr(GPtrArray) plans = list_plans(core);
    unsigned i;
    unsigned j;

    for (i = 0; i < plans->len; i++) {
        Plan *plan = plans->pdata[i];

        for (j = 0; j < plan->steps->len; j++) {
            PlanStep *step = plan->steps->pdata[j];

            if (step->state == STEP_BEGUN && !runs_find(core->runs, step->run)) {
                plan_end_step(plan, step, &lost);
                plan_rows_put_step(core->fx, plan, step);
            }
        }
        if (plan->is_stopping)
            plan_rows_put_not_run(core->fx, plan);
    }
}
