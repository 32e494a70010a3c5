#include "agent2/flow/worker_report.h"

#include "agent2/flow/worker_excerpt.h"
#include "common/base/limits.h"

#include <string.h>

#include "common/base/banned.h"

#define RESULT_WAIT_MS       2000
#define RESULT_WAIT_MAX_MS   (60 * 1000)
#define PROGRESS_FIRST_MS    1000
#define PROGRESS_GROWN_MS    2000
#define PROGRESS_STANDING_MS (10 * 1000)

/* ---- progress ----------------------------------------------------------------------------------
 */

static bool is_running(const Job *job)
{
    return job->state == JOB_STARTING || job->state == JOB_RUNNING || job->state == JOB_CANCELLING;
}

static int64_t progress_boot_ms(const Job *job)
{
    if (job->told_boot_ms == 0)
        return job->launched_boot_ms + PROGRESS_FIRST_MS;
    return job->told_boot_ms + (job->has_grown ? PROGRESS_GROWN_MS : PROGRESS_STANDING_MS);
}

void worker_tell_progress(Worker *worker, Job *job, const WorkerRead *read, WorkerEffects *effects)
{
    Message *message;

    job->is_reading = false;
    if (!read->folder || !is_running(job) || read->folder->claim.kind != CLAIM_STARTED)
        return;

    jobs_apply(worker->jobs, job, JOB_EVENT_STARTED);
    job->bytes = MAX(job->bytes, read->folder->output_end);
    job->has_grown = false;
    message = worker_new_message(worker, MESSAGE_PROGRESS);
    message->progress.run = g_strdup(job->run);
    message->progress.attempt = job->attempt;
    message->progress.tail = worker_excerpt_last_lines(read->output.tail);
    message->progress.bytes = job->bytes;
    message->progress.elapsed_ms = MAX(worker->now_ms - read->folder->claim.at_ms, 0);
    /* It rises over a restart of this process, which has forgotten the last one. */
    job->progress_seq = MAX(job->progress_seq + 1, message->progress.elapsed_ms);
    message->progress.seq = job->progress_seq;
    worker_say(worker, effects, message);
}

/* ---- results -----------------------------------------------------------------------------------
 */

/* Every repeat of a result has one id, also after a restart: it follows from what it is about. */
static char *result_id(const Worker *worker, const Job *job)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *about = g_strdup_printf("result %s %s %" G_GINT64_FORMAT,
                                             worker->counters.journal, job->run, job->attempt);
    uint8_t seed[IDS_SEED_BYTES];
    gsize length = sizeof seed;
    Ids ids;

    g_checksum_update(checksum, (const guchar *)about, -1);
    g_checksum_get_digest(checksum, seed, &length);
    ids_init(&ids, MAX(job->decided_ms, 0), seed);
    return ids_next(&ids);
}

static Message *new_result(Worker *worker, const Job *job)
{
    Message *message = worker_new_message(worker, MESSAGE_RESULT);

    g_free(message->id);
    message->id = result_id(worker, job);
    message->result.run = g_strdup(job->run);
    message->result.attempt = job->attempt;
    message->result.state = g_strdup(run_state_name(job->outcome));
    message->result.reason = g_strdup(job->reason);
    message->result.finished_ms = job->decided_ms;
    if (job->rule != RULE_NONE)
        message->result.rule = g_strdup(rule_name(job->rule));
    return message;
}

static void add_exit(MessageResult *result, const WorkerRead *read)
{
    const RunExit *end = &read->folder->end;
    WorkerExcerpt excerpt;

    result->exit_code = end->exit_code >= 0 ? end->exit_code : MESSAGE_ABSENT;
    result->signal = end->signal > 0 ? end->signal : MESSAGE_ABSENT;
    result->started_ms = end->started_ms;
    result->finished_ms = end->finished_ms;
    result->duration_ms = end->duration_ms;
    result->user_ms = end->user_ms;
    result->sys_ms = end->sys_ms;
    result->max_rss_kib = end->max_rss_kib;
    result->output_bytes = end->output_bytes;
    worker_excerpt_init(&excerpt, read->output.head, read->output.tail, read->output.tail_offset,
                        end->output_bytes);
    result->output = g_steal_pointer(&excerpt.text);
    result->is_truncated = excerpt.is_truncated;
    worker_excerpt_clear(&excerpt);
}

static void publish_result(Worker *worker, Job *job, Message *message, WorkerEffects *effects)
{
    job->next_boot_ms = worker->boot_ms + RESULT_WAIT_MS / 2 +
                        worker_wait_ms(worker, job->sends++, RESULT_WAIT_MS, RESULT_WAIT_MAX_MS);
    worker_say(worker, effects, message);
}

void worker_report_read(Worker *worker, Job *job, const WorkerRead *read, WorkerEffects *effects)
{
    Message *message = new_result(worker, job);

    if (read->folder && read->folder->facts.exit == EXIT_READABLE)
        add_exit(&message->result, read);
    publish_result(worker, job, message, effects);
}

void worker_tell_result(Worker *worker, Job *job, const WorkerRead *read, WorkerEffects *effects)
{
    job->is_reading = false;
    worker->reads--;
    if (job->state != JOB_ENDED && job->state != JOB_OVER)
        return;
    if (read->is_busy)
        job->next_boot_ms = worker->boot_ms + WORKER_RETRY_MS;
    else
        worker_report_read(worker, job, read, effects);
}

void worker_report_now(Worker *worker, Job *job, WorkerEffects *effects)
{
    if ((job->state != JOB_ENDED && job->state != JOB_OVER) || job->is_reading ||
        !worker->is_linked)
        return;
    if (!job->has_exit) {
        publish_result(worker, job, new_result(worker, job), effects);
        return;
    }
    if (worker->reads >= WORKER_READS_MAX) {
        job->next_boot_ms = worker->boot_ms;
        return;
    }
    worker->reads++;
    job->is_reading = true;
    worker_effects_read(effects, WORKER_READ_RESULT, job->run, job->attempt);
}

void worker_report_all(Worker *worker)
{
    const GPtrArray *live = jobs_live(worker->jobs);

    for (guint i = 0; i < live->len; i++) {
        Job *job = g_ptr_array_index(live, i);

        if (job->state != JOB_ENDED)
            continue;
        job->next_boot_ms = worker->boot_ms;
        job->sends = 0;
    }
}

void worker_report_done(Worker *worker, Job *job, WorkerEffects *effects)
{
    if (jobs_apply(worker->jobs, job, JOB_EVENT_DONE) && !job->is_unreadable)
        worker_effects_done(effects, job->run, job->attempt);
}

/* ---- what is due -------------------------------------------------------------------------------
 */

/* When the job has something to say next; WORKER_NEVER: not by itself. */
static int64_t due_boot_ms(const Worker *worker, const Job *job)
{
    if (job->is_reading)
        return WORKER_NEVER;
    if (is_running(job))
        return progress_boot_ms(job);
    if (job->state != JOB_ENDED || (job->has_exit && worker->reads >= WORKER_READS_MAX))
        return WORKER_NEVER;
    return job->next_boot_ms;
}

void worker_report_due(Worker *worker, WorkerEffects *effects)
{
    g_autoptr(GPtrArray) live = NULL;

    if (!worker->is_linked)
        return;

    live = jobs_live_copy(worker->jobs);
    for (guint i = 0; i < live->len; i++) {
        Job *job = g_ptr_array_index(live, i);

        if (worker->boot_ms < due_boot_ms(worker, job))
            continue;
        if (job->state == JOB_ENDED) {
            worker_report_now(worker, job, effects);
            continue;
        }
        job->is_reading = true;
        job->told_boot_ms = worker->boot_ms;
        worker_effects_read_progress(effects, job->run, job->attempt, job->state != JOB_RUNNING);
    }
}

int64_t worker_report_boot_deadline(const Worker *worker)
{
    const GPtrArray *live = jobs_live(worker->jobs);
    int64_t deadline = WORKER_NEVER;

    for (guint i = 0; worker->is_linked && i < live->len; i++)
        deadline = MIN(deadline, due_boot_ms(worker, g_ptr_array_index(live, i)));
    return deadline;
}

/* ---- answers to those who asked ----------------------------------------------------------------
 */

void worker_tell_output(Worker *worker, Job *job, const WorkerRead *read, WorkerEffects *effects)
{
    Message *message;
    gsize length = 0;
    const void *bytes;

    if (!read->folder) {
        worker_answer(worker, effects, read->output.in_reply_to, false, read->problem, NULL);
        return;
    }
    bytes = g_bytes_get_data(read->output.head, &length);
    message = worker_new_message(worker, MESSAGE_OUTPUT);
    message->output.in_reply_to = g_strdup(read->output.in_reply_to);
    message->output.run = g_strdup(job->run);
    message->output.offset = read->output.offset;
    message->output.data = g_base64_encode(bytes, length);
    message->output.is_eof = !job_has_shim(job) && job->state != JOB_QUEUED &&
                             read->output.offset + (int64_t)length >= read->folder->output_end;
    worker_say(worker, effects, message);
}

void worker_tell_cancel(Worker *worker, Job *job, WorkerEffects *effects)
{
    worker_ack(worker, effects, job->cancel_id, job->run, job->attempt, ACK_DONE, RULE_NONE, NULL);
    g_clear_pointer(&job->cancel_id, g_free);
}

void worker_tell_query(Worker *worker, Job *job, WorkerEffects *effects)
{
    Json *data;
    Json *runs;
    Json *entry;

    if (!job->query_id)
        return;

    data = json_new_object();
    runs = json_new_array();
    entry = json_new_object();
    json_set_string(entry, "run", job->run);
    json_set_int(entry, "attempt", job->attempt);
    json_set_string(entry, "state", job_wire_state(job));
    json_append(runs, entry);
    json_set(data, "runs", runs);
    worker_answer(worker, effects, job->query_id, true, NULL, data);
    g_clear_pointer(&job->query_id, g_free);
}
