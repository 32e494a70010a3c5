/*
 * Jobs: the attempts that this worker knows, each with its state, from the arrival of its task to
 * the day its tombstone goes. What is durable about a job is in its run folder; this is what the
 * core remembers of it, and why two messages about one attempt never start it twice.
 *
 * Does not know why a job moves: agent2/flow does. Pure.
 */
#ifndef AGENT2_MODEL_JOB_H
#define AGENT2_MODEL_JOB_H

#include "common/base/limits.h"
#include "common/wire/run_state.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    JOB_ARRIVING,   /* its run folder is being made */
    JOB_REFUSING,   /* its tombstone is being made */
    JOB_QUEUED,     /* accepted; waits for its turn */
    JOB_CLAIMING,   /* the worker itself claims it, so that it never starts */
    JOB_STARTING,   /* handed to a shim, which was not seen to have claimed it */
    JOB_RUNNING,    /* started */
    JOB_CANCELLING, /* its shim was told to end it */
    JOB_SETTLING,   /* no shim any more; its folder is being read */
    JOB_ENDED,      /* its outcome is known, and sent until agent1 has it */
    JOB_OVER,       /* agent1 has the outcome, or the refusal */
    JOB_STATE_COUNT,
} JobState;

typedef enum {
    JOB_EVENT_FILED,     /* the folder is durable */
    JOB_EVENT_UNDURABLE, /* the folder cannot be made now: refused, tombstone to follow */
    JOB_EVENT_REFUSED,   /* the tombstone is durable, or cannot be */
    JOB_EVENT_CLAIM,     /* the worker begins to claim */
    JOB_EVENT_WITHDRAWN, /* the claim could not be made now */
    JOB_EVENT_LAUNCHED,
    JOB_EVENT_STARTED,  /* its claim says `started`, and its shim lives */
    JOB_EVENT_CANCEL,   /* the cancel is durable */
    JOB_EVENT_SETTLED,  /* the shim has ended, or never lived */
    JOB_EVENT_RETURNED, /* it was not started and may be */
    JOB_EVENT_ENDED,    /* the outcome is known */
    JOB_EVENT_DONE,     /* agent1 has it */
    JOB_EVENT_COUNT,
} JobEvent;

/* What is kept with the order in the file `meta`. Times are of this host's clock but `expires_ms`,
 * which is as agent1 wrote it. */
typedef struct JobMeta {
    char *request;      /* the id of the task, for repeats of the ack; or NULL */
    int64_t number;     /* #42 */
    int64_t expires_ms; /* agent1's clock */
    int64_t local_expires_ms;
    int64_t window_end_ms; /* INT64_MAX: none */
    int64_t not_before_ms; /* 0: at once */
    int64_t received_ms;
    bool is_idempotent;
    char *skill;
    char *requested_by;
} JobMeta;

/* Thousands that are over are kept for days, so members stand where they leave no holes. */
typedef struct Job {
    char run[ULID_CHARS + 1];
    bool has_exit;      /* the folder's `exit` tells the rest of the outcome */
    bool has_survivors; /* its shim was lost, but not all of its processes */
    bool is_unreadable; /* its folder could not be read, and is left as it is */
    bool is_undurable;  /* refused without a tombstone, for the disk was full; but noted */
    bool is_refused;    /* its task was answered by a refusal, which agent1 takes for the end */
    int64_t attempt;
    JobMeta meta;
    JobState state; /* only job_apply() sets it */

    /* The outcome, from JOB_REFUSING, JOB_CLAIMING or JOB_ENDED on. */
    RunState outcome;
    Rule rule;
    unsigned launches;
    unsigned sends;       /* of the result */
    bool is_cancel_asked; /* an effect for it is on its way */
    bool is_reading;      /* a read for the result or for progress is on its way */
    bool has_grown;       /* its output, since the last progress */
    char *reason;
    int64_t decided_ms;  /* when the claim was made or the run ended; Unix ms of this host */
    int64_t duration_ms; /* with has_exit: how long it ran */

    /* Cancel. */
    char *cancel_id; /* the control to acknowledge; NULL: none */
    char *query_id;  /* the query that waits for the claim; NULL: none */

    /* The run. Durations count from CLOCK_BOOTTIME. */
    int64_t launched_boot_ms;
    int64_t progress_seq;
    int64_t told_boot_ms; /* of the last progress; 0: none yet */
    int64_t bytes;        /* of output, as seen last */
    int64_t next_boot_ms; /* when to send the result, or to try something else again */

    struct Job *older; /* of Jobs: the attempt of the same run that was added before this one */
} Job;

Job *job_new(const char *run, int64_t attempt, JobState state);
void job_free(Job *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Job, job_free)

/* True while a shim works on it, or may. */
bool job_has_shim(const Job *job);

/* True when what job_wire_state() says is durable. */
bool job_is_durable(const Job *job);

/* The word for `answer`: accepted, running, cancelling, or the outcome. */
const char *job_wire_state(const Job *job);

/* That much of its output was seen. */
void job_grow(Job *job, int64_t bytes);

void job_decide(Job *job, RunState outcome, Rule rule, const char *reason, int64_t at_ms);

/* The text of the file `meta`, and back. A damaged one leaves what can be read. */
char *job_meta_print(const JobMeta *meta);
bool job_meta_parse(const char *text, JobMeta *out, GError **error);
void job_meta_init(JobMeta *meta);
void job_meta_clear(JobMeta *meta);

/* All jobs. */
typedef struct Jobs Jobs;

Jobs *jobs_new(void);
void jobs_free(Jobs *jobs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Jobs, jobs_free)

/* Takes the job over; there is none of the same run and attempt (asserted). */
void jobs_add(Jobs *jobs, Job *job);
void jobs_remove(Jobs *jobs, Job *job);

Job *jobs_find(const Jobs *jobs, const char *run, int64_t attempt); /* borrowed, or NULL */

/* The highest attempt known of a run; 0: none. */
int64_t jobs_highest_attempt(const Jobs *jobs, const char *run);

/* Moves a job along an arrow of the table; false, and no change, where there is none. */
bool jobs_apply(Jobs *jobs, Job *job, JobEvent event);

/* Every job that is not JOB_OVER, Job *, in the order of arrival; borrowed, valid until one is
 * added, removed or moved. jobs_live_copy() stays valid while jobs move, not when they go. */
const GPtrArray *jobs_live(const Jobs *jobs);
GPtrArray *jobs_live_copy(const Jobs *jobs);

/* Puts the live jobs in the order in which their tasks came, by what `meta` says: after a restart
 * they were added as their folders lay. */
void jobs_sort_live(Jobs *jobs);

unsigned jobs_count(const Jobs *jobs);
unsigned jobs_count_in(const Jobs *jobs, JobState state);
unsigned jobs_count_shims(const Jobs *jobs);

/* The jobs that are JOB_OVER, Job *, borrowed; the caller frees the array. */
GPtrArray *jobs_over(const Jobs *jobs);

#endif
