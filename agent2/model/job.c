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
        [JOB_EVENT_STARTED] = TO(JOB_RUNNING),
        [JOB_EVENT_ENDED] = TO(JOB_ENDED),
    },
    [JOB_ENDED] = {
        [JOB_EVENT_DONE] = TO(JOB_OVER),
    },
};

struct Jobs {
    GHashTable *by_key; /* "<run>.<attempt>" → Job *, owned */
    GHashTable *by_run; /* run → GPtrArray of borrowed Job * */
    GPtrArray *live;    /* borrowed, in the order of arrival */
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
    g_autoptr(Json) object = json_new_object();

    record_write(meta_fields, &row, object);
    return json_print(object);
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

    job->run = g_strdup(run);
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
    g_free(job->run);
    g_free(job->reason);
    g_free(job->cancel_id);
    g_free(job->query_id);
    g_free(job);
}

const char *job_state_name(JobState state)
{
    static const char *const names[JOB_STATE_COUNT] = {
        [JOB_ARRIVING] = "arriving",     [JOB_REFUSING] = "refusing",
        [JOB_QUEUED] = "queued",         [JOB_CLAIMING] = "claiming",
        [JOB_STARTING] = "starting",     [JOB_RUNNING] = "running",
        [JOB_CANCELLING] = "cancelling", [JOB_SETTLING] = "settling",
        [JOB_ENDED] = "ended",           [JOB_OVER] = "over",
    };

    g_assert(state < JOB_STATE_COUNT);
    return names[state];
}

bool job_has_shim(const Job *job)
{
    return job->state == JOB_STARTING || job->state == JOB_RUNNING ||
           job->state == JOB_CANCELLING || job->state == JOB_SETTLING;
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
        return run_state_name(RUN_ACCEPTED);
    case JOB_RUNNING:
    case JOB_SETTLING:
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

void job_decide(Job *job, RunState outcome, Rule rule, const char *reason, int64_t at_ms)
{
    g_free(job->reason);
    job->reason = g_strdup(reason);
    job->outcome = outcome;
    job->rule = rule;
    job->decided_ms = at_ms;
}

static void free_job(void *job)
{
    job_free(job);
}

static void unref_array(void *array)
{
    g_ptr_array_unref(array);
}

Jobs *jobs_new(void)
{
    Jobs *jobs = g_new0(Jobs, 1);

    jobs->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_job);
    jobs->by_run = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_array);
    jobs->live = g_ptr_array_new();
    return jobs;
}

void jobs_free(Jobs *jobs)
{
    if (!jobs)
        return;

    g_ptr_array_unref(jobs->live);
    g_hash_table_unref(jobs->by_run);
    g_hash_table_unref(jobs->by_key);
    g_free(jobs);
}

static char *make_key(const char *run, int64_t attempt)
{
    return g_strdup_printf("%s.%" G_GINT64_FORMAT, run, attempt);
}

void jobs_add(Jobs *jobs, Job *job)
{
    GPtrArray *attempts = g_hash_table_lookup(jobs->by_run, job->run);

    g_assert(!jobs_find(jobs, job->run, job->attempt));
    if (!attempts) {
        attempts = g_ptr_array_new();
        g_hash_table_insert(jobs->by_run, g_strdup(job->run), attempts);
    }
    g_ptr_array_add(attempts, job);
    g_hash_table_insert(jobs->by_key, make_key(job->run, job->attempt), job);
    jobs->counts[job->state]++;
    if (job->state != JOB_OVER)
        g_ptr_array_add(jobs->live, job);
}

void jobs_remove(Jobs *jobs, Job *job)
{
    g_autofree char *key = make_key(job->run, job->attempt);
    GPtrArray *attempts = g_hash_table_lookup(jobs->by_run, job->run);

    g_ptr_array_remove(attempts, job);
    if (attempts->len == 0)
        g_hash_table_remove(jobs->by_run, job->run);
    jobs->counts[job->state]--;
    g_ptr_array_remove(jobs->live, job);
    g_hash_table_remove(jobs->by_key, key);
}

Job *jobs_find(const Jobs *jobs, const char *run, int64_t attempt)
{
    g_autofree char *key = make_key(run, attempt);

    return g_hash_table_lookup(jobs->by_key, key);
}

int64_t jobs_highest_attempt(const Jobs *jobs, const char *run)
{
    const GPtrArray *attempts = g_hash_table_lookup(jobs->by_run, run);
    int64_t highest = 0;

    for (guint i = 0; attempts && i < attempts->len; i++) {
        const Job *job = g_ptr_array_index(attempts, i);

        highest = MAX(highest, job->attempt);
    }
    return highest;
}

bool jobs_apply(Jobs *jobs, Job *job, JobEvent event)
{
    unsigned char to = next_state[job->state][event];

    if (to == 0)
        return false;

    jobs->counts[job->state]--;
    job->state = (JobState)(to - 1);
    jobs->counts[job->state]++;
    if (job->state == JOB_OVER)
        g_ptr_array_remove(jobs->live, job);
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
    return g_hash_table_size(jobs->by_key);
}

unsigned jobs_count_in(const Jobs *jobs, JobState state)
{
    return jobs->counts[state];
}

unsigned jobs_count_shims(const Jobs *jobs)
{
    unsigned count = 0;

    for (guint i = 0; i < jobs->live->len; i++)
        count += job_has_shim(g_ptr_array_index(jobs->live, i));
    return count;
}

GPtrArray *jobs_over(const Jobs *jobs)
{
    GPtrArray *over = g_ptr_array_new();
    GHashTableIter iterator;
    void *job;

    g_hash_table_iter_init(&iterator, jobs->by_key);
    while (g_hash_table_iter_next(&iterator, NULL, &job)) {
        if (((const Job *)job)->state == JOB_OVER)
            g_ptr_array_add(over, job);
    }
    return over;
}
