#include "agent2/flow/worker.h"

#include "agent2/flow/worker_admission.h"
#include "agent2/flow/worker_control.h"
#include "agent2/flow/worker_inbox.h"
#include "agent2/flow/worker_presence.h"
#include "agent2/flow/worker_report.h"
#include "agent2/flow/worker_runs.h"
#include "agent2/flow/worker_state.h"
#include "agent2/flow/worker_set_aside.h"
#include "agent2/flow/worker_task.h"
#include "agent2/flow/worker_update.h"
#include "common/base/limits.h"

#include <string.h>

#include "common/base/banned.h"

#define HEARD_MAX     32
#define SWEEP_MS      (3600 * INT64_C(1000))
#define CLOCK_STEP_MS 2000

typedef void (*JournalHandler)(Worker *worker, Job *job, const WorkerJournaled *answer,
                               WorkerEffects *effects);
typedef void (*ReadHandler)(Worker *worker, Job *job, const WorkerRead *read,
                            WorkerEffects *effects);

static void free_pending(void *data)
{
    PendingAck *pending = data;

    g_free(pending->in_reply_to);
    g_free(pending);
}

static void drop_alarm(void *data)
{
    message_free(data);
}

/* ---- life --------------------------------------------------------------------------------------
 */

static void apply_settings(Worker *worker, WorkerSettings *settings)
{
    const char *last = worker->peer ? worker->peer : worker->counters.peer;
    const char *peer = last ? worker_admission_key(settings, last) : NULL;

    worker->peer = peer ? peer : g_ptr_array_index(settings->orchestrator_keys, 0);
    worker_settings_free(worker->settings);
    worker->settings = settings;
    worker_windows_set_own(worker->windows, settings->work_hours, settings->zone);
}

Worker *worker_new(WorkerSettings *settings, const Zones *zones, const char *counters,
                   int64_t now_ms, const uint8_t seed[IDS_SEED_BYTES], GError **error)
{
    g_autoptr(Worker) worker = g_new0(Worker, 1);
    g_autofree char *journal = NULL;

    worker->zones = zones;
    worker->jobs = jobs_new();
    worker->windows = worker_windows_new();
    worker->heard = g_queue_new();
    worker->pending_acks = g_ptr_array_new_with_free_func(free_pending);
    worker->alarms = g_ptr_array_new_with_free_func(drop_alarm);
    worker->errors = g_queue_new();
    worker->update_askers = g_ptr_array_new_with_free_func(g_free);
    worker_clock_init(&worker->clock);
    ids_init(&worker->ids, now_ms, seed);
    journal = ids_next(&worker->ids);
    worker_counters_init(&worker->counters, journal);
    if (counters && !worker_counters_parse(counters, &worker->counters, error))
        return NULL;

    /* Of the sessions below session_end nobody knows which were used. */
    worker->session = worker->counters.session_end - 1;
    worker->counters.session_end += WORKER_SESSIONS;
    worker->journal_version = counters ? 0 : 1;
    worker_touch_counters(worker);
    apply_settings(worker, settings);
    return g_steal_pointer(&worker);
}

void worker_free(Worker *worker)
{
    if (!worker)
        return;

    worker_settings_free(worker->settings);
    worker_counters_clear(&worker->counters);
    g_ptr_array_unref(worker->pending_acks);
    g_ptr_array_unref(worker->alarms);
    g_queue_free_full(worker->errors, drop_alarm);
    g_ptr_array_unref(worker->update_askers);
    jobs_free(worker->jobs);
    worker_windows_free(worker->windows);
    g_queue_free_full(worker->heard, g_free);
    g_free(worker->presence.register_id);
    g_free(worker);
}

const char *worker_journal_id(const Worker *worker)
{
    return worker->counters.journal;
}

/* ---- messages ----------------------------------------------------------------------------------
 */

/* True for the first of the messages with this id, among the last ones. */
static bool is_first_heard(Worker *worker, const char *id)
{
    if (g_queue_find_custom(worker->heard, id, (GCompareFunc)(void (*)(void))strcmp))
        return false;

    g_queue_push_tail(worker->heard, g_strdup(id));
    if (g_queue_get_length(worker->heard) > HEARD_MAX)
        g_free(g_queue_pop_head(worker->heard));
    return true;
}

/* A task may have waited in agent1's outbox, and every message is repeated as it was written: what
 * is old by its nature says nothing about agent1's clock. */
static void read_clock(Worker *worker, const Message *message)
{
    if (message->kind != MESSAGE_TASK && is_first_heard(worker, message->id))
        worker_clock_add(&worker->clock, message->ts_ms, worker->now_ms);
}

/* agent1 speaks with this key now: status and results are made for it from here on. */
static void follow_key(Worker *worker, const char *sender)
{
    const char *key = worker_admission_key(worker->settings, sender);

    if (key == worker->peer)
        return;
    worker->peer = key;
    worker->presence.is_status_due = true;
    g_free(worker->counters.peer);
    worker->counters.peer = g_strdup(key);
    worker_touch_counters(worker);
}

static void take_message(Worker *worker, const WorkerMessage *received, WorkerEffects *effects)
{
    const Message *message = received->message;
    const char *problem = worker_admission_problem(worker->settings, received);

    if (received->topic == TOPIC_KIND_INBOX)
        worker_inbox_heard(worker);
    if (problem) {
        worker_effects_log(effects, WORKER_LOG_WARNING, NULL, "refused a %s: %s",
                           message_kind_name(message->kind), problem);
        return;
    }
    follow_key(worker, received->sender);
    read_clock(worker, message);
    if (message->kind == MESSAGE_TASK)
        worker_take_task(worker, message, effects);
    else if (message->kind == MESSAGE_CONTROL)
        worker_take_control(worker, message, effects);
    else
        worker_take_ack(worker, message, effects);
}

/* ---- answers of the journal --------------------------------------------------------------------
 */

static void take_counters(Worker *worker, const WorkerJournaled *answer, WorkerEffects *effects)
{
    if (answer->outcome == WORKER_STORED) {
        worker->stored_version = answer->version;
        worker_flush_acks(worker, effects);
        return;
    }
    worker_effects_log(effects, WORKER_LOG_ERROR, NULL, "the counters cannot be written: %s",
                       answer->problem);
    worker->are_counters_dirty = true;
    worker->counters_boot_ms = worker->boot_ms + WORKER_RETRY_MS;
}

static void take_journaled(Worker *worker, const WorkerEvent *event, WorkerEffects *effects)
{
    static const JournalHandler handlers[] = {
        [WORKER_EFFECT_CREATE] = worker_filed,
        [WORKER_EFFECT_TOMBSTONE] = worker_buried,
        [WORKER_EFFECT_CLAIM] = worker_claimed,
        [WORKER_EFFECT_CANCEL] = worker_cancel_written,
    };
    const WorkerJournaled *answer = &event->journaled;
    Job *job;

    if (answer->effect == WORKER_EFFECT_COUNTERS) {
        take_counters(worker, answer, effects);
        return;
    }
    if (answer->outcome != WORKER_STORED)
        worker_effects_log(effects, WORKER_LOG_ERROR, event->run, "%s failed: %s",
                           worker_effect_name(answer->effect), answer->problem);
    job = jobs_find(worker->jobs, event->run, event->attempt);
    if (job && answer->effect < G_N_ELEMENTS(handlers))
        handlers[answer->effect](worker, job, answer, effects);
    job = jobs_find(worker->jobs, event->run, event->attempt);
    if (job && job_is_durable(job))
        worker_tell_query(worker, job, effects);
}

static const ReadHandler read_handlers[] = {
    [WORKER_READ_STATE] = worker_settled,
    [WORKER_READ_PROGRESS] = worker_tell_progress,
    [WORKER_READ_RESULT] = worker_tell_result,
    [WORKER_READ_OUTPUT] = worker_tell_output,
};

static void take_folder(Worker *worker, const WorkerEvent *event, WorkerEffects *effects)
{
    Job *job = jobs_find(worker->jobs, event->run, event->attempt);

    if (job)
        read_handlers[event->read.kind](worker, job, &event->read, effects);
    else if (event->read.kind == WORKER_READ_RESULT)
        worker->reads--;
}

/* ---- the step ----------------------------------------------------------------------------------
 */

static void take_run_event(Worker *worker, const WorkerEvent *event, WorkerEffects *effects)
{
    Job *job = jobs_find(worker->jobs, event->run, event->attempt);

    if (!job)
        return;
    if (event->kind == WORKER_EVENT_GREW)
        job_grow(job, event->bytes);
    else
        worker_settle(worker, job, effects);
}

static void link_down(Worker *worker)
{
    worker->is_linked = false;
    worker_inbox_rest(worker);
    g_ptr_array_set_size(worker->pending_acks, 0);
}

static void dispatch(Worker *worker, const WorkerEvent *event, WorkerEffects *effects)
{
    switch (event->kind) {
    case WORKER_EVENT_MESSAGE:
        take_message(worker, &event->message, effects);
        return;
    case WORKER_EVENT_SET_ASIDE:
        worker_take_set_aside(worker, &event->set_aside, effects);
        return;
    case WORKER_EVENT_LINK_UP:
        worker->is_linked = true;
        worker_present(worker, effects);
        worker_tell_alarms(worker, effects);
        worker_report_all(worker);
        return;
    case WORKER_EVENT_LINK_DOWN:
        link_down(worker);
        return;
    case WORKER_EVENT_JOURNALED:
        take_journaled(worker, event, effects);
        return;
    case WORKER_EVENT_FOLDER:
        take_folder(worker, event, effects);
        return;
    case WORKER_EVENT_GREW:
    case WORKER_EVENT_SETTLED:
    case WORKER_EVENT_NOT_LAUNCHED:
        take_run_event(worker, event, effects);
        return;
    case WORKER_EVENT_UPDATE:
        worker_update_tell(worker, event->news, effects);
        return;
    case WORKER_EVENT_STOP:
        worker->is_stopping = true;
        worker_take_leave(worker, effects);
        return;
    case WORKER_EVENT_TICK:
        return;
    }
    g_assert_not_reached();
}

static void write_counters(Worker *worker, WorkerEffects *effects)
{
    g_autofree char *text = NULL;

    if (!worker->are_counters_dirty || worker->boot_ms < worker->counters_boot_ms)
        return;

    text = worker_counters_print(&worker->counters);
    worker->are_counters_dirty = false;
    worker_effects_counters(effects, text, ++worker->counters_version);
}

/* Removes the folders that no message can be about any more (delivery rule 5). */
static void sweep(Worker *worker, WorkerEffects *effects)
{
    g_autoptr(GPtrArray) over = NULL;

    if (worker->boot_ms < worker->sweep_boot_ms)
        return;

    worker->sweep_boot_ms = worker->boot_ms + SWEEP_MS;
    over = jobs_over(worker->jobs);
    for (guint i = 0; i < over->len; i++) {
        Job *job = g_ptr_array_index(over, i);
        int64_t expires_ms = MAX(job->meta.expires_ms, job->meta.local_expires_ms);

        if (job->is_unreadable || !recovery_may_remove(true, expires_ms, worker->now_ms))
            continue;
        worker_effects_remove(effects, job->run, job->attempt);
        jobs_remove(worker->jobs, job);
    }
}

/* Refusals that had no room for a tombstone get it when there is room again. */
static void bury_again(Worker *worker, WorkerEffects *effects)
{
    const GPtrArray *live = jobs_live(worker->jobs);

    for (guint i = 0; i < live->len; i++) {
        Job *job = g_ptr_array_index(live, i);

        if (job->state == JOB_REFUSING && worker->boot_ms >= job->next_boot_ms)
            worker_bury(job, effects);
    }
}

static void set_time(Worker *worker, int64_t now_ms, int64_t boot_ms,
                     const uint8_t seed[IDS_SEED_BYTES])
{
    int64_t step_ms = (now_ms - worker->now_ms) - (boot_ms - worker->boot_ms);

    /* Offsets measured before the clock was set are about another clock. */
    if (worker->boot_ms != 0 && ABS(step_ms) > CLOCK_STEP_MS)
        worker_clock_init(&worker->clock);
    worker->now_ms = now_ms;
    worker->boot_ms = boot_ms;
    ids_init(&worker->ids, now_ms, seed);
}

static void finish_step(Worker *worker, WorkerEffects *effects)
{
    bury_again(worker, effects);
    worker_run_queue(worker, effects);
    worker_report_due(worker, effects);
    sweep(worker, effects);
    write_counters(worker, effects);
    worker_show(worker, effects);
}

void worker_step(Worker *worker, const WorkerEvent *event, WorkerEffects *effects)
{
    set_time(worker, event->now_ms, event->boot_ms, event->seed);
    dispatch(worker, event, effects);
    finish_step(worker, effects);
}

void worker_restore(Worker *worker, const GPtrArray *folders, int64_t now_ms, int64_t boot_ms,
                    const uint8_t seed[IDS_SEED_BYTES], WorkerEffects *effects)
{
    g_autoptr(GError) error = NULL;

    set_time(worker, now_ms, boot_ms, seed);
    if (worker->counters.policy &&
        !worker_windows_set_policy(worker->windows, worker->counters.policy, worker->zones, &error))
        worker_effects_log(effects, WORKER_LOG_ERROR, NULL, "the stored policy is of no use: %s",
                           error->message);
    for (guint i = 0; i < folders->len; i++)
        worker_restore_folder(worker, g_ptr_array_index(folders, i), effects);
    jobs_sort_live(worker->jobs);
    finish_step(worker, effects);
}

void worker_configure(Worker *worker, WorkerSettings *settings, WorkerEffects *effects)
{
    apply_settings(worker, settings);
    worker_register_again(worker);
    finish_step(worker, effects);
}

bool worker_may_connect(const Worker *worker)
{
    return worker_has_durable_journal(worker);
}

Message *worker_next_will(Worker *worker, int64_t now_ms, const uint8_t seed[IDS_SEED_BYTES],
                          const char **out_peer)
{
    worker->now_ms = now_ms;
    ids_init(&worker->ids, now_ms, seed);
    return worker_show_will(worker, out_peer);
}

int64_t worker_next_deadline(const Worker *worker, int64_t now_ms, int64_t boot_ms)
{
    int64_t deadline = MIN(worker_queue_deadline(worker), INT64_MAX);
    int64_t boot_deadline = MIN(worker_report_boot_deadline(worker), worker->sweep_boot_ms);

    boot_deadline = MIN(boot_deadline, worker_show_boot_deadline(worker));
    boot_deadline = MIN(boot_deadline, worker_queue_boot_deadline(worker));
    if (worker->are_counters_dirty)
        boot_deadline = MIN(boot_deadline, worker->counters_boot_ms);
    return MIN(deadline, now_ms + MAX(boot_deadline - boot_ms, 0));
}
