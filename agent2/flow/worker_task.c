#include "agent2/flow/worker_task.h"

#include "agent2/flow/worker_report.h"
#include "agent2/flow/worker_resolve.h"
#include "agent2/flow/worker_runs.h"
#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/base/quantity.h"
#include "common/wire/approval.h"
#include "common/wire/reason.h"

#include <string.h>

#include "common/base/banned.h"

/* Refused for what it is, not for what it asks: nothing is kept, for this attempt is not ours to
 * decide. */
static void turn_away(Worker *worker, const Message *message, WorkerEffects *effects,
                      const char *reason)
{
    const MessageTask *task = &message->task;
    Message *answer = worker_new_message(worker, MESSAGE_ACK);

    worker_effects_log(effects, WORKER_LOG_WARNING, task->run, "task turned away: %s", reason);
    answer->ack.in_reply_to = g_strdup(message->id);
    answer->ack.run = g_strdup(task->run);
    answer->ack.attempt = task->attempt;
    answer->ack.state = ACK_REJECTED;
    answer->ack.rule = g_strdup(rule_name(RULE_POLICY));
    answer->ack.reason = g_strdup(reason);
    answer->ack.epoch = task->epoch;
    worker_say(worker, effects, answer);
}

/* NULL when the task is for this journal, of this run's newest attempt, and of the present epoch.
 * The caller owns the reason. */
static char *find_stranger(Worker *worker, const Message *message, WorkerEffects *effects)
{
    const MessageTask *task = &message->task;
    int64_t highest = jobs_highest_attempt(worker->jobs, task->run);

    if (g_strcmp0(message->journal, worker->counters.journal) != 0)
        return g_strdup_printf("meant for journal %s; this one is %s",
                               message->journal ? message->journal : "(none)",
                               worker->counters.journal);
    if (task->epoch < worker->counters.epoch) {
        worker_alarm(worker, effects, task->run,
                     "a task of epoch %" G_GINT64_FORMAT " came after epoch %" G_GINT64_FORMAT
                     ": agent1 was restored from a backup, or an old frame was sent again",
                     task->epoch, worker->counters.epoch);
        return g_strdup_printf("epoch %" G_GINT64_FORMAT
                               " is over; this agent knows %" G_GINT64_FORMAT,
                               task->epoch, worker->counters.epoch);
    }
    if (task->attempt < highest)
        return g_strdup_printf("attempt %" G_GINT64_FORMAT " is known already", highest);
    return NULL;
}

/* True while an earlier attempt of the run may still have an effect. */
static bool has_live_attempt(const Worker *worker, const char *run)
{
    const GPtrArray *live = jobs_live(worker->jobs);
    const Job *last = jobs_find(worker->jobs, run, jobs_highest_attempt(worker->jobs, run));

    if (last && last->has_survivors)
        return true;
    for (guint i = 0; i < live->len; i++) {
        const Job *job = g_ptr_array_index(live, i);

        if (strcmp(job->run, run) == 0 && job->state != JOB_ENDED && job->state != JOB_REFUSING)
            return true;
    }
    return false;
}

/* This host's clock for an instant of agent1's. */
static int64_t to_local(const Worker *worker, int64_t agent1_ms)
{
    return agent1_ms - worker_clock_offset(&worker->clock);
}

static Job *new_job(const Worker *worker, const Message *message)
{
    const MessageTask *task = &message->task;
    Job *job = job_new(task->run, task->attempt, JOB_ARRIVING);
    JobMeta *meta = &job->meta;

    meta->request = g_strdup(message->id);
    meta->number = task->number;
    meta->expires_ms = task->expires_ms;
    meta->local_expires_ms = to_local(worker, task->expires_ms);
    meta->window_end_ms = task->window_end_ms == MESSAGE_ABSENT
                              ? RUN_NO_WINDOW
                              : to_local(worker, task->window_end_ms);
    meta->not_before_ms =
        task->not_before_ms == MESSAGE_ABSENT ? 0 : to_local(worker, task->not_before_ms);
    meta->received_ms = worker->now_ms;
    meta->is_idempotent = task->is_idempotent;
    meta->requested_by = g_strdup(task->requested_by);
    return job;
}

static unsigned waiting_count(const Worker *worker)
{
    return jobs_count_in(worker->jobs, JOB_ARRIVING) + jobs_count_in(worker->jobs, JOB_QUEUED) +
           jobs_count_in(worker->jobs, JOB_CLAIMING);
}

/* True unless it carries an approval that a person gave to something else. */
static bool fits_approval(const MessageTask *task)
{
    ApprovalSubject subject = { .run = task->run,
                                .agent = task->agent,
                                .task = task->task,
                                .requested_by = task->requested_by,
                                .timeout_s = task->timeout_s,
                                .is_idempotent = task->is_idempotent };
    g_autofree char *hash = task->approval_id ? approval_hash(&subject) : NULL;

    return !hash || g_strcmp0(hash, task->approval_hash) == 0;
}

/* The gate of this worker itself (README.md): RULE_NONE lets the task in. */
static Rule judge(const Worker *worker, const Job *job, char **out_reason)
{
    int64_t start_ms = MAX(worker->now_ms, job->meta.not_before_ms);
    unsigned busy = jobs_count_shims(worker->jobs);
    unsigned room =
        worker->settings->queue +
        (busy < worker->settings->max_parallel ? worker->settings->max_parallel - busy : 0);

    if (worker_agent1_now(worker) >= job->meta.expires_ms) {
        g_autofree char *late = duration_format(worker_agent1_now(worker) - job->meta.expires_ms);

        *out_reason = reason_make(REASON_CAME_LATE, late, NULL);
        return RULE_EXPIRED;
    }
    if (worker->counters.is_paused) {
        *out_reason = reason_make(REASON_AGENT_PAUSED, NULL);
        return RULE_PAUSED;
    }
    if (waiting_count(worker) >= room) {
        g_autofree char *queue = g_strdup_printf("%u", worker->settings->queue);

        *out_reason = reason_make(REASON_AGENT_QUEUE, queue, NULL);
        return RULE_QUEUE_FULL;
    }
    return worker_windows_judge(worker->windows, start_ms, out_reason);
}

void worker_refuse(Worker *worker, Job *job, Rule rule, const char *reason, WorkerEffects *effects)
{
    job->state = JOB_REFUSING;
    job_decide(job, rule == RULE_EXPIRED ? RUN_EXPIRED : RUN_REJECTED, rule, reason,
               worker->now_ms);
    jobs_add(worker->jobs, job);
    worker_bury(job, effects);
}

void worker_bury(Job *job, WorkerEffects *effects)
{
    static const struct {
        RunState outcome;
        ClaimKind claim;
    } rows[] = {
        { RUN_REJECTED, CLAIM_REJECTED },
        { RUN_EXPIRED, CLAIM_EXPIRED },
        { RUN_CANCELLED, CLAIM_CANCELLED },
    };
    g_autofree char *meta = job_meta_print(&job->meta);

    job->next_boot_ms = WORKER_NEVER;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].outcome == job->outcome)
            worker_effects_tombstone(
                effects, job->run, job->attempt, rows[i].claim, job->decided_ms,
                rows[i].claim == CLAIM_REJECTED ? rule_name(job->rule) : NULL, job->reason, meta);
    }
}

static void accept(Worker *worker, Job *job, WorkerOrder *order, const Skill *skill,
                   WorkerEffects *effects)
{
    g_autofree char *meta = NULL;
    int64_t closing_ms =
        worker_windows_next_closing(worker->windows, MAX(worker->now_ms, job->meta.not_before_ms));

    job->meta.window_end_ms = MIN(job->meta.window_end_ms, closing_ms);
    job->meta.skill = g_strdup(skill->name);
    order->expires_ms = job->meta.local_expires_ms;
    order->window_end_ms = job->meta.window_end_ms;
    meta = job_meta_print(&job->meta);
    jobs_add(worker->jobs, job);
    worker_effects_create(effects, job->run, job->attempt, order, meta);
}

/* A task that this worker may decide on: accepted, or refused with a tombstone. */
static void decide(Worker *worker, const Message *message, WorkerEffects *effects)
{
    g_autoptr(Job) job = new_job(worker, message);
    g_autoptr(WorkerOrder) order = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *reason = NULL;
    const Skill *skill = NULL;
    Rule rule = judge(worker, job, &reason);

    if (rule == RULE_NONE && !fits_approval(&message->task)) {
        rule = RULE_POLICY;
        reason = reason_make(REASON_OTHER_APPROVAL, NULL);
    }
    if (rule == RULE_NONE) {
        order = worker_resolve(worker->settings->skills, &message->task, &skill, &error);
        if (!order) {
            rule = RULE_SKILL;
            reason = g_strdup(error->message);
        }
    }
    if (message->task.is_dry_run) {
        g_autofree char *command = order ? g_strjoinv(" ", order->argv) : NULL;
        g_autofree char *text = order ? reason_make(REASON_DRY_RUN, command, NULL)
                                      : reason_make(REASON_DRY_RUN_REFUSED, reason, NULL);

        worker_ack(worker, effects, message->id, job->run, job->attempt, ACK_REJECTED,
                   rule == RULE_NONE ? RULE_POLICY : rule, text);
        return;
    }
    if (rule != RULE_NONE)
        worker_refuse(worker, g_steal_pointer(&job), rule, reason, effects);
    else
        accept(worker, g_steal_pointer(&job), g_steal_pointer(&order), skill, effects);
}

void worker_answer_repeat(Worker *worker, Job *job, const char *request, WorkerEffects *effects)
{
    switch (job->state) {
    case JOB_ARRIVING: /* its answer comes once it is durable */
        return;
    case JOB_REFUSING:
        if (job->is_undurable)
            worker_ack(worker, effects, request, job->run, job->attempt, ACK_REJECTED, job->rule,
                       job->reason);
        return;
    case JOB_QUEUED:
    case JOB_CLAIMING:
    case JOB_STARTING:
    case JOB_RUNNING:
    case JOB_CANCELLING:
    case JOB_SETTLING:
        worker_ack(worker, effects, request, job->run, job->attempt, ACK_ACCEPTED, RULE_NONE, NULL);
        return;
    case JOB_ENDED:
    case JOB_OVER:
        if (job->state == JOB_OVER && job->is_refused)
            worker_ack(worker, effects, request, job->run, job->attempt, ACK_REJECTED, job->rule,
                       job->reason);
        else
            worker_report_now(worker, job, effects);
        return;
    case JOB_STATE_COUNT:
        break;
    }
    g_assert_not_reached();
}

void worker_take_task(Worker *worker, const Message *message, WorkerEffects *effects)
{
    const MessageTask *task = &message->task;
    g_autofree char *reason = NULL;
    Job *job;

    /* agent1 repeats it to the program that comes after this one. */
    if (worker->is_stopping)
        return;
    if (!name_is_ulid(task->run) || task->attempt < 1 || task->attempt > RUN_ATTEMPT_MAX) {
        turn_away(worker, message, effects, "not a run and attempt of this protocol");
        return;
    }
    job = jobs_find(worker->jobs, task->run, task->attempt);
    if (job && g_strcmp0(message->journal, worker->counters.journal) == 0) {
        worker_answer_repeat(worker, job, message->id, effects);
        return;
    }
    reason = find_stranger(worker, message, effects);
    if (!reason && has_live_attempt(worker, task->run))
        reason = g_strdup("an earlier attempt of this run is not over");
    if (reason) {
        turn_away(worker, message, effects, reason);
        return;
    }
    if (task->epoch > worker->counters.epoch) {
        worker->counters.epoch = task->epoch;
        worker_touch_counters(worker);
    }
    decide(worker, message, effects);
}

/* There is no folder for it: refused, which is said once that is durable. agent1 takes it for the
 * end, and a copy of the task that comes after a crash must not start it. */
static void refuse_without_folder(Worker *worker, Job *job, const char *reason,
                                  WorkerEffects *effects)
{
    jobs_apply(worker->jobs, job, JOB_EVENT_UNDURABLE);
    job_decide(job, RUN_REJECTED, RULE_POLICY, reason, worker->now_ms);
    worker_bury(job, effects);
}

/* There is no tombstone, but a note that stands for it. */
static void tell_note(Worker *worker, Job *job, WorkerEffects *effects)
{
    worker_effects_log(effects, WORKER_LOG_ERROR, job->run, "task refused: %s", job->reason);
    worker_ack(worker, effects, job->meta.request, job->run, job->attempt, ACK_REJECTED, job->rule,
               job->reason);
    job->is_undurable = true;
}

/* There is a folder of which restore told nothing: a newer agent2 wrote it, and it decides. */
static void leave_to_newer(Worker *worker, Job *job, WorkerEffects *effects)
{
    worker_ack(worker, effects, job->meta.request, job->run, job->attempt, ACK_REJECTED,
               RULE_POLICY, reason_format(REASON_NEWER_AGENT));
    jobs_remove(worker->jobs, job);
}

void worker_filed(Worker *worker, Job *job, const WorkerJournaled *answer, WorkerEffects *effects)
{
    if (job->state != JOB_ARRIVING)
        return;

    switch (answer->outcome) {
    case WORKER_DISK_FULL:
        refuse_without_folder(worker, job, reason_format(REASON_DISK_FULL), effects);
        return;
    case WORKER_BUSY:
        refuse_without_folder(worker, job, reason_format(REASON_NO_DESCRIPTOR), effects);
        return;
    case WORKER_BROKEN:
    case WORKER_REFUSED:
        refuse_without_folder(worker, job, answer->problem, effects);
        return;
    case WORKER_STORED:
        break;
    }
    if (answer->existed) {
        leave_to_newer(worker, job, effects);
        return;
    }
    jobs_apply(worker->jobs, job, JOB_EVENT_FILED);
    worker_effects_log(effects, WORKER_LOG_INFO, job->run,
                       "task #%" G_GINT64_FORMAT " attempt %" G_GINT64_FORMAT
                       " accepted for %s: skill %s",
                       job->meta.number, job->attempt,
                       job->meta.requested_by ? job->meta.requested_by : "nobody", job->meta.skill);
    worker_ack(worker, effects, job->meta.request, job->run, job->attempt, ACK_ACCEPTED, RULE_NONE,
               NULL);
}

/* The tombstone stands: everybody who waits for the decision hears it. */
static void tell_refusal(Worker *worker, Job *job, WorkerEffects *effects)
{
    if (!job->is_undurable)
        worker_ack(worker, effects, job->meta.request, job->run, job->attempt, ACK_REJECTED,
                   job->rule, job->reason);
    job->is_undurable = false;
    job->is_refused = job->meta.request != NULL;
    worker_tell_cancel(worker, job, effects);
    worker_tell_query(worker, job, effects);
    if (job->outcome == RUN_CANCELLED) {
        jobs_apply(worker->jobs, job, JOB_EVENT_ENDED);
        worker_report_now(worker, job, effects);
    } else {
        jobs_apply(worker->jobs, job, JOB_EVENT_REFUSED);
    }
}

void worker_buried(Worker *worker, Job *job, const WorkerJournaled *answer, WorkerEffects *effects)
{
    if (job->state != JOB_REFUSING)
        return;

    if (answer->outcome == WORKER_STORED && !answer->existed) {
        job->decided_ms = answer->claim.at_ms;
        worker_effects_log(effects, WORKER_LOG_NOTICE, job->run, "task refused: %s: %s",
                           job->rule == RULE_NONE ? run_state_name(job->outcome)
                                                  : rule_name(job->rule),
                           job->reason);
        tell_refusal(worker, job, effects);
    } else if (answer->outcome == WORKER_STORED) {
        leave_to_newer(worker, job, effects);
    } else if (!job->meta.request && !job->is_undurable) {
        /* A cancel or a query will be repeated, and decided then. */
        jobs_remove(worker->jobs, job);
    } else {
        /* What is not even noted is not said: agent1 repeats the task. */
        if (!job->is_undurable && (answer->is_noted || answer->outcome == WORKER_REFUSED))
            tell_note(worker, job, effects);
        job->next_boot_ms = worker->boot_ms + WORKER_RETRY_MS;
    }
}
