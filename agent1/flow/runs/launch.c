#include "agent1/flow/runs/launch.h"

#include "agent1/flow/gate/approvals.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/runs/dispatch.h"
#include "agent1/flow/runs/outcome.h"
#include "agent1/flow/runs/scheduled.h"
#include "agent1/flow/state/hold.h"
#include "agent1/flow/state/plan_news.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/state/rows.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

/* A window opens for long enough to be met. */
#define AFTER_OPENING_MS (3600 * INT64_C(1000))

/* "queued", and why it may take a while. The caller owns it. */
static char *describe_queued(const Core *core, const Run *run)
{
    const FleetAgent *live = fleet_find(core->fleet, run->agent);
    g_autofree char *expires = core_local_time(core, run->expires_ms);
    g_autofree char *since = NULL;

    if (live && core_is_reachable(core, live))
        return g_strdup("queued");
    if (!core->is_up[LINK_MQTT]) {
        since = core_local_time(core, core->link_since_ms[LINK_MQTT]);
        return g_strdup_printf(
            core_words(core, "queued (the broker is unreachable since %s; expires %s)"), since,
            expires);
    }
    if (!live || live->heard_ms == 0)
        return g_strdup_printf(core_words(core, "queued (not seen yet; expires %s)"), expires);
    since = core_local_time(core, live->since_ms);
    return g_strdup_printf(core_words(core, "queued (offline since %s; expires %s)"), since,
                           expires);
}

static int64_t next_number(Core *core)
{
    const char *text = core_meta(core, META_NUMBER);
    int64_t number = (text ? g_ascii_strtoll(text, NULL, 10) : 0) + 1;
    g_autofree char *next = g_strdup_printf("%" G_GINT64_FORMAT, number);

    core_set_meta(core, META_NUMBER, next);
    return number;
}

static Run *make_run(Core *core, const LaunchOrder *order)
{
    const Speaker *speaker = order->speaker;
    g_autofree char *id = core_new_id(core);
    Run *run = run_new(id, next_number(core));

    run->agent = g_strdup(order->agent);
    run->task = g_strdup(order->task);
    run->skill = gate_facts_skill(core, order->agent, order->task);
    run->user = g_strdup(speaker->user);
    run->principal = g_strdup(speaker->principal);
    run->conversation = speaker_conversation(speaker);
    run->chat_id = g_strdup(speaker->chat_id);
    run->plan = g_strdup(order->plan);
    run->created_ms = core->now_ms;
    run->changed_ms = core->now_ms;
    run->expires_ms = core->now_ms + core->settings->tasks_expires_ms;
    run->timeout_ms = order->timeout_ms ? order->timeout_ms : core->settings->tasks_timeout_ms;
    run->is_idempotent = order->is_idempotent;
    run->schedule = g_strdup(order->schedule);
    run->nominal_ms = order->nominal_ms;
    run->turn = order->turn;
    return run;
}

int64_t launch_wait_until(const Run *run)
{
    return run->wait_until_ms > 0 ? run->wait_until_ms : run->created_ms + LAUNCH_WAIT_MS;
}

/* Why it waits: "blackout hours 02:00-05:00; starts 05:00 CET". approved_by: NULL, nobody did. */
static void note_wait(const Core *core, Run *run, const Verdict *verdict, const char *approved_by)
{
    RunOutcome *outcome = &run->outcome;
    bool is_dated = verdict->next_ms > core->now_ms && verdict->next_ms != INT64_MAX;
    int64_t shown_ms = is_dated ? verdict->next_ms : launch_wait_until(run);
    g_autofree char *at = timestamp_local_with_zone(shown_ms, core->now_ms, core->zone);
    g_autofree char *wait =
        reason_make(is_dated ? REASON_STARTS : REASON_WAITS_UNTIL, verdict->reason, at, NULL);

    g_free(outcome->rule);
    outcome->rule = g_strdup(rule_name(verdict->rule));
    g_free(outcome->reason);
    outcome->reason = approved_by ? reason_make(REASON_APPROVED_BY, approved_by, wait, NULL)
                                  : g_steal_pointer(&wait);
}

static void forget_wait(Run *run)
{
    g_clear_pointer(&run->outcome.rule, g_free);
    g_clear_pointer(&run->outcome.reason, g_free);
}

/* Long enough for the opening that the gate named. */
static void set_wait(const Core *core, Run *run, const Verdict *verdict)
{
    int64_t until_ms = MAX(launch_wait_until(run), core->now_ms + LAUNCH_WAIT_MS);

    if (verdict->next_ms != INT64_MAX)
        until_ms = MAX(until_ms, verdict->next_ms + AFTER_OPENING_MS);
    run->wait_until_ms = until_ms;
}

static void begin(Core *core, Run *run, const Verdict *verdict)
{
    switch (verdict->kind) {
    case GATE_ALLOW:
        run_apply(run, RUN_EVENT_ALLOWED, core->now_ms);
        return;
    case GATE_ASK:
        run_apply(run, RUN_EVENT_ASKED, core->now_ms);
        return;
    case GATE_LATER:
        run_apply(run, RUN_EVENT_LATER, core->now_ms);
        set_wait(core, run, verdict);
        note_wait(core, run, verdict, NULL);
        return;
    case GATE_DENY:
        g_assert_not_reached();
    }
}

/* What waits for a window or a person is looked at soon: then its own time is known. */
static void look_in_time(Core *core, const Run *run)
{
    int64_t due_ms = run->state == RUN_QUEUED ? run->expires_ms + 1 : core->now_ms + RUNS_LOOK_MS;

    core->runs_due_ms = MIN(core->runs_due_ms, due_ms);
}

static void audit_begin(Core *core, const Run *run)
{
    g_autofree char *line = text_make_line(run->task, 200);

    effects_audit(core->fx, core->now_ms, "run", run->principal, run->agent, run->id,
                  "#%" G_GINT64_FORMAT " %s by %s: %s", run->number, run_state_name(run->state),
                  run->user, line);
}

static void wait_for(Core *core, Run *run, const Run *before)
{
    run_apply(run, RUN_EVENT_LATER, core->now_ms);
    run->wait_until_ms = core->now_ms + LAUNCH_WAIT_MS;
    run_wait_for(run, before);
    core_note_wait(core, run);
}

const Run *launch_run(Core *core, const LaunchOrder *order, const Verdict *verdict)
{
    Run *run = make_run(core, order);
    RunKey key = { .id = run->id, .number = run->number, .agent = run->agent };

    if (order->after)
        wait_for(core, run, order->after);
    else
        begin(core, run, verdict);
    runs_add(core->runs, &key, run);
    look_in_time(core, run);
    audit_begin(core, run);
    if (run->state == RUN_AWAITING_APPROVAL)
        approvals_open(core, run, verdict);
    effects_put(core->fx, rows_of_run(run));
    if (run->state == RUN_QUEUED) {
        dispatch_add_run(core, run, OUTBOX_TASK);
        dispatch_due(core);
    }
    scheduled_tell(core, run);
    return run;
}

void launch_record(Core *core, const LaunchOrder *order, RunEvent event, Rule rule,
                   const char *reason)
{
    g_autoptr(Run) run = make_run(core, order);

    if (rule != RULE_NONE)
        run->outcome.rule = g_strdup(rule_name(rule));
    run->outcome.reason = g_strdup(reason);
    run_apply(run, event, core->now_ms);
    g_assert(run_state_is_terminal(run->state));
    audit_begin(core, run);
    effects_put(core->fx, rows_of_run(run));
    scheduled_tell(core, run);
}

char *launch_describe(const Core *core, const Run *run)
{
    g_autofree char *state =
        run->state == RUN_QUEUED ? describe_queued(core, run) : reason_words_run(core, run);
    g_autofree char *hold = hold_of_run(core, run);

    return hold ? g_strdup_printf("%s · %s", state, hold) : g_steal_pointer(&state);
}

void launch_say(Turn *turn, const Run *run)
{
    g_autofree char *state = launch_describe(turn->core, run);

    turn_add_run(turn, run->id);
    turn_say(turn, "#%" G_GINT64_FORMAT " %s: %s", run->number, run->agent, state);
}

/* ---- once more ---- */

static void start_again(Core *core, Run *run, bool was_asked)
{
    Language before = core_speak_to(core, run->user);
    g_autofree char *approval =
        was_asked ? g_strdup_printf(core_words(core, "approved by %s: "), run->decided_by)
                  : g_strdup("");
    g_autofree char *state = NULL;
    g_autofree char *text = NULL;

    forget_wait(run);
    run->expires_ms = core->now_ms + core->settings->tasks_expires_ms;
    outcome_apply(core, run, RUN_EVENT_ALLOWED, NULL);
    dispatch_add_run(core, run, OUTBOX_TASK);
    look_in_time(core, run);
    state = describe_queued(core, run);
    text =
        g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s%s", run->number, run->agent, approval, state);
    if (!plan_news_is_quiet_start(core, run))
        outcome_tell(core, run, text, OUTCOME_OK);
    core_speak(core, before);
}

static void wait_again(Core *core, Run *run, const Verdict *verdict)
{
    bool was_asked = run->state == RUN_AWAITING_APPROVAL;
    g_autofree char *before = g_strdup(run->outcome.reason);

    if (was_asked)
        set_wait(core, run, verdict);
    note_wait(core, run, verdict, was_asked ? run->decided_by : NULL);
    if (outcome_apply(core, run, RUN_EVENT_LATER, NULL) == RUN_REPEATED &&
        g_strcmp0(before, run->outcome.reason) != 0)
        effects_put(core->fx, rows_of_run(run));
    look_in_time(core, run);
}

static void ask_again(Core *core, Run *run, const Verdict *verdict)
{
    forget_wait(run);
    approvals_open(core, run, verdict);
    outcome_apply(core, run, RUN_EVENT_ASKED, NULL);
}

void launch_again(Core *core, Run *run)
{
    GateAsk ask;
    g_auto(Verdict) verdict = { 0 };

    gate_facts_of_run(core, run, &ask);
    gate_facts_judge(core, &ask, &verdict);
    if (verdict.kind == GATE_ALLOW) {
        start_again(core, run, run->state == RUN_AWAITING_APPROVAL);
    } else if (verdict.kind == GATE_LATER || verdict_passes_by_a_word(&verdict)) {
        wait_again(core, run, &verdict);
    } else if (verdict.kind == GATE_ASK) {
        ask_again(core, run, &verdict);
    } else {
        forget_wait(run);
        run->outcome.rule = g_strdup(rule_name(verdict.rule));
        outcome_apply(core, run, RUN_EVENT_REFUSED, verdict.reason);
    }
}

/* Only policy is of interest: what else was told meanwhile is the agent's own to judge. */
static void check_again(Core *core, Run *run)
{
    g_auto(Verdict) verdict = { 0 };
    g_autofree char *reason = NULL;
    GateAsk ask;

    gate_facts_of_run(core, run, &ask);
    gate_facts_judge(core, &ask, &verdict);
    if (verdict.kind == GATE_ALLOW || verdict.rule != RULE_POLICY)
        return;

    reason = reason_make(REASON_TOLD_TOO_LATE, verdict.reason, NULL);
    g_free(run->outcome.rule);
    run->outcome.rule = g_strdup(rule_name(verdict.rule));
    outcome_apply(core, run, RUN_EVENT_REFUSED, reason);
}

void launch_check_queued(Core *core, const char *agent)
{
    g_autoptr(GPtrArray) runs = runs_list(core->runs, agent);
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        Run *run = runs->pdata[i];

        if (run->state == RUN_QUEUED && !run->is_handed)
            check_again(core, run);
    }
}

void launch_put_off(Core *core, Run *run, int64_t until_ms)
{
    g_autofree char *until = timestamp_local(until_ms, core->now_ms, core->zone);

    run->not_before_ms = until_ms;
    run->wait_until_ms = MAX(launch_wait_until(run), until_ms + LAUNCH_WAIT_MS);
    g_free(run->outcome.reason);
    run->outcome.reason = reason_make(REASON_PUT_OFF, until, NULL);
    core->runs_due_ms = MIN(core->runs_due_ms, core->now_ms + RUNS_LOOK_MS);
}
