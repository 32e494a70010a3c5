#include "agent1/edge/store.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "agent1/edge/store_database.h"
#include "agent1/port/event.h"
#include "common/base/problem.h"
#include "common/sys/file.h"
#include "common/sys/heap.h"
#include "common/sys/mailbox.h"

#include "common/base/banned.h"

#define DATABASE_NAME "agent1.db"
#define LOCK_NAME     "agent1.lock"

/* So many rows take memory that is worth giving back. */
#define LARGE_BATCH 10000

/* Batches handed over and not answered; the core keeps one, so that this is never met. */
#define BATCHES_MAX 64

typedef enum {
    REQUEST_OPEN,
    REQUEST_COMMIT,
    REQUEST_LOAD,
    REQUEST_VERIFY,
    REQUEST_CLOSE,
} RequestKind;

typedef struct Request {
    RequestKind kind;
    char *path;         /* OPEN */
    uint64_t batch;     /* COMMIT */
    GPtrArray *effects; /* COMMIT: Effect * */
    Table table;        /* LOAD */
} Request;

/* What the main thread waits for: the answer to all but COMMIT. */
typedef struct Reply {
    GError *error;   /* NULL: done */
    char *set_aside; /* OPEN */
    GPtrArray *rows; /* LOAD */
    AuditHead head;  /* VERIFY */
} Reply;

struct Store {
    GThread *thread;
    Mailbox *requests; /* Request *, to the thread */
    Mailbox *replies;  /* Reply *, from the thread */
    Mailbox *answers;  /* StoreAnswer *, from the thread */

    /* Only of the main thread. */
    StoreHandler handler;
    void *data;
    unsigned batches_out;
    int lock_fd;
};

/* What only the store's thread touches, but for the mailboxes. */
typedef struct Worker {
    Store *store;
    StoreDatabase *database;
    char *broken; /* why no batch can be stored any more; NULL while it can */
} Worker;

static void request_free(void *item)
{
    Request *request = item;

    g_free(request->path);
    if (request->effects)
        g_ptr_array_unref(request->effects);
    g_free(request);
}
typedef Request RequestItem;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RequestItem, request_free)

static void reply_free(void *item)
{
    Reply *reply = item;

    g_clear_error(&reply->error);
    g_free(reply->set_aside);
    if (reply->rows)
        g_ptr_array_unref(reply->rows);
    g_free(reply);
}
typedef Reply ReplyItem;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReplyItem, reply_free)

static void answer_free(void *item)
{
    StoreAnswer *answer = item;

    g_free(answer->error);
    if (answer->events)
        g_ptr_array_unref(answer->events);
    g_free(answer);
}

static void free_event(void *event)
{
    event_free(event);
}

/* The next item, as soon as there is one. Waits without a deadline: for work, that is life; for the
 * store's thread, there is nothing to do instead, and the watchdog ends a disk that hangs. */
static void *wait_for_item(Mailbox *mailbox)
{
    struct pollfd ready = { .fd = mailbox_fd(mailbox), .events = POLLIN };
    void *item;

    while (!(item = mailbox_take(mailbox))) {
        if (poll(&ready, 1, -1) < 0 && errno != EINTR)
            g_error("cannot wait for a mailbox: %s", g_strerror(errno));
    }

    return item;
}

/* None of the mailboxes is ever full: one reply is waited for, and batches are counted. */
static void post(Mailbox *mailbox, void *item)
{
    if (!mailbox_post(mailbox, item))
        g_error("a mailbox of the store is full");
}

/* ---- the store's thread -----------------------------------------------------------------------
 */

static void answer_batch(Worker *worker, Request *request)
{
    StoreAnswer *answer = g_new0(StoreAnswer, 1);
    g_autoptr(GError) error = NULL;

    answer->batch = request->batch;
    answer->outcome = STORE_BROKEN;
    answer->events = g_ptr_array_new_with_free_func(free_event);
    if (worker->broken) {
        answer->error = g_strdup(worker->broken);
    } else {
        answer->outcome =
            store_database_write(worker->database, request->effects, answer->events, &error);
        answer->error = error ? g_strdup(error->message) : NULL;
    }

    if (answer->outcome == STORE_BROKEN && !worker->broken)
        worker->broken = g_strdup(answer->error);
    post(worker->store->answers, answer);
}

/* What a hundred thousand rows took does not stay with the process. */
static void drop_effects(Request *request)
{
    bool is_large = request->effects->len >= LARGE_BATCH;

    g_clear_pointer(&request->effects, g_ptr_array_unref);
    if (is_large)
        heap_give_back();
}

/* After the answer, which it would only delay. What goes wrong here is told to the next batch. */
static void tidy(Worker *worker)
{
    g_autoptr(GError) error = NULL;

    if (!worker->broken && !store_database_tidy(worker->database, &error))
        worker->broken = g_strdup(error->message);
}

static void reply_to(Worker *worker, const Request *request)
{
    Reply *reply = g_new0(Reply, 1);

    switch (request->kind) {
    case REQUEST_OPEN:
        worker->database = store_database_open(request->path, &reply->set_aside, &reply->error);
        break;
    case REQUEST_LOAD:
        reply->rows = store_database_load(worker->database, request->table, &reply->error);
        break;
    case REQUEST_VERIFY:
        store_database_verify(worker->database, &reply->head, &reply->error);
        break;
    case REQUEST_COMMIT:
    case REQUEST_CLOSE:
        g_assert_not_reached();
    }

    post(worker->store->replies, reply);
}

static void *run_thread(void *data)
{
    Worker worker = { .store = data };
    bool is_open = true;

    while (is_open) {
        g_autoptr(RequestItem) request = wait_for_item(worker.store->requests);

        switch (request->kind) {
        case REQUEST_COMMIT:
            answer_batch(&worker, request);
            drop_effects(request);
            tidy(&worker);
            break;
        case REQUEST_OPEN:
        case REQUEST_LOAD:
        case REQUEST_VERIFY:
            reply_to(&worker, request);
            break;
        case REQUEST_CLOSE:
            is_open = false;
            break;
        }
    }

    store_database_free(worker.database);
    g_free(worker.broken);
    return NULL;
}

/* ---- the lock ---------------------------------------------------------------------------------
 */

static void set_locked_error(int fd, const char *state_dir, GError **error)
{
    char pid[16] = "";
    ssize_t length = pread(fd, pid, sizeof(pid) - 1, 0);

    pid[length > 0 ? length : 0] = '\0';
    g_strchomp(pid);
    g_set_error(error, PROBLEM, PROBLEM_IO, "another agent1 (pid %s) uses %s",
                *pid ? pid : "unknown", state_dir);
}

/* One agent1 for each state_dir. The kernel drops the lock when the process ends, however it ends;
 * the file stays. Returns the descriptor that holds it, or -1. */
static int lock_state_dir(const char *state_dir, GError **error)
{
    g_autofree char *path = g_build_filename(state_dir, LOCK_NAME, NULL);
    g_autofree char *pid = g_strdup_printf("%d\n", (int)getpid());
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        g_set_error(error, PROBLEM, errno == ENOSPC || errno == EDQUOT ? PROBLEM_FULL : PROBLEM_IO,
                    "%s: cannot open: %s", path, g_strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        set_locked_error(fd, state_dir, error);
        close(fd);
        return -1;
    }

    /* Only for the message above: a full disk may keep it from being said. */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, strlen(pid), 0) < 0)
        g_debug("%s: cannot write: %s", path, g_strerror(errno));

    return fd;
}

/* ---- the main thread --------------------------------------------------------------------------
 */

static Reply *ask(Store *store, Request request)
{
    post(store->requests, g_memdup2(&request, sizeof(request)));
    return wait_for_item(store->replies);
}

/* Also when something failed on the way to it. */
static bool is_done(Reply *reply, GError **error)
{
    if (!reply->error)
        return true;

    g_propagate_error(error, g_steal_pointer(&reply->error));
    return false;
}

static void on_answer(void *item, void *data)
{
    StoreAnswer *answer = item;
    Store *store = data;

    store->batches_out--;
    /* Which may free the store. */
    store->handler(answer, store->data);
    answer_free(answer);
}

static bool check_folder(const char *state_dir, GError **error)
{
    const char *type;
    bool is_local;

    if (!file_make_folder(state_dir, 0700, error) ||
        !file_is_local(state_dir, &is_local, &type, error))
        return false;
    if (!is_local) {
        g_set_error(error, PROBLEM, PROBLEM_IO,
                    "%s: lies on %s; the database needs a local file system", state_dir, type);
        return false;
    }

    return true;
}

Store *store_open(const char *state_dir, StoreHandler handler, void *data, char **out_set_aside,
                  GError **error)
{
    /* Absolute: SQLite takes a name that begins with "file:" for something else. */
    g_autofree char *folder = g_canonicalize_filename(state_dir, NULL);
    g_autoptr(Store) store = NULL;
    g_autoptr(ReplyItem) reply = NULL;
    int lock_fd;

    if (!check_folder(folder, error))
        return NULL;
    lock_fd = lock_state_dir(folder, error);
    if (lock_fd < 0)
        return NULL;

    store = g_new0(Store, 1);
    store->lock_fd = lock_fd;
    store->handler = handler;
    store->data = data;
    store->requests = mailbox_new(BATCHES_MAX + 1, request_free);
    store->replies = mailbox_new(1, reply_free);
    store->answers = mailbox_new(BATCHES_MAX, answer_free);
    store->thread = g_thread_new("store", run_thread, store);

    reply = ask(store, (Request){ .kind = REQUEST_OPEN,
                                  .path = g_build_filename(folder, DATABASE_NAME, NULL) });
    if (!is_done(reply, error))
        return NULL;

    *out_set_aside = g_steal_pointer(&reply->set_aside);
    mailbox_attach(store->answers, on_answer, store);
    return g_steal_pointer(&store);
}

void store_free(Store *store)
{
    Request request = { .kind = REQUEST_CLOSE };

    if (!store)
        return;

    post(store->requests, g_memdup2(&request, sizeof(request)));
    g_thread_join(store->thread);
    mailbox_free(store->answers);
    mailbox_free(store->replies);
    mailbox_free(store->requests);
    close(store->lock_fd);
    g_free(store);
}

GPtrArray *store_load(Store *store, Table table, GError **error)
{
    g_autoptr(ReplyItem) reply = ask(store, (Request){ .kind = REQUEST_LOAD, .table = table });

    return is_done(reply, error) ? g_steal_pointer(&reply->rows) : NULL;
}

void store_commit(Store *store, uint64_t batch, GPtrArray *effects)
{
    Request request = { .kind = REQUEST_COMMIT, .batch = batch, .effects = effects };

    g_assert(store->batches_out < BATCHES_MAX);

    store->batches_out++;
    post(store->requests, g_memdup2(&request, sizeof(request)));
}

bool store_verify_audit(Store *store, int64_t *out_rows, char **out_head, GError **error)
{
    g_autoptr(ReplyItem) reply = ask(store, (Request){ .kind = REQUEST_VERIFY });

    if (!is_done(reply, error))
        return false;

    *out_rows = reply->head.seq;
    *out_head = g_strdup(reply->head.hash);
    return true;
}
