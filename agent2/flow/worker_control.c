#include "agent2/flow/worker_control.h"

#include "agent2/flow/worker_day.h"
#include "agent2/flow/worker_inbox.h"
#include "agent2/flow/worker_presence.h"
#include "agent2/flow/worker_report.h"
#include "agent2/flow/worker_runs.h"
#include "agent2/flow/worker_task.h"
#include "agent2/flow/worker_update.h"
#include "common/base/name.h"
#include "common/wire/reason.h"

#include <string.h>

#include "common/base/banned.h"

#define ANSWERED_RUNS_MAX 1500 /* as many as fit into one body */
#define NOT_OFFERED       "not offered by this version"

typedef void (*Handler)(Worker *worker, const Message *message, WorkerEffects *effects);

/* ---- those with a sequence number: pause, resume, policy ---------------------------------------
 */

void worker_flush_acks(Worker *worker, WorkerEffects *effects)
{
    for (guint i = 0; i < worker->pending_acks->len;) {
        const PendingAck *pending = g_ptr_array_index(worker->pending_acks, i);

        if (pending->version > worker->stored_version) {
            i++;
            continue;
        }
        worker_ack(worker, effects, pending->in_reply_to, NULL, 0, ACK_DONE, RULE_NONE, NULL);
        g_ptr_array_remove_index(worker->pending_acks, i);
    }
}

static bool take_policy(Worker *worker, const Message *message, WorkerEffects *effects)
{
    const Json *policy = message->control.policy;
    const Json *paused = json_member(policy, "paused");
    g_autoptr(GError) error = NULL;
    int64_t epoch;

    if (!worker_windows_set_policy(worker->windows, policy, worker->zones, &error)) {
        worker_alarm(worker, effects, NULL, "agent1's policy cannot be followed: %s",
                     error->message);
        worker_ack(worker, effects, message->id, NULL, 0, ACK_REJECTED, RULE_POLICY,
                   error->message);
        return false;
    }
    json_free(worker->counters.policy);
    worker->counters.policy = json_copy(policy);
    if (json_kind(paused) == JSON_BOOL)
        worker->counters.is_paused = json_bool(paused);
    if (json_int(json_member(policy, "epoch"), &epoch))
        worker->counters.epoch = MAX(worker->counters.epoch, epoch);
    return true;
}

/* Lower: ignored; equal: acknowledged again; higher: takes effect, and is acknowledged once that is
 * durable. */
static void take_sequenced(Worker *worker, const Message *message, WorkerEffects *effects)
{
    const MessageControl *control = &message->control;

    if (control->seq < worker->counters.control_seq || control->seq < 1) {
        worker_effects_log(effects, WORKER_LOG_NOTICE, NULL,
                           "ignored %s with sequence number %" G_GINT64_FORMAT ": %" G_GINT64_FORMAT
                           " took effect already",
                           control_action_name((ControlAction)control->action), control->seq,
                           worker->counters.control_seq);
        return;
    }
    if (control->seq > worker->counters.control_seq) {
        if (control->action == CONTROL_POLICY) {
            if (!take_policy(worker, message, effects))
                return;
        } else {
            worker->counters.is_paused = control->action == CONTROL_PAUSE;
        }
        worker->counters.control_seq = control->seq;
        worker_touch_counters(worker);
        worker_effects_log(effects, WORKER_LOG_NOTICE, NULL, "%s from agent1%s",
                           control_action_name((ControlAction)control->action),
                           worker->counters.is_paused ? "; no task starts" : "");
    }
    worker_ack_later(worker, message->id, worker->counters_version + worker->are_counters_dirty);
    worker_flush_acks(worker, effects);
}

/* ---- those about one run -----------------------------------------------------------------------
 */

static bool names_attempt(const MessageControl *control)
{
    return control->run && name_is_ulid(control->run) && control->attempt >= 1 &&
           control->attempt <= RUN_ATTEMPT_MAX;
}

static Job *find_job(const Worker *worker, const MessageControl *control)
{
    return jobs_find(worker->jobs, control->run, control->attempt);
}

/* A tombstone for an attempt that never came. */
static Job *bury_unknown(Worker *worker, const MessageControl *control, RunState outcome, Rule rule,
                         const char *reason, WorkerEffects *effects)
{
    Job *job = job_new(control->run, control->attempt, JOB_REFUSING);

    job->meta.expires_ms = control->expires_ms == MESSAGE_ABSENT
                               ? worker_agent1_now(worker) + EXPIRES_UNKNOWN_MS
                               : control->expires_ms;
    job->meta.received_ms = worker->now_ms;
    job_decide(job, outcome, rule, reason, worker->now_ms);
    jobs_add(worker->jobs, job);
    worker_bury(job, effects);
    return job;
}

static void take_cancel(Worker *worker, const Message *message, WorkerEffects *effects)
{
    const MessageControl *control = &message->control;
    Job *job;

    if (!names_attempt(control)) {
        worker_ack(worker, effects, message->id, NULL, 0, ACK_REJECTED, RULE_POLICY,
                   "expected a run and an attempt");
        return;
    }
    job = find_job(worker, control);
    if (!job)
        job = bury_unknown(worker, control, RUN_CANCELLED, RULE_NONE,
                           reason_format(REASON_CANCELLED_ON_THE_WAY), effects);
    g_free(job->cancel_id);
    job->cancel_id = g_strdup(message->id);
    worker_cancel_job(worker, job, effects);
}

static void add_run(Json *runs, const char *run, int64_t attempt, const char *state)
{
    Json *entry = json_new_object();

    json_set_string(entry, "run", run);
    json_set_int(entry, "attempt", attempt);
    json_set_string(entry, "state", state);
    json_append(runs, entry);
}

/* Everything that agent1 has not acknowledged yet. */
static void answer_all(Worker *worker, const char *in_reply_to, WorkerEffects *effects)
{
    const GPtrArray *live = jobs_live(worker->jobs);
    Json *data = json_new_object();
    Json *runs = json_new_array();
    bool is_complete = true;

    for (guint i = 0; i < live->len; i++) {
        const Job *job = g_ptr_array_index(live, i);

        if (!job_is_durable(job))
            continue;
        is_complete = json_count(runs) < ANSWERED_RUNS_MAX;
        if (!is_complete)
            break;
        add_run(runs, job->run, job->attempt, job_wire_state(job));
    }
    json_set(data, "runs", runs);
    worker_answer(worker, effects, in_reply_to, is_complete,
                  is_complete ? NULL : "more runs than fit into one answer", data);
}

static void answer_not_known(Worker *worker, const Message *message, WorkerEffects *effects)
{
    Json *data = json_new_object();
    Json *runs = json_new_array();

    add_run(runs, message->control.run, message->control.attempt, run_state_name(RUN_NOT_KNOWN));
    json_set(data, "runs", runs);
    worker_answer(worker, effects, message->id, true, NULL, data);
}

static void take_query(Worker *worker, const Message *message, WorkerEffects *effects)
{
    const MessageControl *control = &message->control;
    bool is_past =
        control->expires_ms != MESSAGE_ABSENT && worker_agent1_now(worker) >= control->expires_ms;
    Job *job;

    if (!control->run) {
        answer_all(worker, message->id, effects);
        return;
    }
    if (!names_attempt(control)) {
        worker_answer(worker, effects, message->id, false, "expected a run and an attempt", NULL);
        return;
    }
    job = find_job(worker, control);
    if (!job && !is_past) {
        answer_not_known(worker, message, effects);
        worker_inbox_missed(worker, effects);
        return;
    }
    if (!job)
        job = bury_unknown(worker, control, RUN_EXPIRED, RULE_EXPIRED,
                           reason_format(REASON_NEVER_CAME), effects);
    g_free(job->query_id);
    job->query_id = g_strdup(message->id);
    /* Until the folder or the tombstone is durable there is nothing to say; then it is said. */
    if (job_is_durable(job))
        worker_tell_query(worker, job, effects);
    /* Who asks for one run has not got its outcome, or not any more: restored from a backup. */
    if (job->state == JOB_OVER)
        worker_report_now(worker, job, effects);
}

static void take_fetch(Worker *worker, const Message *message, WorkerEffects *effects)
{
    const MessageControl *control = &message->control;
    const Job *job = names_attempt(control) ? find_job(worker, control) : NULL;

    if (!job || job->is_undurable || job->state == JOB_ARRIVING || job->state == JOB_REFUSING)
        worker_answer(worker, effects, message->id, false, "this agent knows no such run", NULL);
    else
        worker_effects_read_output(effects, job->run, job->attempt, MAX(control->offset, 0),
                                   message->id);
}

static void take_report(Worker *worker, const Message *message, WorkerEffects *effects)
{
    (void)message;
    worker_day_tell(worker, effects);
}

static void decline(Worker *worker, const Message *message, WorkerEffects *effects)
{
    worker_answer(worker, effects, message->id, false, NOT_OFFERED, NULL);
}

void worker_take_control(Worker *worker, const Message *message, WorkerEffects *effects)
{
    static const Handler handlers[] = {
        [CONTROL_PAUSE] = take_sequenced,  [CONTROL_RESUME] = take_sequenced,
        [CONTROL_POLICY] = take_sequenced, [CONTROL_REPORT] = take_report,
        [CONTROL_CANCEL] = take_cancel,    [CONTROL_QUERY] = take_query,
        [CONTROL_FETCH] = take_fetch,      [CONTROL_UPDATE] = worker_update_take,
        [CONTROL_UPGRADE] = decline,
    };

    g_assert((size_t)message->control.action < G_N_ELEMENTS(handlers));
    handlers[message->control.action](worker, message, effects);
}

void worker_take_ack(Worker *worker, const Message *message, WorkerEffects *effects)
{
    const MessageAck *ack = &message->ack;
    Job *job;

    if (!ack->run) {
        worker_take_register_ack(worker, ack, effects);
        return;
    }
    job = ack->state == ACK_DONE ? jobs_find(worker->jobs, ack->run, ack->attempt) : NULL;
    if (job)
        worker_report_done(worker, job, effects);
}
