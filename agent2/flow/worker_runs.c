#include "agent2/flow/worker_runs.h"

#include "agent2/flow/worker_report.h"
#include "common/wire/reason.h"

#include "common/base/banned.h"

#define LAUNCH_WAIT_MS     1000
#define LAUNCH_WAIT_MAX_MS (60 * 1000)

/* ---- the worker's own claims -------------------------------------------------------------------
 */

static void claim(Worker *worker, Job *job, ClaimKind kind, RunState outcome, Rule rule,
                  const char *reason, WorkerEffects *effects)
{
    job_decide(job, outcome, rule, reason, worker->now_ms);
    jobs_apply(worker->jobs, job, JOB_EVENT_CLAIM);
    worker_effects_claim(effects, job->run, job->attempt, kind, worker->now_ms,
                         kind == CLAIM_REJECTED ? rule_name(rule) : NULL, reason);
}

/* Claims a queued job that must not start any more. False when it may. */
static bool claim_if_too_late(Worker *worker, Job *job, WorkerEffects *effects)
{
    g_autofree char *reason = NULL;
    Rule rule;

    if (job->cancel_id) {
        claim(worker, job, CLAIM_CANCELLED, RUN_CANCELLED, RULE_NONE,
              reason_format(REASON_CANCELLED_BEFORE), effects);
        return true;
    }
    if (worker->now_ms >= job->meta.local_expires_ms) {
        claim(worker, job, CLAIM_EXPIRED, RUN_EXPIRED, RULE_EXPIRED,
              reason_format(REASON_EXPIRED_QUEUED), effects);
        return true;
    }
    if (worker->now_ms < job->meta.not_before_ms)
        return false;

    rule = worker_windows_judge(worker->windows, worker->now_ms, &reason);
    if (rule == RULE_NONE && worker->now_ms < job->meta.window_end_ms)
        return false;
    claim(worker, job, CLAIM_WINDOW_CLOSED, RUN_DEFERRED, rule == RULE_NONE ? RULE_BLACKOUT : rule,
          reason ? reason : reason_format(REASON_CLOSED_BEFORE_TURN), effects);
    return true;
}

/* The claim that stands is another's: whoever made it, the folder tells. */
void worker_claimed(Worker *worker, Job *job, const WorkerJournaled *answer, WorkerEffects *effects)
{
    if (job->state != JOB_CLAIMING)
        return;

    switch (answer->outcome) {
    case WORKER_DISK_FULL:
    case WORKER_BUSY:
        jobs_apply(worker->jobs, job, JOB_EVENT_WITHDRAWN);
        job->next_boot_ms = worker->boot_ms + WORKER_RETRY_MS;
        return;
    case WORKER_BROKEN:
    case WORKER_REFUSED:
        job_decide(job, RUN_UNKNOWN, RULE_NONE, answer->problem, worker->now_ms);
        break;
    case WORKER_STORED:
        if (!answer->is_mine) {
            worker_settle(worker, job, effects);
            return;
        }
        job->decided_ms = answer->claim.at_ms;
        break;
    }
    jobs_apply(worker->jobs, job, JOB_EVENT_ENDED);
    worker_tell_cancel(worker, job, effects);
    worker_report_now(worker, job, effects);
}

void worker_cancel_job(Worker *worker, Job *job, WorkerEffects *effects)
{
    switch (job->state) {
    case JOB_STARTING:
    case JOB_RUNNING:
        if (!job->is_cancel_asked)
            worker_effects_cancel(effects, job->run, job->attempt);
        job->is_cancel_asked = true;
        return;
    case JOB_CANCELLING:
    case JOB_ENDED:
    case JOB_OVER:
        /* The decision is durable already; the outcome follows, or is repeated. */
        worker_tell_cancel(worker, job, effects);
        worker_report_now(worker, job, effects);
        return;
    case JOB_QUEUED: /* worker_run_queue() claims it */
    case JOB_ARRIVING:
    case JOB_REFUSING:
    case JOB_CLAIMING:
    case JOB_SETTLING: /* what is under way decides, and tells */
        return;
    case JOB_STATE_COUNT:
        break;
    }
    g_assert_not_reached();
}

void worker_cancel_written(Worker *worker, Job *job, const WorkerJournaled *answer,
                           WorkerEffects *effects)
{
    job->is_cancel_asked = false;
    if (answer->outcome != WORKER_STORED)
        return;

    jobs_apply(worker->jobs, job, JOB_EVENT_CANCEL);
    worker_tell_cancel(worker, job, effects);
}

/* ---- the queue ---------------------------------------------------------------------------------
 */

/* ahead: how many came before it and are not durable yet. Whatever order the disk makes of them,
 * they have their places first. */
static bool may_start(const Worker *worker, const Job *job, unsigned ahead)
{
    return !worker->counters.is_paused && !worker->is_stopping &&
           worker->now_ms >= job->meta.not_before_ms &&
           jobs_count_shims(worker->jobs) + ahead < worker->settings->max_parallel;
}

static void start(Worker *worker, Job *job, WorkerEffects *effects)
{
    jobs_apply(worker->jobs, job, JOB_EVENT_LAUNCHED);
    job->launches++;
    job->launched_boot_ms = worker->boot_ms;
    job->told_boot_ms = 0;
    worker_effects_launch(effects, job->run, job->attempt);
}

/* Its folder could not be read for want of descriptors: until it is, nothing is known. */
static void look_again(Job *job, WorkerEffects *effects)
{
    job->next_boot_ms = WORKER_NEVER;
    worker_effects_read(effects, WORKER_READ_STATE, job->run, job->attempt);
}

void worker_run_queue(Worker *worker, WorkerEffects *effects)
{
    g_autoptr(GPtrArray) live = jobs_live_copy(worker->jobs);
    unsigned ahead = 0;

    for (guint i = 0; i < live->len; i++) {
        Job *job = g_ptr_array_index(live, i);

        ahead += job->state == JOB_ARRIVING && worker->now_ms >= job->meta.not_before_ms;
        if (worker->boot_ms < job->next_boot_ms)
            continue;
        if (job->state == JOB_SETTLING)
            look_again(job, effects);
        if (job->state != JOB_QUEUED)
            continue;
        if (!claim_if_too_late(worker, job, effects) && may_start(worker, job, ahead))
            start(worker, job, effects);
    }
}

int64_t worker_queue_deadline(const Worker *worker)
{
    const GPtrArray *live = jobs_live(worker->jobs);
    int64_t deadline = WORKER_NEVER;

    for (guint i = 0; i < live->len; i++) {
        const Job *job = g_ptr_array_index(live, i);

        if (job->state != JOB_QUEUED || worker->boot_ms < job->next_boot_ms)
            continue;
        deadline = MIN(deadline, job->meta.local_expires_ms);
        if (job->meta.not_before_ms > worker->now_ms)
            deadline = MIN(deadline, job->meta.not_before_ms);
        else
            deadline = MIN(deadline, job->meta.window_end_ms);
    }
    if (jobs_count_in(worker->jobs, JOB_QUEUED) > 0)
        deadline = MIN(deadline, worker_windows_next_change(worker->windows, worker->now_ms));
    return deadline;
}

int64_t worker_queue_boot_deadline(const Worker *worker)
{
    const GPtrArray *live = jobs_live(worker->jobs);
    int64_t deadline = WORKER_NEVER;

    for (guint i = 0; i < live->len; i++) {
        const Job *job = g_ptr_array_index(live, i);
        bool is_waiting =
            job->state == JOB_QUEUED || job->state == JOB_REFUSING || job->state == JOB_SETTLING;

        if (is_waiting && job->next_boot_ms > worker->boot_ms)
            deadline = MIN(deadline, job->next_boot_ms);
    }
    return deadline;
}

/* ---- the end of a shim, and folders after a restart --------------------------------------------
 */

void worker_settle(Worker *worker, Job *job, WorkerEffects *effects)
{
    if (!jobs_apply(worker->jobs, job, JOB_EVENT_SETTLED))
        return;
    job->next_boot_ms = WORKER_NEVER;
    worker_effects_read(effects, WORKER_READ_STATE, job->run, job->attempt);
}

static void decide_by_exit(Job *job, const RunExit *end)
{
    static const RunState outcomes[END_KIND_COUNT] = {
        [END_EXITED] = RUN_FAILED,       [END_SIGNALLED] = RUN_FAILED,
        [END_TIMED_OUT] = RUN_TIMED_OUT, [END_CANCELLED] = RUN_CANCELLED,
        [END_START_FAILED] = RUN_FAILED,
    };
    bool is_success = end->kind == END_EXITED && end->exit_code == 0;

    job_decide(job, is_success ? RUN_SUCCEEDED : outcomes[end->kind], RULE_NONE,
               *end->reason ? end->reason : NULL, end->finished_ms);
    job->has_exit = true;
    job->duration_ms = end->duration_ms;
}

/* The rule of a claim of a window is not in the file: the windows of that moment tell. */
static Rule rule_of_window(const Worker *worker, int64_t at_ms)
{
    Rule rule = worker_windows_judge(worker->windows, at_ms, NULL);

    return rule == RULE_NONE ? RULE_BLACKOUT : rule;
}

static void decide_by_claim(const Worker *worker, Job *job, const RunClaim *found)
{
    const char *reason = *found->reason ? found->reason : NULL;
    Rule rule = RULE_POLICY;

    switch (found->kind) {
    case CLAIM_CANCELLED:
        job_decide(job, RUN_CANCELLED, RULE_NONE, reason, found->at_ms);
        return;
    case CLAIM_EXPIRED:
        job_decide(job, RUN_EXPIRED, RULE_EXPIRED, reason, found->at_ms);
        return;
    case CLAIM_WINDOW_CLOSED:
        job_decide(job, RUN_DEFERRED, rule_of_window(worker, found->at_ms),
                   reason ? reason : reason_format(REASON_CLOSED_BEFORE_START), found->at_ms);
        return;
    case CLAIM_REJECTED:
        rule_parse(found->rule, &rule);
        job_decide(job, RUN_REJECTED, rule, reason, found->at_ms);
        return;
    case CLAIM_STARTED:
    case CLAIM_NONE:
    case CLAIM_UNREADABLE:
    case CLAIM_KIND_COUNT:
        break;
    }
    g_assert_not_reached(); /* recovery_decide() reports no others */
}

static void decide_unknown(Job *job, const WorkerFolder *folder, int64_t now_ms)
{
    ReasonKind reason = REASON_SHIM_LOST;

    if (folder->facts.exit == EXIT_UNREADABLE)
        reason = REASON_EXIT_DAMAGED;
    else if (!folder->facts.is_same_boot)
        reason = REASON_HOST_RESTARTED;
    else if (folder->has_survivors)
        reason = REASON_SHIM_LOST_ALIVE;
    job->has_survivors = folder->has_survivors;
    job_decide(job, RUN_UNKNOWN, RULE_NONE, reason_format(reason), now_ms);
}

/* Not started, and may be: back to the queue, or refused for good when no shim ever comes up. */
static void return_to_queue(Worker *worker, Job *job, const WorkerFolder *folder,
                            WorkerEffects *effects)
{
    jobs_apply(worker->jobs, job, JOB_EVENT_RETURNED);
    if (folder->has_cancel && !job->cancel_id) {
        claim(worker, job, CLAIM_CANCELLED, RUN_CANCELLED, RULE_NONE,
              reason_format(REASON_CANCELLED_BEFORE), effects);
    } else if (job->launches >= WORKER_LAUNCH_MAX) {
        worker_alarm(worker, effects, job->run, "no shim comes up for this run (%u tries)",
                     job->launches);
        claim(worker, job, CLAIM_REJECTED, RUN_REJECTED, RULE_POLICY, reason_format(REASON_NO_SHIM),
              effects);
    } else if (job->launches > 0) {
        job->next_boot_ms = worker->boot_ms + worker_wait_ms(worker, job->launches, LAUNCH_WAIT_MS,
                                                             LAUNCH_WAIT_MAX_MS);
    }
}

static void attach(Worker *worker, Job *job, const WorkerFolder *folder, WorkerEffects *effects)
{
    /* A shim that has not claimed yet may find that it must not start. */
    jobs_apply(worker->jobs, job,
               folder->facts.claim == CLAIM_NONE ? JOB_EVENT_LAUNCHED : JOB_EVENT_STARTED);
    job->launched_boot_ms = worker->boot_ms;
    job_grow(job, folder->output_end);
    worker_effects_attach(effects, job->run, job->attempt);
    if (folder->has_cancel)
        jobs_apply(worker->jobs, job, JOB_EVENT_CANCEL);
    else if (job->cancel_id)
        worker_cancel_job(worker, job, effects);
}

/* Moves a job that settles along what its folder says. False: the folder is not ours to keep. */
static bool recover(Worker *worker, Job *job, const WorkerFolder *folder, WorkerEffects *effects)
{
    switch (recovery_decide(&folder->facts)) {
    case RECOVERY_REPORT_EXIT:
        decide_by_exit(job, &folder->end);
        break;
    case RECOVERY_REPORT_CLAIM:
        decide_by_claim(worker, job, &folder->claim);
        break;
    case RECOVERY_UNKNOWN:
        decide_unknown(job, folder, worker->now_ms);
        break;
    case RECOVERY_ATTACH:
        attach(worker, job, folder, effects);
        return true;
    case RECOVERY_SAFE_TO_START:
        return_to_queue(worker, job, folder, effects);
        return true;
    case RECOVERY_LEAVE_ALONE:
    case RECOVERY_DISCARD:
    case RECOVERY_COUNT:
        return false;
    }
    jobs_apply(worker->jobs, job, JOB_EVENT_ENDED);
    return true;
}

static void log_end(const Job *job, WorkerEffects *effects)
{
    if (job->state == JOB_ENDED)
        worker_effects_log(
            effects, WORKER_LOG_INFO, job->run, "attempt %" G_GINT64_FORMAT " %s%s%s", job->attempt,
            run_state_name(job->outcome), job->reason ? ": " : "", job->reason ? job->reason : "");
}

void worker_settled(Worker *worker, Job *job, const WorkerRead *read, WorkerEffects *effects)
{
    if (job->state != JOB_SETTLING)
        return;
    if (!read->folder && read->is_busy) {
        job->next_boot_ms = worker->boot_ms + WORKER_RETRY_MS;
        return;
    }

    job->next_boot_ms = 0;
    /* Nobody can say that nothing of it is left. */
    job->is_unreadable = job->has_survivors = !read->folder;
    if (!read->folder || !recover(worker, job, read->folder, effects)) {
        job_decide(job, RUN_UNKNOWN, RULE_NONE,
                   read->problem ? read->problem : reason_format(REASON_FOLDER_GONE),
                   worker->now_ms);
        jobs_apply(worker->jobs, job, JOB_EVENT_ENDED);
    }
    if (job->state != JOB_ENDED)
        return;

    log_end(job, effects);
    worker_tell_cancel(worker, job, effects);
    if (job->has_exit && worker->is_linked)
        worker_report_read(worker, job, read, effects);
    else
        worker_report_now(worker, job, effects);
}

/* What a tombstone alone decided was told as a refusal, except a cancel. */
static bool was_refused(const WorkerFolder *folder, const Job *job)
{
    return !folder->facts.has_task && job->state == JOB_ENDED && job->outcome != RUN_CANCELLED &&
           job->outcome != RUN_UNKNOWN;
}

/* Whether it was started is not known, nor whether anything of it is left. */
static void restore_unreadable(Worker *worker, Job *job, const char *problem,
                               WorkerEffects *effects)
{
    g_autofree char *reason = reason_make(REASON_FOLDER_UNREADABLE, problem, NULL);

    job->is_unreadable = true;
    job->has_survivors = true;
    job_decide(job, RUN_UNKNOWN, RULE_NONE, reason, worker->now_ms);
    jobs_apply(worker->jobs, job, JOB_EVENT_ENDED);
    worker_alarm(worker, effects, job->run,
                 "%s; the run counts as unknown, and the folder stays as it is", reason);
}

/* A refusal that still waits for its tombstone; it was said, or may have been. Not so a cancel: it
 * was not answered, and comes again. */
static void restore_note(Worker *worker, const WorkerFolder *note)
{
    Job *job = job_new(note->run, note->attempt, JOB_REFUSING);

    if (!job_meta_parse(note->meta, &job->meta, NULL))
        job->meta.local_expires_ms = worker->now_ms + EXPIRES_UNKNOWN_MS;
    decide_by_claim(worker, job, &note->claim);
    job->is_undurable = job->outcome != RUN_CANCELLED;
    job->next_boot_ms = worker->boot_ms;
    jobs_add(worker->jobs, job);
}

void worker_restore_folder(Worker *worker, const WorkerFolder *folder, WorkerEffects *effects)
{
    Recovery recovery = recovery_decide(&folder->facts);
    Job *job;

    if (folder->is_noted) {
        restore_note(worker, folder);
        return;
    }
    if (recovery == RECOVERY_LEAVE_ALONE) {
        worker_effects_log(effects, WORKER_LOG_NOTICE, folder->run,
                           "the folder of attempt %" G_GINT64_FORMAT
                           " is a newer agent2's: left alone",
                           folder->attempt);
        return;
    }
    if (recovery == RECOVERY_DISCARD && !folder->problem) {
        worker_effects_remove(effects, folder->run, folder->attempt);
        return;
    }

    job = job_new(folder->run, folder->attempt, JOB_SETTLING);
    if (!folder->meta || !job_meta_parse(folder->meta, &job->meta, NULL)) {
        /* Kept for as long as a task may come again at all. */
        job->meta.local_expires_ms = worker->now_ms + EXPIRES_UNKNOWN_MS;
        worker_effects_log(effects, WORKER_LOG_WARNING, folder->run,
                           "what was kept with attempt %" G_GINT64_FORMAT " cannot be read",
                           folder->attempt);
    }
    jobs_add(worker->jobs, job);
    if (folder->problem) {
        restore_unreadable(worker, job, folder->problem, effects);
        return;
    }
    recover(worker, job, folder, effects);
    if (was_refused(folder, job)) {
        job->is_refused = job->meta.request != NULL;
        jobs_apply(worker->jobs, job, JOB_EVENT_DONE);
    } else if (folder->is_done) {
        jobs_apply(worker->jobs, job, JOB_EVENT_DONE);
    } else {
        log_end(job, effects);
    }
}
