#include "agent1/flow/work/outcome.h"

#include <string.h>

#include "agent1/flow/gate/approvals.h"
#include "agent1/flow/state/plan_news.h"
#include "agent1/flow/state/progress.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/live_message.h"
#include "agent1/flow/voice/turn.h"
#include "agent1/flow/work/dispatch.h"
#include "common/base/text.h"
#include "common/wire/skill_call.h"
#include "common/base/banned.h"

/* A phone shows this much without scrolling for long; agentctl has room for all that was kept. */
#define XMPP_OUTPUT_LINES 60
#define XMPP_OUTPUT_BYTES 6000
/* Exit codes of a shell (POSIX 2.8.2; dash and bash for the second). */
#define SHELL_NOT_FOUND 127
#define SHELL_SYNTAX    2

char *outcome_text(const Run *run, size_t max_output)
{
    g_autofree char *state = run_describe(run);
    const char *output = run->outcome.output;
    g_autofree char *tail = NULL;
    g_autofree char *block = NULL;

    if (!output || !*output)
        return g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s", run->number, run->agent, state);
    if (strlen(output) > max_output) {
        tail = text_last_lines(output, XMPP_OUTPUT_LINES, max_output);
        output = tail;
    }
    block = text_fence(output);
    return g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s%s\n%s", run->number, run->agent, state,
                           tail ? " (the end of its output)" : "", block);
}

void outcome_tell(Core *core, const Run *run, const char *text, const char *outcome)
{
    g_autoptr(Speaker) speaker = speaker_from_conversation(run->conversation, run->chat_id);
    Turn turn;

    if (!speaker)
        return;

    speaker->principal = g_strdup(run->principal);
    turn_init(&turn, core, speaker);
    turn.is_news = true;
    turn_add_run(&turn, run->id);
    turn_say(&turn, "%s", text);
    turn_outcome(&turn, outcome);
    turn_finish(&turn);
}

/* The shell found no such command, or stumbled over its parentheses. */
static bool is_slip(const Run *run)
{
    const RunOutcome *outcome = &run->outcome;
    const char *after = run->task + strcspn(run->task, " \t(");

    return run->state == RUN_FAILED && g_strcmp0(run->skill, SKILL_SHELL) == 0 &&
           (outcome->exit_code == SHELL_NOT_FOUND ||
            (outcome->exit_code == SHELL_SYNTAX && *after == '('));
}

/* What is no skill is for the shell: only when that failed may a skill have been meant. The caller
 * owns the result; NULL: nothing to say. */
static char *slip_text(const Core *core, const Run *run)
{
    const FleetAgent *agent = fleet_find(core->fleet, run->agent);
    g_autofree char *nearest = agent && is_slip(run) ? fleet_nearest_skill(agent, run->task) : NULL;

    return nearest
               ? g_strdup_printf("\nNo skill is called so, and the shell got it; nearest skill: "
                                 "%s",
                                 nearest)
               : NULL;
}

static void tell_outcome(Core *core, const Run *run)
{
    bool is_cli = run->conversation && g_str_has_prefix(run->conversation, "cli ");
    g_autofree char *text = outcome_text(run, is_cli ? SIZE_MAX : XMPP_OUTPUT_BYTES);
    g_autofree char *slip = slip_text(core, run);
    g_autofree char *whole = g_strconcat(text, slip, NULL);

    outcome_tell(core, run, whole, run_state_name(run->state));
}

static void tell_deferred(Core *core, const Run *run)
{
    g_autofree char *state = run_describe(run);
    g_autofree char *text =
        g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s", run->number, run->agent, state);

    outcome_tell(core, run, text, run_state_name(run->state));
}

static void finish(Core *core, Run *run)
{
    g_autofree char *state = run_describe(run);
    Run *ended;

    effects_audit(core->fx, core->now_ms, "outcome", run->agent, run->agent, run->id,
                  "#%" G_GINT64_FORMAT " %s", run->number, state);
    dispatch_drop_run(core, run);
    ended = runs_take(core->runs, run->id);
    g_assert(ended == run);
    progress_forget(core, run);
    live_end(core, run);
    if (runs_count(core->runs) == 0)
        core->runs_due_ms = INT64_MAX;
    if (!plan_news_take_outcome(core, ended))
        tell_outcome(core, ended);
    run_free(ended);
}

/* Back to the gate, with a new attempt that nobody had yet. */
static void begin_attempt(Core *core, Run *run)
{
    dispatch_drop_run(core, run);
    run->attempt++;
    run->is_handed = false;
    run->is_unconfirmed = false;
    g_clear_pointer(&run->journal, g_free);
    /* What was said of the attempt before says nothing about this one. */
    g_clear_pointer(&run->outcome.rule, g_free);
    g_clear_pointer(&run->outcome.reason, g_free);
    progress_forget(core, run);
    /* Its time begins to count again. */
    core->runs_due_ms = MIN(core->runs_due_ms, core->now_ms + RUNS_LOOK_MS);
}

/* Why it waited does not tell how it ended. */
static void forget_wait(Run *run, RunEvent event)
{
    bool is_end = event == RUN_EVENT_REFUSED || event == RUN_EVENT_DENIED ||
                  event == RUN_EVENT_EXPIRED || event == RUN_EVENT_CANCELLED ||
                  event == RUN_EVENT_MISSED;

    if (!is_end || (run->state != RUN_DEFERRED && run->state != RUN_AWAITING_APPROVAL))
        return;

    g_clear_pointer(&run->outcome.reason, g_free);
    if (event != RUN_EVENT_REFUSED)
        g_clear_pointer(&run->outcome.rule, g_free);
}

RunApplied outcome_apply(Core *core, Run *run, RunEvent event, const char *reason)
{
    RunState was = run->state;
    RunApplied applied;

    forget_wait(run, event);
    if (reason && !run->outcome.reason)
        run->outcome.reason = g_strdup(reason);
    applied = run_apply(run, event, core->now_ms);
    if (applied != RUN_APPLIED)
        return applied;

    run->is_unconfirmed = false;
    g_clear_pointer(&run->query_id, g_free);
    if (was == RUN_AWAITING_APPROVAL)
        approvals_close(core, run);
    if (run->state == RUN_DEFERRED && !plan_news_take_wait(core, run))
        tell_deferred(core, run);
    if ((run->state == RUN_DEFERRED && event == RUN_EVENT_WINDOW_CLOSED) ||
        (run->state == RUN_QUEUED && event == RUN_EVENT_REQUEUED))
        begin_attempt(core, run);
    effects_put(core->fx, rows_of_run(run));
    effects_log(core->fx, EFFECT_LOG_INFO, run->id, run->agent, "#%" G_GINT64_FORMAT " %s",
                run->number, run_state_name(run->state));
    if (run_state_is_terminal(run->state)) {
        finish(core, run);
    } else {
        effects_audit(core->fx, core->now_ms, "state", run->agent, run->agent, run->id,
                      "#%" G_GINT64_FORMAT " %s", run->number, run_state_name(run->state));
        live_news(core, run);
    }
    return applied;
}

void outcome_lose(Core *core, Run *run, const char *why)
{
    if (!run->is_idempotent || run->state == RUN_CANCELLING) {
        outcome_apply(core, run, RUN_EVENT_LOST, why);
        return;
    }
    if (run->state == RUN_QUEUED) {
        begin_attempt(core, run);
        effects_put(core->fx, rows_of_run(run));
    } else {
        outcome_apply(core, run, RUN_EVENT_REQUEUED, NULL);
    }
    dispatch_add_run(core, run, OUTBOX_TASK);
}

void outcome_lose_handed(Core *core, const FleetAgent *agent, const char *why)
{
    g_autoptr(GPtrArray) runs = runs_list(core->runs, agent->name);
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        Run *run = runs->pdata[i];

        if (run->is_handed)
            outcome_lose(core, run, why);
    }
}

void outcome_revoke(Core *core, const char *agent)
{
    g_autoptr(GPtrArray) runs = runs_list(core->runs, agent);
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        Run *run = runs->pdata[i];

        if (run->is_handed) {
            outcome_apply(core, run, RUN_EVENT_LOST, "revoked");
        } else {
            g_free(run->outcome.rule);
            run->outcome.rule = g_strdup(rule_name(RULE_NOT_ACCEPTED));
            outcome_apply(core, run, RUN_EVENT_REFUSED, "its key was revoked");
        }
    }
}

void outcome_flag_unconfirmed(Core *core, Run *run)
{
    const FleetAgent *agent = fleet_find(core->fleet, run->agent);
    g_autofree char *since = core_local_time(core, agent ? agent->heard_ms : run->changed_ms);
    g_autofree char *text = g_strdup_printf(
        "#%" G_GINT64_FORMAT " %s: unconfirmed (past its time; agent silent since %s)", run->number,
        run->agent, since);

    run->is_unconfirmed = true;
    live_news(core, run);
    effects_put(core->fx, rows_of_run(run));
    effects_audit(core->fx, core->now_ms, "unconfirmed", NULL, run->agent, run->id,
                  "#%" G_GINT64_FORMAT " past its time; agent silent since %s", run->number, since);
    if (agent)
        dispatch_query_run(core, run);
    if (!plan_news_take_wait(core, run))
        outcome_tell(core, run, text, OUTCOME_UNCONFIRMED);
}
