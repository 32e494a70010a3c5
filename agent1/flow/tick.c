#include "agent1/flow/tick.h"

#include "agent1/flow/commands/questions.h"
#include "agent1/flow/daily/daily.h"
#include "agent1/flow/doors/chat.h"
#include "agent1/flow/doors/home_assistant.h"
#include "agent1/flow/fleet/absence.h"
#include "agent1/flow/fleet/registration.h"
#include "agent1/flow/fleet/updates.h"
#include "agent1/flow/gate/approval_notices.h"
#include "agent1/flow/gate/approvals.h"
#include "agent1/flow/runs/dispatch.h"
#include "agent1/flow/runs/launch.h"
#include "agent1/flow/runs/outcome.h"
#include "agent1/flow/runs/plans.h"
#include "agent1/flow/schedules/schedules.h"
#include "agent1/flow/state/edits.h"
#include "agent1/flow/state/history.h"
#include "agent1/flow/state/notes.h"
#include "agent1/flow/state/searches.h"
#include "agent1/flow/state/vectors.h"
#include "agent1/flow/state/proposals.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/talk/recollection.h"
#include "agent1/flow/talk/streaming.h"
#include "agent1/flow/topics/publications.h"
#include "agent1/flow/topics/subscriptions.h"
#include "agent1/flow/voice/chats.h"
#include "agent1/flow/voice/live_message.h"
#include "agent1/flow/voice/notices.h"
#include "agent1/flow/voice/presence.h"
#include "agent1/flow/voice/uploads.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

/* Starting at the last moment and running to its limit, a run is heard of this much later. */
#define REPORT_MAX_MS (60 * INT64_C(1000))
/* Pauses and standby end by a person's word; a deferred run looks again this often. */
#define DEFERRED_LOOK_MS (60 * INT64_C(1000))

/* The question, or its answer, may have been lost: an unconfirmed run is asked for this often. */
#define UNCONFIRMED_LOOK_MS (5 * 60 * INT64_C(1000))

/* Until when an agent may keep a run without a word. */
static int64_t patience_ms(const Run *run)
{
    if (run->state == RUN_QUEUED)
        return run->expires_ms;
    if (run->state == RUN_ACCEPTED || run->state == RUN_RUNNING || run->state == RUN_CANCELLING)
        return run->expires_ms + run->timeout_ms + REPORT_MAX_MS;
    return INT64_MAX;
}

static void expire(Core *core, Run *run)
{
    if (run->state == RUN_QUEUED && !run->is_handed)
        outcome_apply(core, run, RUN_EVENT_EXPIRED, reason_format(REASON_AGENT_ABSENT));
    else if (!run->is_unconfirmed)
        outcome_flag_unconfirmed(core, run);
    else if (core->now_ms >= run->asked_ms + UNCONFIRMED_LOOK_MS || core->now_ms < run->asked_ms)
        dispatch_query_run(core, run);
}

/* The live run that this one waits for. */
static const Run *find_awaited(const Core *core, const Run *run)
{
    return run->after ? runs_find(core->runs, run->after) : NULL;
}

static void miss(Core *core, Run *run, const Run *awaited)
{
    g_autofree char *number =
        awaited ? g_strdup_printf("%" G_GINT64_FORMAT, awaited->number) : NULL;
    g_autofree char *reason = number ? reason_make(REASON_RUN_BEFORE_MISSED, number, NULL)
                                     : reason_make(REASON_WINDOW_MISSED, NULL);

    outcome_apply(core, run, RUN_EVENT_MISSED, reason);
}

static void try_deferred(Core *core, Run *run)
{
    const Run *awaited = find_awaited(core, run);

    if (core->now_ms >= launch_wait_until(run))
        miss(core, run, awaited);
    else if (core->now_ms >= run->not_before_ms && !awaited)
        launch_again(core, run);
}

static int64_t deferred_due(const Core *core, const Run *run)
{
    HoursView view;
    Hours hours;

    if (find_awaited(core, run))
        return launch_wait_until(run);
    if (run->not_before_ms > core->now_ms)
        return MIN(run->not_before_ms, launch_wait_until(run));
    core_hours(core, registry_find(core->registry, run->agent), &hours);
    hours_look(&hours, core->now_ms, &view);
    if (view.opens_ms > core->now_ms && view.opens_ms != INT64_MAX)
        return MIN(view.opens_ms, launch_wait_until(run));
    return MIN(core->now_ms + DEFERRED_LOOK_MS, launch_wait_until(run));
}

static void do_runs(Core *core)
{
    g_autoptr(GPtrArray) runs = runs_list(core->runs, NULL);
    unsigned i;

    core->runs_due_ms = INT64_MAX;
    for (i = 0; i < runs->len; i++) {
        Run *run = runs->pdata[i];

        if (run->state == RUN_DEFERRED)
            try_deferred(core, run);
        else if (core->now_ms > patience_ms(run))
            expire(core, run);
    }
}

/* When the runs are worth looking at next, by what is left of them. */
static int64_t runs_deadline(const Core *core)
{
    g_autoptr(GPtrArray) runs = runs_list(core->runs, NULL);
    int64_t next_ms = INT64_MAX;
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        const Run *run = runs->pdata[i];

        if (run->state == RUN_DEFERRED)
            next_ms = MIN(next_ms, deferred_due(core, run));
        else if (run->is_unconfirmed)
            next_ms = MIN(next_ms, MIN(run->asked_ms, core->now_ms) + UNCONFIRMED_LOOK_MS);
        else if (patience_ms(run) != INT64_MAX)
            next_ms = MIN(next_ms, patience_ms(run) + 1);
    }
    return next_ms;
}

static void do_approvals(Core *core)
{
    g_autoptr(GPtrArray) expired = approvals_tick(core);
    unsigned i;

    for (i = 0; expired && i < expired->len; i++)
        outcome_apply(core, expired->pdata[i], RUN_EVENT_EXPIRED,
                      reason_format(REASON_NOBODY_APPROVED));
}

void tick_do(Core *core)
{
    if (core->now_ms >= core->runs_due_ms) {
        do_runs(core);
        core->runs_due_ms = MAX(runs_deadline(core), core->now_ms + RUNS_LOOK_MS);
    }
    do_approvals(core);
    chats_forget_old(core);
    if (core->now_ms >= questions_next_deadline(core))
        questions_forget_old(core);
    if (core->now_ms >= core->housekeeping_ms) {
        registration_forget_old(core);
        chat_forget_sessions(core);
        proposals_forget_old(core);
        history_forget_old(core);
        notes_write_recalled(core);
        edits_send_failed(core);
        core->housekeeping_ms = core->now_ms + 3600 * INT64_C(1000);
    }
    home_assistant_look(core);
    live_do(core);
    streaming_do(core);
    searches_tick(core);
    recollection_tick(core);
    vectors_tick(core);
    daily_due(core);
    absence_due(core);
    notices_due(core);
    schedules_tick(core);
    plans_tick(core);
    approval_notices_send(core);
    dispatch_due(core);
    publications_tick(core);
    uploads_tick(core);
    updates_tick(core);
    subscriptions_tick(core);
}

int64_t tick_next_deadline(const Core *core)
{
    int64_t next_ms = dispatch_next_deadline(core);

    next_ms = MIN(next_ms, core->runs_due_ms);
    next_ms = MIN(next_ms, core->approvals_due_ms);
    next_ms = MIN(next_ms, core->reports_due_ms);
    next_ms = MIN(next_ms, core->absences_due_ms);
    next_ms = MIN(next_ms, core->notices_due_ms);
    next_ms = MIN(next_ms, home_assistant_next_deadline(core));
    next_ms = MIN(next_ms, chats_next_deadline(core));
    next_ms = MIN(next_ms, live_next_deadline(core));
    next_ms = MIN(next_ms, streaming_next_deadline(core));
    next_ms = MIN(next_ms, searches_next_deadline(core));
    next_ms = MIN(next_ms, recollection_next_deadline(core));
    next_ms = MIN(next_ms, vectors_next_deadline(core));
    next_ms = MIN(next_ms, presence_next_deadline(core));
    next_ms = MIN(next_ms, plans_next_deadline(core));
    next_ms = MIN(next_ms, schedules_next_deadline(core));
    next_ms = MIN(next_ms, publications_next_deadline(core));
    next_ms = MIN(next_ms, uploads_next_deadline(core));
    next_ms = MIN(next_ms, updates_next_deadline(core));
    next_ms = MIN(next_ms, subscriptions_next_deadline(core));
    return MIN(next_ms, questions_next_deadline(core));
}
