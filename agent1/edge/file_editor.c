#include "agent1/edge/file_editor.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "agent1/edge/file_entries.h"
#include "agent1/port/event.h"
#include "common/base/problem.h"
#include "common/data/json.h"
#include "common/sys/clock.h"
#include "common/sys/file.h"
#include "common/sys/heap.h"
#include "common/sys/log.h"
#include "common/base/banned.h"

#define JOBS_MAX 20000
/* What agents tell waits so long for company: each reading parses the whole file, and after a
 * restart of the broker a thousand agents register within a second. */
#define GATHER_MS 200
/* Who saves so often in a row is a program. */
#define TRIES_MAX 10
/* What it took to parse and print so long a text is worth giving back. */
#define LARGE_BYTES (1024 * 1024)

struct FileEditor {
    char *folder;
    Mailbox *jobs; /* Job *, to the thread */
    Mailbox *events;
    GThread *thread;
};

typedef struct Job {
    EffectEditFile edit;
    bool is_end;    /* the thread ends after what came before */
    GError *reason; /* why it could not be done, while others of the same file were; or NULL */
} Job;

/* All is 0 where nothing was. */
typedef struct Written {
    FileStamp was;
    FileStamp is;
    size_t length; /* 0: there was nothing to change */
} Written;

static void free_job(void *data)
{
    Job *job = data;

    g_free(job->edit.id);
    g_free(job->edit.file);
    g_free(job->edit.name);
    g_free(job->edit.members);
    g_clear_error(&job->reason);
    g_free(job);
}

static void answer(FileEditor *editor, const Job *job, const Written *written, const GError *error)
{
    Event *event = event_new(EVENT_FILE_EDITED);

    event->edited.id = g_strdup(job->edit.id);
    event->edited.file = g_strdup(job->edit.file);
    event->edited.error = error ? g_strdup(error->message) : NULL;
    event->edited.was = written->was;
    event->edited.is = written->is;
    if (!mailbox_post(editor->events, event))
        event_free(event);
}

static Json *read_file(const char *path, size_t max_bytes, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *text = NULL;
    size_t length = 0;

    text = file_read(path, max_bytes, &length, &reason);
    if (!text && g_error_matches(reason, PROBLEM, PROBLEM_MISSING))
        return json_new_object();
    if (!text) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return NULL;
    }
    return json_parse(text, length, max_bytes, error);
}

/* All jobs are for one file: read once, write once. What is wrong with one of them stops no other.
 */
static bool try_together(const char *path, GPtrArray *jobs, Written *out, GError **error)
{
    size_t max_bytes = file_entries_max_bytes(((const Job *)jobs->pdata[0])->edit.file);
    g_autoptr(Json) root = NULL;
    g_autofree char *text = NULL;
    bool is_changed = false;
    Written written = { 0 };
    unsigned i;

    file_stamp(path, &written.was);
    written.is = written.was;
    root = read_file(path, max_bytes, error);
    if (!root)
        return false;
    for (i = 0; i < jobs->len; i++) {
        Job *job = jobs->pdata[i];

        g_clear_error(&job->reason);
        if (file_entries_change(root, &job->edit, &job->reason))
            is_changed = true;
    }
    if (is_changed) {
        text = json_print_pretty(root);
        written.length = strlen(text);
        if (!file_replace(path, &written.was, text, written.length, 0600, &written.is, error))
            return false;
    }
    *out = written;
    return true;
}

/* Again when a person saved meanwhile: what he wrote is not written over. */
static bool edit_together(const char *path, GPtrArray *jobs, Written *out, GError **error)
{
    unsigned tries;

    for (tries = 1;; tries++) {
        g_autoptr(GError) reason = NULL;

        if (try_together(path, jobs, out, &reason))
            return true;
        if (!g_error_matches(reason, PROBLEM, PROBLEM_CHANGED) || tries >= TRIES_MAX) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
    }
}

static void do_jobs(FileEditor *editor, GPtrArray *jobs)
{
    const Job *first = jobs->pdata[0];
    g_autofree char *path = g_build_filename(editor->folder, first->edit.file, NULL);
    g_autoptr(GError) error = NULL;
    Written written = { 0 };
    unsigned i;

    if (!edit_together(path, jobs, &written, &error) && error)
        g_prefix_error(&error, "%s: ", first->edit.file);
    for (i = 0; i < jobs->len; i++) {
        Job *job = jobs->pdata[i];

        if (job->reason)
            g_prefix_error(&job->reason, "%s: ", job->edit.file);
        answer(editor, job, &written, job->reason ? job->reason : error);
    }
    if (written.length >= LARGE_BYTES)
        heap_give_back();
}

/* timeout_ms: -1 for as long as it takes. */
static void wait_for_jobs(FileEditor *editor, int64_t timeout_ms)
{
    struct pollfd wait = { .fd = mailbox_fd(editor->jobs), .events = POLLIN };
    int ready;

    do
        ready = poll(&wait, 1, (int)timeout_ms);
    while (ready < 0 && errno == EINTR);
}

/* The next job, waiting for it until the deadline; NULL when none came. */
static Job *take_until(FileEditor *editor, int64_t deadline_ms)
{
    Job *job = mailbox_take(editor->jobs);

    while (!job && clock_boot_ms() < deadline_ms) {
        wait_for_jobs(editor, MAX(deadline_ms - clock_boot_ms(), 0));
        job = mailbox_take(editor->jobs);
    }
    return job;
}

static bool is_for_same_file(const Job *job, const GPtrArray *jobs)
{
    return jobs->len == 0 || strcmp(job->edit.file, ((const Job *)jobs->pdata[0])->edit.file) == 0;
}

/* Takes the jobs that wait for the same file as the first; what a person decided is done at once.
 * False when the thread shall end. */
static bool do_waiting(FileEditor *editor)
{
    Job *job = mailbox_take(editor->jobs);

    while (job) {
        g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func(free_job);
        int64_t deadline_ms = clock_boot_ms() + GATHER_MS;

        while (job && !job->is_end && is_for_same_file(job, jobs)) {
            if (!job->edit.is_fill)
                deadline_ms = 0;
            g_ptr_array_add(jobs, job);
            job = take_until(editor, deadline_ms);
        }
        if (jobs->len > 0)
            do_jobs(editor, jobs);
        if (job && job->is_end) {
            free_job(job);
            return false;
        }
    }
    return true;
}

static void *run_thread(void *data)
{
    FileEditor *editor = data;

    while (do_waiting(editor))
        wait_for_jobs(editor, -1);
    return NULL;
}

FileEditor *file_editor_new(const char *folder, Mailbox *events)
{
    FileEditor *editor = g_new0(FileEditor, 1);

    editor->folder = g_strdup(folder);
    editor->events = events;
    editor->jobs = mailbox_new(JOBS_MAX, free_job);
    editor->thread = g_thread_new("files", run_thread, editor);
    return editor;
}

void file_editor_free(FileEditor *editor)
{
    Job *end;

    if (!editor)
        return;

    end = g_new0(Job, 1);
    end->is_end = true;
    while (!mailbox_post(editor->jobs, end))
        g_usleep(1000);
    g_thread_join(editor->thread);
    mailbox_free(editor->jobs);
    g_free(editor->folder);
    g_free(editor);
}

void file_editor_edit(FileEditor *editor, const EffectEditFile *edit)
{
    Job *job = g_new0(Job, 1);

    job->edit.id = g_strdup(edit->id);
    job->edit.file = g_strdup(edit->file);
    job->edit.name = g_strdup(edit->name);
    job->edit.members = g_strdup(edit->members);
    job->edit.is_fill = edit->is_fill;
    if (mailbox_post(editor->jobs, job))
        return;

    log_line(LOG_LEVEL_ERROR, "%s: %d edits wait already; one is dropped", edit->file, JOBS_MAX);
    free_job(job);
}
