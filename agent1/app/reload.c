#include "agent1/app/reload.h"

#include <string.h>

#include "common/sys/errand.h"
#include "common/sys/file.h"
#include "common/sys/heap.h"
#include "common/sys/log.h"
#include "common/sys/notify.h"
#include "common/base/banned.h"

struct Reload {
    const char *folder;
    Executor *executor;
    FileStamp tasks; /* the content of tasks_schedule.json that the core knows */
    Errand *errand;  /* NULL: nothing is read */
    GQueue held;     /* Event *: edits that were made during the reading */
    bool is_next;    /* another reading follows this one */
    bool is_next_all;
    bool is_after_edits; /* a save was seen during agent1's own edits: it may be one of them */
    bool is_refused;     /* the last one was: whatever comes is read */
    bool is_over;
};

/* What a thread reads; it owns it until it has ended. */
typedef struct Job {
    Reload *reload;
    bool is_all;
    FileStamp known;
    char *host_zone;
    Config *config;
    CoreReading *reading;
    GError *error;
} Job;

static void free_job(Job *job)
{
    config_free(job->config);
    core_reading_free(job->reading);
    g_free(job->host_zone);
    g_clear_error(&job->error);
    g_free(job);
}

/* ---- what is not used any more ---- */

static void forget(void *reading)
{
    core_reading_free(reading);
    heap_give_back();
}

static void forgotten(void *unused)
{
    (void)unused;
}

/* ---- edits ---- */

/* False: it was made to something that the core does not know, or something has come over it. */
static bool note(Reload *reload, const EventFileEdited *edited)
{
    if (edited->error || strcmp(edited->file, TASKS_FILE) != 0 ||
        file_stamp_is_equal(&edited->is, &reload->tasks))
        return true;
    if (!file_stamp_is_equal(&edited->was, &reload->tasks))
        return false;

    reload->tasks = edited->is;
    return true;
}

/* Those up to the last that made what was read were in it. */
static unsigned count_read(const Reload *reload)
{
    unsigned count = 0;
    unsigned i = 0;
    const GList *link;

    for (link = reload->held.head; link; link = link->next) {
        const Event *event = link->data;

        i++;
        if (file_stamp_is_equal(&event->edited.is, &reload->tasks))
            count = i;
    }
    return count;
}

static void tell_held(Reload *reload)
{
    unsigned read = count_read(reload);
    Event *event;

    while ((event = g_queue_pop_head(&reload->held))) {
        if (read > 0)
            read--;
        else if (!note(reload, &event->edited))
            reload->is_next = true;
        executor_take_event(reload->executor, event);
    }
}

/* As of executor_watch_edits(). */
static bool on_edited(Event *event, void *data)
{
    Reload *reload = data;

    if (reload->errand) {
        g_queue_push_tail(&reload->held, event);
        return true;
    }
    if (!note(reload, &event->edited) || reload->is_after_edits)
        reload_changed(reload);
    return false;
}

/* ---- reading ---- */

static void work(void *data)
{
    Job *job = data;

    job->config = config_load(job->reload->folder, job->is_all ? NULL : &job->known, job->host_zone,
                              &job->error);
    if (!job->config)
        return;
    job->reading = core_read(config_files(job->config), &job->error);
    config_forget_tasks(job->config);
    heap_give_back();
}

static void log_warnings(const CoreReading *reading)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    unsigned i;

    core_reading_add_warnings(reading, warnings);
    for (i = 0; i < warnings->len; i++)
        log_line(LOG_LEVEL_WARNING, "%s", (const char *)warnings->pdata[i]);
}

static void take(Job *job)
{
    Reload *reload = job->reload;
    CoreReading *reading = g_steal_pointer(&job->reading);

    reload->is_refused = !reading;
    if (!reading) {
        executor_refuse_files(reload->executor, job->error);
        log_line(LOG_LEVEL_ERROR, "the running configuration stays: %s", job->error->message);
        return;
    }
    log_warnings(reading);
    reload->tasks = *config_tasks_stamp(job->config);
    executor_take_files(reload->executor, g_steal_pointer(&job->config), reading);
    log_line(LOG_LEVEL_NOTICE, "the configuration was read anew");
    errand_start("forget", forget, forgotten, reading);
}

static void go_on(Reload *reload);

static void done(void *data)
{
    Job *job = data;
    Reload *reload = job->reload;

    reload->errand = NULL;
    if (!reload->is_over) {
        take(job);
        tell_held(reload);
        notify_ready();
    }
    free_job(job);
    if (!reload->is_over)
        go_on(reload);
}

static void start(Reload *reload, bool is_all)
{
    Job *job = g_new0(Job, 1);

    job->reload = reload;
    job->is_all = is_all;
    job->known = reload->tasks;
    job->host_zone = g_strdup(config_files(executor_config(reload->executor))->host_zone);
    reload->is_next = false;
    reload->is_next_all = false;
    notify_reloading();
    reload->errand = errand_start("reload", work, done, job);
}

void reload_all(Reload *reload)
{
    if (!reload->errand) {
        start(reload, true);
        return;
    }
    reload->is_next = true;
    reload->is_next_all = true;
}

void reload_changed(Reload *reload)
{
    reload->is_after_edits = !reload->errand && executor_is_editing_tasks(reload->executor);
    if (reload->is_after_edits)
        return;
    if (reload->errand)
        reload->is_next = true;
    else if (reload->is_refused ||
             !config_is_current(executor_config(reload->executor), &reload->tasks))
        start(reload, false);
    else
        reload->is_next = false;
}

/* What came during a reading. */
static void go_on(Reload *reload)
{
    if (reload->is_next_all)
        start(reload, true);
    else if (reload->is_next || reload->is_after_edits)
        reload_changed(reload);
}

/* ---- life ---- */

Reload *reload_new(const char *folder, Executor *executor)
{
    Reload *reload = g_new0(Reload, 1);

    reload->folder = folder;
    reload->executor = executor;
    reload->tasks = *config_tasks_stamp(executor_config(executor));
    g_queue_init(&reload->held);
    executor_watch_edits(executor, on_edited, reload);
    return reload;
}

static void free_event(void *event)
{
    event_free(event);
}

void reload_free(Reload *reload)
{
    if (!reload)
        return;

    executor_watch_edits(reload->executor, NULL, NULL);
    reload->is_over = true;
    if (reload->errand)
        errand_wait(reload->errand, -1);
    g_queue_clear_full(&reload->held, free_event);
    g_free(reload);
}
