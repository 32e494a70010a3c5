#include "agent2/flow/worker_day.h"

#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/data/local_day.h"

#include "common/base/banned.h"

#define ERROR_SHOWN_CHARS 200
#define MEDIAN            50
#define P95               95

/* What is counted of one day. */
typedef struct Day {
    int64_t begin_ms; /* this host's clock */
    unsigned states[RUN_STATE_COUNT];
    GArray *durations_ms; /* int64_t */
} Day;

/* As the last policy named it. */
static GTimeZone *zone_of(const Worker *worker)
{
    const char *name = json_string(json_member(worker->counters.policy, "timezone"));
    GTimeZone *zone = name ? zones_find(worker->zones, name) : NULL;

    if (zone)
        return g_time_zone_ref(zone);
    return worker->settings->zone ? g_time_zone_ref(worker->settings->zone) : g_time_zone_new_utc();
}

static void count(Day *day, const GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        const Job *job = g_ptr_array_index(jobs, i);

        if ((job->state != JOB_ENDED && job->state != JOB_OVER) || job->decided_ms < day->begin_ms)
            continue;
        day->states[job->outcome]++;
        if (job->has_exit)
            g_array_append_val(day->durations_ms, job->duration_ms);
    }
}

static int compare(gconstpointer a, gconstpointer b)
{
    int64_t one = *(const int64_t *)a;
    int64_t other = *(const int64_t *)b;

    return one < other ? -1 : one > other;
}

/* The smallest one that at least so many per cent do not exceed. */
static int64_t percentile(const GArray *sorted, unsigned percent)
{
    guint place = (sorted->len * percent + 99) / 100;

    return g_array_index(sorted, int64_t, MAX(place, 1) - 1);
}

static Json *print_durations(const Day *day)
{
    Json *json = json_new_object();

    json_set_int(json, "count", day->durations_ms->len);
    if (day->durations_ms->len == 0)
        return json;

    g_array_sort(day->durations_ms, compare);
    json_set_int(json, "median_ms", percentile(day->durations_ms, MEDIAN));
    json_set_int(json, "p95_ms", percentile(day->durations_ms, P95));
    json_set_int(json, "max_ms", percentile(day->durations_ms, 100));
    return json;
}

static Json *print_counts(const Worker *worker, const Day *day)
{
    Json *json = json_new_object();

    for (int state = 0; state < RUN_STATE_COUNT; state++) {
        if (day->states[state] > 0)
            json_set_int(json, run_state_name((RunState)state), day->states[state]);
    }
    json_set_int(json, "running", jobs_count_shims(worker->jobs));
    json_set_int(json, "queued", jobs_count_in(worker->jobs, JOB_QUEUED));
    return json;
}

static Json *print_errors(const Worker *worker, const Day *day)
{
    Json *json = json_new_array();

    for (const GList *at = worker->errors->head; at; at = at->next) {
        const Message *error = at->data;
        g_autofree char *text = text_make_line(error->error.text, ERROR_SHOWN_CHARS);
        g_autofree char *when = timestamp_format(error->ts_ms);
        Json *entry;

        if (error->ts_ms < day->begin_ms)
            continue;
        entry = json_new_object();
        json_set_string(entry, "at", when);
        json_set_string(entry, "text", text);
        json_append(json, entry);
    }
    return json;
}

void worker_day_tell(Worker *worker, WorkerEffects *effects)
{
    int64_t agent1_now_ms = worker_agent1_now(worker);
    g_autoptr(GTimeZone) zone = zone_of(worker);
    int64_t today = local_day_of(agent1_now_ms, zone);
    g_autoptr(GPtrArray) over = jobs_over(worker->jobs);
    g_autoptr(GArray) durations_ms = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Day day = {
        .begin_ms = local_day_at(today, 0, zone) + worker->now_ms - agent1_now_ms,
        .durations_ms = durations_ms,
    };
    Message *message;

    if (!worker->is_linked)
        return;

    count(&day, jobs_live(worker->jobs));
    count(&day, over);
    message = worker_new_message(worker, MESSAGE_REPORT);
    message->report.day = local_day_print(today);
    message->report.counts = print_counts(worker, &day);
    message->report.durations = print_durations(&day);
    message->report.errors = print_errors(worker, &day);
    worker_effects_publish(effects, TOPIC_DAILY_REPORT, worker->peer, true, false, message);
}
