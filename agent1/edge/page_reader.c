#include "agent1/edge/page_reader.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/base/limits.h"
#include "common/sys/child.h"
#include "common/sys/clock.h"
#include "common/sys/errand.h"
#include "common/base/banned.h"

/* It is killed at once when it is cancelled. */
#define END_WAIT_MS 5000

/* Once it has begun its thread owns program, order and end. */
typedef struct Job {
    PageReader *reader; /* NULL: nobody hears of it */
    char *id;
    char *program;
    char *order;
    Errand *errand; /* NULL: it waits for its turn */
    int cancel_fd;  /* closed: it is killed; -1: it was */
    int watched_fd; /* the other end */
    ChildEnd end;
    PageNews *at_once; /* the news of one that never begins */
    guint timer;
} Job;

struct PageReader {
    char *program;
    PageHandler handler;
    void *data;
    GPtrArray *jobs; /* Job *, in the order of their calls */
    unsigned at_work;
};

static void job_free(Job *job)
{
    g_clear_handle_id(&job->timer, g_source_remove);
    if (job->cancel_fd >= 0)
        close(job->cancel_fd);
    if (job->watched_fd >= 0)
        close(job->watched_fd);
    child_end_clear(&job->end);
    page_news_free(job->at_once);
    g_free(job->id);
    g_free(job->program);
    g_free(job->order);
    g_free(job);
}

static Job *job_new(PageReader *reader, const char *id)
{
    Job *job = g_new0(Job, 1);

    job->reader = reader;
    job->id = g_strdup(id);
    job->cancel_fd = -1;
    job->watched_fd = -1;
    g_ptr_array_add(reader->jobs, job);
    return job;
}

/* ---- news ---- */

static gboolean on_at_once(gpointer data)
{
    Job *job = data;
    PageReader *reader = job->reader;
    PageNews *news = g_steal_pointer(&job->at_once);

    job->timer = 0;
    g_ptr_array_remove(reader->jobs, job);
    job_free(job);
    reader->handler(news, reader->data);
    return G_SOURCE_REMOVE;
}

static void refuse(Job *job, const char *why)
{
    job->at_once = page_news_new(job->id, PAGE_NO_READER, why);
    job->timer = g_idle_add_full(G_PRIORITY_DEFAULT, on_at_once, job, NULL);
}

/* What the program said, or what became of it. */
static PageNews *take_end(const Job *job)
{
    const ChildEnd *end = &job->end;
    g_autoptr(GError) error = NULL;
    PageNews *news = NULL;

    switch (end->kind) {
    case CHILD_EXITED:
        news = page_news_parse(job->id, end->output, strlen(end->output), &error);
        return news ? news : page_news_new(job->id, PAGE_NO_READER, "its answer cannot be read");
    case CHILD_TIMED_OUT:
    case CHILD_CANCELLED:
        return page_news_new(job->id, PAGE_SLOW, NULL);
    case CHILD_SIGNALLED:
        return page_news_new(job->id, PAGE_NO_READER, "it broke off: the page asks too much of it");
    case CHILD_MISSING:
    case CHILD_NOT_STARTED:
        break;
    }
    return page_news_new(job->id, PAGE_NO_READER, end->errors);
}

/* ---- work ---- */

static void work(void *data)
{
    Job *job = data;
    const char *const argv[] = { job->program, NULL };
    const char *const environment[] = { NULL };
    const ChildOrder order = { .argv = argv,
                               .environment = environment,
                               .folder = "/",
                               .input = job->order,
                               .output_max_bytes = PAGE_NEWS_MAX_BYTES,
                               .deadline_boot_ms = clock_boot_ms() + PAGE_TIME_MS + PAGE_GRACE_MS,
                               .cancel_fd = job->watched_fd };

    child_run(&order, &job->end);
}

static void begin_waiting(PageReader *reader);

static void done(void *data)
{
    Job *job = data;
    PageReader *reader = job->reader;
    PageNews *news = NULL;

    if (!reader) {
        job_free(job);
        return;
    }
    reader->at_work--;
    g_ptr_array_remove(reader->jobs, job);
    if (job->cancel_fd >= 0)
        news = take_end(job);
    job_free(job);
    begin_waiting(reader);
    if (news)
        reader->handler(news, reader->data);
}

static void begin(Job *job)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) {
        refuse(job, "no descriptor is left");
        return;
    }
    job->watched_fd = ends[0];
    job->cancel_fd = ends[1];
    job->errand = errand_try_start("page", work, done, job);
    if (job->errand)
        job->reader->at_work++;
    else
        refuse(job, "no thread or no descriptor is left");
}

static void begin_waiting(PageReader *reader)
{
    for (unsigned i = 0; i < reader->jobs->len && reader->at_work < PAGES_AT_ONCE; i++) {
        Job *job = reader->jobs->pdata[i];

        if (!job->errand && !job->at_once)
            begin(job);
    }
}

/* Nobody waits for it any more; its program may still be on its way out. */
static bool is_cancelled(const Job *job)
{
    return job->errand && job->cancel_fd < 0;
}

/* Those that somebody waits for. */
static unsigned count_awaited(const PageReader *reader)
{
    unsigned count = 0;

    for (unsigned i = 0; i < reader->jobs->len; i++)
        count += !is_cancelled(reader->jobs->pdata[i]);
    return count;
}

void page_reader_call(PageReader *reader, const PageCall *call, const SearchSettings *search)
{
    Job *job = job_new(reader, call->id);

    if (!reader->program) {
        refuse(job, "the program agent1-reader is not installed");
        return;
    }
    if (count_awaited(reader) > PAGES_AT_ONCE + PAGES_WAITING) {
        refuse(job, "too many pages wait");
        return;
    }
    job->program = g_strdup(reader->program);
    job->order = page_order_print(call, search);
    begin_waiting(reader);
}

/* One at work ends when its program is gone, and gives its place free then. */
static void cancel(PageReader *reader, Job *job)
{
    if (job->errand) {
        close(job->cancel_fd);
        job->cancel_fd = -1;
        return;
    }
    g_ptr_array_remove(reader->jobs, job);
    job_free(job);
}

void page_reader_cancel(PageReader *reader, const char *id)
{
    for (unsigned i = 0; i < reader->jobs->len; i++) {
        Job *job = reader->jobs->pdata[i];

        if (g_str_equal(job->id, id) && !is_cancelled(job)) {
            cancel(reader, job);
            return;
        }
    }
}

/* ---- life ---- */

PageReader *page_reader_new(const char *program, PageHandler handler, void *data)
{
    PageReader *reader = g_new0(PageReader, 1);

    reader->program = g_strdup(program);
    reader->handler = handler;
    reader->data = data;
    reader->jobs = g_ptr_array_new();
    return reader;
}

static void end_job(Job *job)
{
    Errand *errand = job->errand;

    if (!errand) {
        job_free(job);
        return;
    }
    job->reader = NULL;
    if (job->cancel_fd >= 0)
        close(job->cancel_fd);
    job->cancel_fd = -1;
    errand_wait(errand, END_WAIT_MS);
}

void page_reader_free(PageReader *reader)
{
    if (!reader)
        return;

    while (reader->jobs->len > 0)
        end_job(g_ptr_array_steal_index(reader->jobs, reader->jobs->len - 1));
    g_ptr_array_unref(reader->jobs);
    g_free(reader->program);
    g_free(reader);
}
