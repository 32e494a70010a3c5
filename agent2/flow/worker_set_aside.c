#include "agent2/flow/worker_set_aside.h"

#include "agent2/flow/worker_inbox.h"
#include "agent2/flow/worker_task.h"
#include "common/base/limits.h"
#include "common/wire/reason.h"

#include <string.h>

#include "common/base/banned.h"

/* Another journal's task, and what a newer attempt follows, is not this worker's to decide. */
static bool is_ours(const Worker *worker, const TaskMark *task)
{
    return task->run && task->attempt <= RUN_ATTEMPT_MAX &&
           g_strcmp0(task->journal, worker->counters.journal) == 0 &&
           task->attempt > jobs_highest_attempt(worker->jobs, task->run);
}

static void refuse(Worker *worker, const TaskMark *task, WorkerEffects *effects)
{
    Job *job = job_new(task->run, task->attempt, JOB_ARRIVING);
    g_autofree char *times = g_strdup_printf("%d", CRASHES_BEFORE_SET_ASIDE);
    g_autofree char *reason = reason_make(REASON_SET_ASIDE, times, NULL);

    job->meta.request = g_strdup(task->request);
    job->meta.number = task->number;
    job->meta.expires_ms =
        task->expires_ms > 0 ? task->expires_ms : worker_agent1_now(worker) + EXPIRES_UNKNOWN_MS;
    job->meta.received_ms = worker->now_ms;
    worker_alarm(worker, effects, task->run,
                 "task #%" G_GINT64_FORMAT
                 " ended agent2 %d times: it is set aside and did not start",
                 task->number, CRASHES_BEFORE_SET_ASIDE);
    worker_refuse(worker, job, RULE_POLICY, reason, effects);
}

void worker_take_set_aside(Worker *worker, const WorkerSetAside *aside, WorkerEffects *effects)
{
    const TaskMark *task = &aside->task;
    Job *job = task->run ? jobs_find(worker->jobs, task->run, task->attempt) : NULL;

    worker_inbox_heard(worker);
    if (job && g_strcmp0(task->journal, worker->counters.journal) == 0)
        worker_answer_repeat(worker, job, task->request, effects);
    else if (is_ours(worker, task))
        refuse(worker, task, effects);
    else
        worker_alarm(worker, effects, NULL,
                     "a message ended this program %d times and is set aside: %s",
                     CRASHES_BEFORE_SET_ASIDE, aside->what);
}
