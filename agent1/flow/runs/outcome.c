#include "agent1/flow/runs/outcome.h"

#include <limits.h>
#include <string.h>

#include "agent1/flow/gate/approvals.h"
#include "agent1/flow/runs/dispatch.h"
#include "agent1/flow/runs/scheduled.h"
#include "agent1/flow/state/plan_news.h"
#include "agent1/flow/state/progress.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/live_message.h"
#include "agent1/flow/voice/turn.h"
#include "agent1/flow/voice/uploads.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/wire/reason.h"
#include "common/wire/skill_call.h"
#include "common/base/banned.h"

/* A phone shows this much without scrolling for long. */
const OutcomeView outcome_on_phone = {
    .max_lines = UINT_MAX, .max_bytes = 6000, .tail_lines = 60, .tail_bytes = 6000
};
/* Where the whole is a touch away, a screen of its end will do. */
static const OutcomeView beside_file = {
    .max_lines = 40, .max_bytes = 3000, .tail_lines = 15, .tail_bytes = 1500, .is_in_file = true
};
/* agentctl has room for all that was kept. */
const OutcomeView outcome_whole = { .max_lines = UINT_MAX, .max_bytes = SIZE_MAX };

/* Exit codes of a shell (POSIX 2.8.2; dash and bash for the second). */
#define SHELL_NOT_FOUND 127
#define SHELL_SYNTAX    2

static bool is_shown_whole(const char *output, const OutcomeView *view)
{
    unsigned lines = 1;
    const char *at;

    if (strlen(output) > view->max_bytes)
        return false;
    for (at = strchr(output, '\n'); at && at[1]; at = strchr(at + 1, '\n'))
        lines++;
    return lines <= view->max_lines;
}

/* What stands behind the state when only the end of the output does below it. The caller owns it.
 */
static char *describe_rest(const Core *core, const Run *run, const OutcomeView *view)
{
    if (view->is_in_file)
        return g_strdup(
            core_words(core, run->outcome.is_truncated
                                 ? " (the end of its output; what was kept of it follows as a file)"
                                 : " (the end of its output; all of it follows as a file)"));
    return g_strdup_printf(
        core_words(core, " (the end of its output; !output %" G_GINT64_FORMAT " shows more)"),
        run->number);
}

char *outcome_text(const Core *core, const Run *run, const OutcomeView *view)
{
    g_autofree char *state = reason_words_run(core, run);
    const char *output = run->outcome.output;
    g_autofree char *tail = NULL;
    g_autofree char *rest = NULL;
    g_autofree char *block = NULL;

    if (!output || !*output)
        return g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s", run->number, run->agent, state);
    if (!is_shown_whole(output, view)) {
        tail = text_last_lines(output, view->tail_lines, view->tail_bytes);
        rest = describe_rest(core, run, view);
        output = tail;
    }
    block = text_fence(output);
    return g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s%s\n%s", run->number, run->agent, state,
                           rest ? rest : "", block);
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
    turn.is_told = run->is_told;
    turn_add_run(&turn, run->id);
    turn_say(&turn, "%s", text);
    turn_outcome(&turn, outcome);
    turn_finish(&turn);
}

void outcome_is_answered(Run *run, const Speaker *speaker)
{
    g_autofree char *conversation = speaker_conversation(speaker);

    run->is_told = speaker->door == DOOR_CLI && g_strcmp0(run->conversation, conversation) == 0;
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
               ? g_strdup_printf(
                     core_words(core,
                                "\nNo skill is called so, and the shell got it; nearest skill: %s"),
                     nearest)
               : NULL;
}

/* How much is said where the run was asked for; what is left goes into a file if it can. */
static const OutcomeView *choose_view(Core *core, const Run *run)
{
    g_autoptr(Speaker) speaker = speaker_from_conversation(run->conversation, run->chat_id);

    if (speaker && speaker->door == DOOR_CLI)
        return &outcome_whole;
    if (!speaker || speaker->door != DOOR_XMPP || !uploads_may(core, run) ||
        is_shown_whole(run->outcome.output, &beside_file))
        return &outcome_on_phone;

    uploads_begin(core, run, speaker->address);
    return &beside_file;
}

static void tell_outcome(Core *core, const Run *run)
{
    Language before = core_speak_to(core, run->user);
    g_autofree char *text = outcome_text(core, run, choose_view(core, run));
    g_autofree char *slip = slip_text(core, run);
    g_autofree char *whole = g_strconcat(text, slip, NULL);

    outcome_tell(core, run, whole, run_state_name(run->state));
    core_speak(core, before);
}

static void tell_deferred(Core *core, const Run *run)
{
    Language before = core_speak_to(core, run->user);
    g_autofree char *state = reason_words_run(core, run);
    g_autofree char *text =
        g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s", run->number, run->agent, state);

    outcome_tell(core, run, text, run_state_name(run->state));
    core_speak(core, before);
}

/* What waited itself ended without its turn: whoever waited for it waits for what it waited for. */
static void pass_on_wait(Core *core, const Run *ended)
{
    const Run *before = ended->after ? runs_find(core->runs, ended->after) : NULL;
    g_autoptr(GPtrArray) runs = before ? runs_list(core->runs, NULL) : NULL;
    unsigned i;

    for (i = 0; runs && i < runs->len; i++) {
        Run *run = runs->pdata[i];

        if (run->state != RUN_DEFERRED || g_strcmp0(run->after, ended->id) != 0)
            continue;
        run_wait_for(run, before);
        core_note_wait(core, run);
        effects_put(core->fx, rows_of_run(run));
    }
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
    if (ended->schedule)
        scheduled_tell(core, ended);
    /* Only then: to look at all that are live at the end of each takes longer than their ends. */
    if (g_hash_table_remove(core->awaited, ended->id)) {
        pass_on_wait(core, ended);
        core->runs_due_ms = core->now_ms;
    }
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
            outcome_apply(core, run, RUN_EVENT_LOST, reason_format(REASON_REVOKED));
        } else {
            g_free(run->outcome.rule);
            run->outcome.rule = g_strdup(rule_name(RULE_NOT_ACCEPTED));
            outcome_apply(core, run, RUN_EVENT_REFUSED, reason_format(REASON_KEY_REVOKED));
        }
    }
}

static void tell_unconfirmed(Core *core, const Run *run, int64_t heard_ms)
{
    Language before = core_speak_to(core, run->user);
    g_autofree char *since = core_local_time(core, heard_ms);
    g_autofree char *text =
        g_strdup_printf(core_words(core, "#%" G_GINT64_FORMAT
                                         " %s: unconfirmed (past its time; agent silent since %s)"),
                        run->number, run->agent, since);

    outcome_tell(core, run, text, OUTCOME_UNCONFIRMED);
    core_speak(core, before);
}

void outcome_flag_unconfirmed(Core *core, Run *run)
{
    const FleetAgent *agent = fleet_find(core->fleet, run->agent);
    int64_t heard_ms = agent ? agent->heard_ms : run->changed_ms;
    g_autofree char *since = timestamp_local(heard_ms, core->now_ms, core->zone);

    run->is_unconfirmed = true;
    live_news(core, run);
    effects_put(core->fx, rows_of_run(run));
    effects_audit(core->fx, core->now_ms, "unconfirmed", NULL, run->agent, run->id,
                  "#%" G_GINT64_FORMAT " past its time; agent silent since %s", run->number, since);
    if (agent)
        dispatch_query_run(core, run);
    if (!plan_news_take_wait(core, run))
        tell_unconfirmed(core, run, heard_ms);
}
