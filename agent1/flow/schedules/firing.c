#include "agent1/flow/schedules/firing.h"

#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/runs/launch.h"
#include "common/base/quantity.h"
#include "common/base/timestamp.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

/* A time that comes while agent1 is at work is not so late. */
#define LATE_MS INT64_C(2000)

static const char *user_of(const Schedule *schedule)
{
    return schedule->entry->user ? schedule->entry->user : SPEAKER_FILE;
}

static char *principal_of(const Schedule *schedule)
{
    return g_strdup_printf("schedule:%s", schedule->id);
}

/* The caller owns it. */
static Speaker *speaker_of(const Core *core, const Schedule *schedule)
{
    Speaker *speaker = speaker_new(DOOR_SCHEDULE, "", NULL);

    speaker->user = g_strdup(user_of(schedule));
    speaker->principal = principal_of(schedule);
    speaker->role = gate_facts_role(core, speaker->user);
    return speaker;
}

/* Who reads it is not who lacks the role. */
static void name_user(const Core *core, const Speaker *speaker, Verdict *verdict)
{
    g_free(verdict->reason);
    if (users_by_name(core->users, speaker->user))
        verdict->reason = reason_make(REASON_ACTS_AS, speaker->user, role_name(speaker->role),
                                      role_name(ROLE_OPERATOR), NULL);
    else
        verdict->reason = reason_make(REASON_ACTS_AS_NOBODY, speaker->user, NULL);
}

void firing_judge(const Core *core, const Schedule *schedule, int64_t at_ms, Verdict *out)
{
    g_autoptr(Speaker) speaker = speaker_of(core, schedule);
    GateAsk ask;

    gate_facts_of_speaker(speaker, schedule->entry->agent, schedule->entry->task, &ask);
    ask.at_ms = at_ms;
    gate_facts_judge(core, &ask, out);
    if (out->kind == GATE_DENY && out->rule == RULE_ROLE)
        name_user(core, speaker, out);
}

/* ---- what is not started ---- */

static char *local(const Core *core, const Schedule *schedule, int64_t at_ms)
{
    return timestamp_local_with_zone(at_ms, core->now_ms, schedule_book_zone(core, schedule));
}

static void miss(Core *core, const Schedule *schedule, const LaunchOrder *order,
                 const Occurrence *occurrence)
{
    g_autofree char *first = local(core, schedule, occurrence->first_ms);
    g_autofree char *at = local(core, schedule, occurrence->time.at_ms);
    g_autofree char *late = duration_format(core->now_ms - occurrence->due_ms);
    g_autofree char *count = g_strdup_printf("%u", occurrence->count);
    g_autofree char *reason = NULL;

    if (occurrence->count > 1)
        reason = reason_make(occurrence->count >= OCCURRENCE_COUNT_MAX ? REASON_MANY_TIMES_PASSED
                                                                       : REASON_TIMES_PASSED,
                             count, first, at, NULL);
    else
        reason = reason_make(REASON_TIME_PASSED, at, late, NULL);
    launch_record(core, order, RUN_EVENT_MISSED, RULE_NONE, reason);
}

/* ---- what meets the gate ---- */

static void start(Core *core, Schedule *schedule, const LaunchOrder *order, const Verdict *verdict)
{
    const Run *run = launch_run(core, order, verdict);

    g_free(schedule->last_run);
    schedule->last_run = g_strdup(run->id);
    schedule->last_number = run->number;
}

static void wait_or_skip(Core *core, Schedule *schedule, const LaunchOrder *order,
                         const Verdict *verdict)
{
    if (schedule->entry->on_blocked == ON_BLOCKED_SKIP)
        launch_record(core, order, RUN_EVENT_SKIPPED, verdict->rule, verdict->reason);
    else
        start(core, schedule, order, verdict);
}

static void meet_gate(Core *core, Schedule *schedule, const LaunchOrder *order)
{
    g_auto(Verdict) verdict = { 0 };

    firing_judge(core, schedule, 0, &verdict);
    switch (verdict.kind) {
    case GATE_ALLOW:
    case GATE_ASK:
        start(core, schedule, order, &verdict);
        return;
    case GATE_LATER:
        wait_or_skip(core, schedule, order, &verdict);
        return;
    case GATE_DENY:
        if (!verdict_passes_by_a_word(&verdict)) {
            launch_record(core, order, RUN_EVENT_REFUSED, verdict.rule, verdict.reason);
            return;
        }
        verdict.kind = GATE_LATER;
        verdict.next_ms = INT64_MAX;
        wait_or_skip(core, schedule, order, &verdict);
        return;
    }
}

/* All that passed are to be made up for: then they wait for each other. */
static Overlap overlap_of(const Core *core, const Schedule *schedule, const Occurrence *occurrence)
{
    const TaskEntry *entry = schedule->entry;
    bool is_late = core->now_ms - occurrence->due_ms > LATE_MS;

    if (entry->overlap == OVERLAP_FORBID && entry->catchup == CATCHUP_ALL && is_late)
        return OVERLAP_QUEUE;
    return (Overlap)entry->overlap;
}

/* The run before it has not ended. */
static void meet_other(Core *core, Schedule *schedule, LaunchOrder *order, const Run *before,
                       Overlap overlap)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, before->number);
    g_autofree char *reason = NULL;

    switch (overlap) {
    case OVERLAP_FORBID:
        reason = reason_make(REASON_RUN_BEFORE, number, run_state_name(before->state), NULL);
        launch_record(core, order, RUN_EVENT_SKIPPED, RULE_NONE, reason);
        return;
    case OVERLAP_QUEUE:
        order->after = before;
        break;
    case OVERLAP_ALLOW:
        break;
    }
    meet_gate(core, schedule, order);
}

static void decide(Core *core, Schedule *schedule, const Occurrence *occurrence)
{
    g_autoptr(Speaker) speaker = speaker_of(core, schedule);
    const Run *before = schedule->last_run ? runs_find(core->runs, schedule->last_run) : NULL;
    LaunchOrder order = {
        .speaker = speaker,
        .agent = schedule->entry->agent,
        .task = schedule->entry->task,
        .schedule = schedule->id,
        .nominal_ms = occurrence->time.at_ms,
        .turn = schedule->turn,
        .timeout_ms = schedule->entry->timeout_ms,
        .is_idempotent = schedule->entry->is_idempotent,
    };

    if (occurrence->is_missed)
        miss(core, schedule, &order, occurrence);
    else if (before)
        meet_other(core, schedule, &order, before, overlap_of(core, schedule, occurrence));
    else
        meet_gate(core, schedule, &order);
}

void firing_do_next(Core *core, Schedule *schedule)
{
    OccurrenceRule rule;
    Occurrence occurrence;

    schedule_book_rule(core, schedule, &rule);
    if (!occurrence_take_due(&rule, schedule->mark_ms, core->now_ms, &occurrence))
        return;

    decide(core, schedule, &occurrence);
    schedule->mark_ms = occurrence.time.at_ms;
    schedule_book_store(core, schedule);
}
