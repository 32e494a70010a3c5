#include "agent2/model/job.h"

#include "common/data/json.h"
#include "common/data/record.h"

#include <string.h>

#include "common/base/banned.h"

#define META_MAX_BYTES (64 * 1024)
#define META_FORMAT    1

/* No arrow: 0 would be JOB_ARRIVING, so the rows hold the state plus one. */
#define TO(state) ((state) + 1)

static const unsigned char next_state[JOB_STATE_COUNT][JOB_EVENT_COUNT] = {
    [JOB_ARRIVING] = {
        [JOB_EVENT_FILED] = TO(JOB_QUEUED),
        [JOB_EVENT_UNDURABLE] = TO(JOB_REFUSING),
        [JOB_EVENT_REFUSED] = TO(JOB_OVER),
    },
    [JOB_REFUSING] = {
        [JOB_EVENT_REFUSED] = TO(JOB_OVER),
        [JOB_EVENT_ENDED] = TO(JOB_ENDED),
    },
    [JOB_QUEUED] = {
        [JOB_EVENT_CLAIM] = TO(JOB_CLAIMING),
        [JOB_EVENT_LAUNCHED] = TO(JOB_STARTING),
    },
    [JOB_CLAIMING] = {
        [JOB_EVENT_WITHDRAWN] = TO(JOB_QUEUED),
        [JOB_EVENT_ENDED] = TO(JOB_ENDED),
        [JOB_EVENT_SETTLED] = TO(JOB_SETTLING),
    },
    [JOB_STARTING] = {
        [JOB_EVENT_STARTED] = TO(JOB_RUNNING),
        [JOB_EVENT_CANCEL] = TO(JOB_CANCELLING),
        [JOB_EVENT_SETTLED] = TO(JOB_SETTLING),
    },
    [JOB_RUNNING] = {
        [JOB_EVENT_CANCEL] = TO(JOB_CANCELLING),
        [JOB_EVENT_SETTLED] = TO(JOB_SETTLING),
    },
    [JOB_CANCELLING] = {
        [JOB_EVENT_SETTLED] = TO(JOB_SETTLING),
    },
    [JOB_SETTLING] = {
        [JOB_EVENT_RETURNED] = TO(JOB_QUEUED),
        [JOB_EVENT_LAUNCHED] = TO(JOB_STARTING),
        [JOB_EVENT_STARTED] = TO(JOB_RUNNING),
        [JOB_EVENT_ENDED] = TO(JOB_ENDED),
    },
    [JOB_ENDED] = {
        [JOB_EVENT_DONE] = TO(JOB_OVER),
    },
};

#if GLIB_SIZEOF_VOID_P == 8
G_STATIC_ASSERT(sizeof(Job) <= 232);
#endif

struct Jobs {
    GHashTable *by_run; /* run, the job's own → the attempt added last, owned with the older ones */
    unsigned count;
    GPtrArray *live; /* borrowed, in the order of arrival */
    unsigned counts[JOB_STATE_COUNT];
};

/* The record of `meta`, with its format. */
typedef struct MetaRow {
    int64_t format;
    JobMeta meta;
} MetaRow;

#define META(member) offsetof(MetaRow, meta.member)

/* clang-format off */
static const Field meta_fields[] = {
    { .name = "format", .kind = FIELD_INT, .offset = offsetof(MetaRow, format), .absent = -1 },
    { .name = "request", .kind = FIELD_STRING, .offset = META(request) },
    { .name = "number", .kind = FIELD_INT, .offset = META(number), .absent = -1 },
    { .name = "expires", .kind = FIELD_TIME, .offset = META(expires_ms), .absent = -1 },
    { .name = "local_expires", .kind = FIELD_TIME, .offset = META(local_expires_ms), .absent = -1 },
    { .name = "window_end", .kind = FIELD_TIME, .offset = META(window_end_ms),
      .absent = INT64_MAX },
    { .name = "not_before", .kind = FIELD_TIME, .offset = META(not_before_ms), .absent = 0 },
    { .name = "received", .kind = FIELD_TIME, .offset = META(received_ms), .absent = -1 },
    { .name = "idempotent", .kind = FIELD_BOOL, .offset = META(is_idempotent) },
    { .name = "skill", .kind = FIELD_STRING, .offset = META(skill) },
    { .name = "requested_by", .kind = FIELD_STRING, .offset = META(requested_by) },
    { .name = NULL },
};
/* clang-format on */

void job_meta_init(JobMeta *meta)
{
    MetaRow row;

    record_init(meta_fields, &row);
    *meta = row.meta;
}

void job_meta_clear(JobMeta *meta)
{
    MetaRow row = { .meta = *meta };

    record_clear(meta_fields, &row);
    *meta = row.meta;
}

char *job_meta_print(const JobMeta *meta)
{
    MetaRow row = { .format = META_FORMAT, .meta = *meta };

    return record_print(meta_fields, &row);
}

bool job_meta_parse(const char *text, JobMeta *out, GError **error)
{
    g_autoptr(Json) object = json_parse(text, strlen(text), META_MAX_BYTES, error);
    MetaRow row = { 0 };
    bool is_read;

    if (!object)
        return false;

    job_meta_clear(out);
    row.meta = *out;
    is_read = record_read(meta_fields, &row, object, "", NULL, error);
    *out = row.meta;
    return is_read;
}

Job *job_new(const char *run, int64_t attempt, JobState state)
{
    Job *job = g_new0(Job, 1);

    g_assert(strlen(run) == ULID_CHARS);
    memcpy(job->run, run, sizeof job->run);
    job->attempt = attempt;
    job->state = state;
    job_meta_init(&job->meta);
    return job;
}

void job_free(Job *job)
{
    if (!job)
        return;

    job_meta_clear(&job->meta);
    g_free(job->reason);
    g_free(job->cancel_id);
    g_free(job->query_id);
    g_free(job);
}

/* The states in which a shim runs. */
static const JobState with_shim[] = { JOB_STARTING, JOB_RUNNING, JOB_CANCELLING, JOB_SETTLING };

bool job_has_shim(const Job *job)
{
    for (size_t i = 0; i < G_N_ELEMENTS(with_shim); i++) {
        if (job->state == with_shim[i])
            return true;
    }
    return false;
}

bool job_is_durable(const Job *job)
{
    return job->state != JOB_ARRIVING && job->state != JOB_REFUSING && job->state != JOB_CLAIMING;
}

const char *job_wire_state(const Job *job)
{
    switch (job->state) {
    case JOB_ARRIVING:
    case JOB_QUEUED:
    case JOB_CLAIMING:
    case JOB_STARTING:
    case JOB_SETTLING: /* its shim may never have come up: agent1 keeps what it knows */
        return run_state_name(RUN_ACCEPTED);
    case JOB_RUNNING:
        return run_state_name(RUN_RUNNING);
    case JOB_CANCELLING:
        return run_state_name(RUN_CANCELLING);
    case JOB_REFUSING:
    case JOB_ENDED:
    case JOB_OVER:
        return run_state_name(job->outcome);
    case JOB_STATE_COUNT:
        break;
    }
    g_assert_not_reached();
}

void job_grow(Job *job, int64_t bytes)
{
    job->has_grown |= bytes > job->bytes;
    job->bytes = MAX(job->bytes, bytes);
}

void job_decide(Job *job, RunState outcome, Rule rule, const char *reason, int64_t at_ms)
{
    g_free(job->reason);
    job->reason = g_strdup(reason);
    job->outcome = outcome;
    job->rule = rule;
    job->decided_ms = at_ms;
}

static void free_attempts(void *newest)
{
    Job *job = newest;

    while (job) {
        Job *older = job->older;

        job_free(job);
        job = older;
    }
}

Jobs *jobs_new(void)
{
    Jobs *jobs = g_new0(Jobs, 1);

    jobs->by_run = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_attempts);
    jobs->live = g_ptr_array_new();
    return jobs;
}

void jobs_free(Jobs *jobs)
{
    if (!jobs)
        return;

    g_ptr_array_unref(jobs->live);
    g_hash_table_unref(jobs->by_run);
    g_free(jobs);
}

/* Puts the newest attempt, and with it the older ones, in the place of what stands there. */
static void put_newest(Jobs *jobs, Job *newest)
{
    g_hash_table_steal(jobs->by_run, newest->run);
    g_hash_table_insert(jobs->by_run, newest->run, newest);
}

void jobs_add(Jobs *jobs, Job *job)
{
    g_assert(!jobs_find(jobs, job->run, job->attempt));
    job->older = g_hash_table_lookup(jobs->by_run, job->run);
    put_newest(jobs, job);
    jobs->count++;
    jobs->counts[job->state]++;
    if (job->state != JOB_OVER)
        g_ptr_array_add(jobs->live, job);
}

void jobs_remove(Jobs *jobs, Job *job)
{
    Job *newest = g_hash_table_lookup(jobs->by_run, job->run);
    Job **place = &newest;

    while (*place != job)
        place = &(*place)->older;
    *place = job->older;
    g_hash_table_steal(jobs->by_run, job->run);
    if (newest)
        put_newest(jobs, newest);
    jobs->count--;
    jobs->counts[job->state]--;
    g_ptr_array_remove(jobs->live, job);
    job_free(job);
}

Job *jobs_find(const Jobs *jobs, const char *run, int64_t attempt)
{
    Job *job = g_hash_table_lookup(jobs->by_run, run);

    while (job && job->attempt != attempt)
        job = job->older;
    return job;
}

int64_t jobs_highest_attempt(const Jobs *jobs, const char *run)
{
    int64_t highest = 0;

    for (const Job *job = g_hash_table_lookup(jobs->by_run, run); job; job = job->older)
        highest = MAX(highest, job->attempt);
    return highest;
}

/* What nobody asks for any more; a job that is over is kept for days. */
static void forget_details(Job *job)
{
    g_clear_pointer(&job->meta.request, g_free);
    g_clear_pointer(&job->meta.skill, g_free);
    g_clear_pointer(&job->meta.requested_by, g_free);
}

bool jobs_apply(Jobs *jobs, Job *job, JobEvent event)
{
    unsigned char to = next_state[job->state][event];

    if (to == 0)
        return false;

    jobs->counts[job->state]--;
    job->state = (JobState)(to - 1);
    jobs->counts[job->state]++;
    if (job->state == JOB_OVER) {
        g_ptr_array_remove(jobs->live, job);
        forget_details(job);
    }
    return true;
}

const GPtrArray *jobs_live(const Jobs *jobs)
{
    return jobs->live;
}

GPtrArray *jobs_live_copy(const Jobs *jobs)
{
    return g_ptr_array_copy(jobs->live, NULL, NULL);
}

static int compare_arrival(const void *a, const void *b)
{
    const JobMeta *left = &(*(Job *const *)a)->meta;
    const JobMeta *right = &(*(Job *const *)b)->meta;

    if (left->received_ms != right->received_ms)
        return left->received_ms < right->received_ms ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

void jobs_sort_live(Jobs *jobs)
{
    g_ptr_array_sort(jobs->live, compare_arrival);
}

unsigned jobs_count(const Jobs *jobs)
{
    return jobs->count;
}

unsigned jobs_count_in(const Jobs *jobs, JobState state)
{
    return jobs->counts[state];
}

unsigned jobs_count_shims(const Jobs *jobs)
{
    unsigned count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(with_shim); i++)
        count += jobs->counts[with_shim[i]];
    return count;
}

GPtrArray *jobs_over(const Jobs *jobs)
{
    GPtrArray *over = g_ptr_array_new();
    GHashTableIter iterator;
    void *newest;

    g_hash_table_iter_init(&iterator, jobs->by_run);
    while (g_hash_table_iter_next(&iterator, NULL, &newest)) {
        for (Job *job = newest; job; job = job->older) {
            if (job->state == JOB_OVER)
                g_ptr_array_add(over, job);
        }
    }
    return over;
}
