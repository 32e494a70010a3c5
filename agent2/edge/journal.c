#include "agent2/edge/journal.h"

#include "agent2/edge/journal_files.h"
#include "agent2/edge/refusal_notes.h"
#include "agent2/edge/run_folder.h"
#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/sys/file.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "common/base/banned.h"

#define ITEMS_MAX 4096

/* What goes through the mailbox: an effect, other orders, or the end. */
typedef struct Item {
    WorkerEffect *effect;
    JournalOrders *orders;
    bool is_end;
} Item;

/* One thread, which has some of the runs. */
typedef struct Lane {
    Mailbox *items;
    GThread *thread;
    const Journal *journal;
    JournalOrders *orders; /* the thread's own */
    RefusalNotes *notes;   /* the thread's own */
} Lane;

struct Journal {
    Lane lanes[JOURNAL_LANES];
    /* Never changed while there are threads. */
    Mailbox *answers;
    char *runs;
    char *counters;
    char *boot_id;
};

typedef void (*Action)(const Lane *lane, const WorkerEffect *effect, WorkerEvent *answer,
                       GError **error);

JournalOrders *journal_orders_new(void)
{
    JournalOrders *orders = g_new0(JournalOrders, 1);

    orders->max_output = RUN_OUTPUT_DEFAULT;
    orders->uid = RUN_AS_NOBODY_ELSE;
    orders->gid = RUN_AS_NOBODY_ELSE;
    return orders;
}

void journal_orders_free(JournalOrders *orders)
{
    if (!orders)
        return;

    g_free(orders->folder);
    g_strfreev(orders->environment);
    g_free(orders);
}

static JournalOrders *copy_orders(const JournalOrders *orders)
{
    JournalOrders *copy = g_memdup2(orders, sizeof *orders);

    copy->folder = g_strdup(orders->folder);
    copy->environment = g_strdupv(orders->environment);
    return copy;
}

static void free_item(void *data)
{
    Item *item = data;

    worker_effect_free(item->effect);
    journal_orders_free(item->orders);
    g_free(item);
}

char *journal_run_path(const char *state_dir, const char *run, int64_t attempt)
{
    g_autofree char *runs = g_build_filename(state_dir, RUNS_FOLDER, NULL);

    return run_folder_path(runs, run, attempt);
}

/* ---- what is done ------------------------------------------------------------------------------
 */

/* The journal's environment, then the skill's; a later NAME= takes an earlier one's place. */
static unsigned merge_environment(char **base, char **more, const char *out[RUN_ENV_MAX])
{
    unsigned count = 0;

    for (unsigned list = 0; list < 2; list++) {
        char **entries = list == 0 ? base : more;

        for (unsigned i = 0; entries && entries[i]; i++) {
            size_t name_length = strcspn(entries[i], "=") + 1;
            unsigned at = 0;

            while (at < count && strncmp(out[at], entries[i], name_length) != 0)
                at++;
            if (at == RUN_ENV_MAX)
                continue;
            out[at] = entries[i];
            count = MAX(count, at + 1);
        }
    }
    return count;
}

static bool fill_task(const Lane *lane, const WorkerEffect *effect, RunTask *task, GError **error)
{
    const WorkerOrder *order = effect->create.order;
    const JournalOrders *orders = lane->orders;

    memset(task, 0, sizeof *task);
    task->run = effect->run;
    task->attempt = effect->attempt;
    task->boot_id = lane->journal->boot_id;
    task->expires_ms = order->expires_ms;
    task->window_end_ms = order->window_end_ms;
    task->timeout_ms = order->timeout_ms;
    task->kill_grace_ms = orders->kill_grace_ms;
    task->max_output = orders->max_output;
    task->uid = orders->uid;
    task->gid = orders->gid;
    task->group_count = orders->group_count;
    memcpy(task->groups, orders->groups, sizeof task->groups);
    task->cwd = orders->folder;
    task->env_count = merge_environment(orders->environment, order->environment, task->env);
    task->meta = effect->create.meta;
    task->arg_count = g_strv_length(order->argv);
    for (unsigned i = 0; i < task->arg_count && i < RUN_ARGS_MAX; i++)
        task->args[i] = order->argv[i];
    if (task->arg_count <= RUN_ARGS_MAX && run_task_is_valid(task))
        return true;

    g_set_error(error, PROBLEM, PROBLEM_LIMIT, "the task does not fit into a run folder");
    return false;
}

static void do_create(const Lane *lane, const WorkerEffect *effect, WorkerEvent *answer,
                      GError **error)
{
    g_autofree RunTask *task = g_new(RunTask, 1);

    /* A cancel or a query may have been noted before it, which was not answered. */
    if (fill_task(lane, effect, task, error) &&
        run_folder_create(lane->journal->runs, task, &answer->journaled.existed, error))
        refusal_notes_drop(lane->notes, effect->run, effect->attempt);
}

/* The core does not know which boot of the host this is. */
static RunClaim complete_claim(const Lane *lane, const RunClaim *claim)
{
    RunClaim complete;

    run_claim_init(&complete, claim->kind, lane->journal->boot_id, claim->at_ms, claim->rule,
                   claim->reason);
    return complete;
}

static void do_tombstone(const Lane *lane, const WorkerEffect *effect, WorkerEvent *answer,
                         GError **error)
{
    answer->journaled.claim = complete_claim(lane, &effect->claim.claim);
    if (run_folder_create_tombstone(lane->journal->runs, effect->run, effect->attempt,
                                    &answer->journaled.claim, effect->claim.meta,
                                    strlen(effect->claim.meta), &answer->journaled.existed, error))
        refusal_notes_drop(lane->notes, effect->run, effect->attempt);
    else
        answer->journaled.is_noted =
            refusal_notes_put(lane->notes, effect->run, effect->attempt, &answer->journaled.claim,
                              effect->claim.meta);
}

static char *path_of(const Lane *lane, const WorkerEffect *effect)
{
    return run_folder_path(lane->journal->runs, effect->run, effect->attempt);
}

static void do_claim(const Lane *lane, const WorkerEffect *effect, WorkerEvent *answer,
                     GError **error)
{
    g_autofree char *path = path_of(lane, effect);
    RunClaim claim = complete_claim(lane, &effect->claim.claim);

    run_folder_claim(path, &claim, &answer->journaled.is_mine, &answer->journaled.claim, error);
}

static void do_cancel(const Lane *lane, const WorkerEffect *effect, WorkerEvent *answer,
                      GError **error)
{
    g_autofree char *path = path_of(lane, effect);

    (void)answer;
    run_folder_cancel(path, error);
}

static void do_done(const Lane *lane, const WorkerEffect *effect, WorkerEvent *answer,
                    GError **error)
{
    g_autofree char *path = path_of(lane, effect);

    (void)answer;
    run_folder_mark_done(path, error);
}

static void do_remove(const Lane *lane, const WorkerEffect *effect, WorkerEvent *answer,
                      GError **error)
{
    g_autofree char *path = path_of(lane, effect);

    (void)answer;
    run_folder_remove(path, error);
}

static void do_counters(const Lane *lane, const WorkerEffect *effect, WorkerEvent *answer,
                        GError **error)
{
    answer->journaled.version = effect->counters.version;
    file_write_atomic(lane->journal->counters, effect->counters.text, strlen(effect->counters.text),
                      0600, error);
}

static GBytes *read_part(const char *path, int64_t from, size_t max_bytes, int64_t *out_offset,
                         GError **error)
{
    size_t length = 0;
    char *bytes = run_folder_read_output(path, from, max_bytes, out_offset, &length, error);

    return bytes ? g_bytes_new_take(bytes, length) : NULL;
}

static GBytes *read_tail(const char *path, size_t max_bytes, int64_t *out_offset, GError **error)
{
    size_t length = 0;
    char *bytes = run_folder_read_tail(path, max_bytes, out_offset, &length, error);

    return bytes ? g_bytes_new_take(bytes, length) : NULL;
}

static bool read_both_ends(const char *path, WorkerOutput *output, GError **error)
{
    output->head = read_part(path, 0, OUTPUT_HEAD_BYTES, &output->offset, error);
    if (output->head)
        output->tail = read_tail(path, OUTPUT_TAIL_BYTES, &output->tail_offset, error);
    return output->tail != NULL;
}

static bool read_bytes(const char *path, const WorkerEffect *effect, const WorkerFolder *folder,
                       WorkerOutput *output, GError **error)
{
    switch (effect->read.kind) {
    case WORKER_READ_STATE:
        return folder->facts.exit != EXIT_READABLE || read_both_ends(path, output, error);
    case WORKER_READ_PROGRESS:
        output->tail = read_tail(path, PROGRESS_TAIL_BYTES, &output->tail_offset, error);
        return output->tail != NULL;
    case WORKER_READ_RESULT:
        return read_both_ends(path, output, error);
    case WORKER_READ_OUTPUT:
        output->head =
            read_part(path, effect->read.offset, OUTPUT_FETCH_BYTES, &output->offset, error);
        return output->head != NULL;
    }
    g_assert_not_reached();
}

/* A folder that cannot be read is an answer, too: the core lives on without it. */
static void do_read(const Lane *lane, const WorkerEffect *effect, WorkerEvent *answer,
                    GError **error)
{
    g_autofree char *path = path_of(lane, effect);
    g_autoptr(GError) problem = NULL;
    WorkerRead *read = &answer->read;

    (void)error;
    read->kind = effect->read.kind;
    read->output.in_reply_to = g_strdup(effect->read.in_reply_to);
    read->folder =
        journal_read_folder(path, lane->journal->boot_id, effect->read.is_news, &problem);
    if (read->folder && !read_bytes(path, effect, read->folder, &read->output, &problem))
        g_clear_pointer(&read->folder, worker_folder_free);
    read->is_busy = g_error_matches(problem, PROBLEM, PROBLEM_BUSY);
    if (problem)
        read->problem = g_strdup(problem->message);
}

/* ---- the thread --------------------------------------------------------------------------------
 */

static WorkerStored judge_error(const GError *error)
{
    static const struct {
        Problem problem;
        WorkerStored stored;
    } rows[] = {
        { PROBLEM_FULL, WORKER_DISK_FULL }, { PROBLEM_BUSY, WORKER_BUSY },
        { PROBLEM_LIMIT, WORKER_REFUSED },  { PROBLEM_MISSING, WORKER_REFUSED },
        { PROBLEM_VALUE, WORKER_REFUSED },
    };

    if (!error)
        return WORKER_STORED;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_error_matches(error, PROBLEM, (int)rows[i].problem))
            return rows[i].stored;
    }
    return WORKER_BROKEN;
}

/* Somebody removed the folder by hand: that is one run's trouble, not the disk's. */
static bool is_folder_gone(const Lane *lane, const WorkerEffect *effect)
{
    g_autofree char *path = effect->run ? path_of(lane, effect) : NULL;

    return path && effect->kind != WORKER_EFFECT_CREATE &&
           effect->kind != WORKER_EFFECT_TOMBSTONE && access(path, F_OK) < 0 && errno == ENOENT;
}

static WorkerEvent *perform(const Lane *lane, const WorkerEffect *effect)
{
    static const Action actions[] = {
        [WORKER_EFFECT_CREATE] = do_create,     [WORKER_EFFECT_TOMBSTONE] = do_tombstone,
        [WORKER_EFFECT_CLAIM] = do_claim,       [WORKER_EFFECT_CANCEL] = do_cancel,
        [WORKER_EFFECT_DONE] = do_done,         [WORKER_EFFECT_REMOVE] = do_remove,
        [WORKER_EFFECT_COUNTERS] = do_counters, [WORKER_EFFECT_READ] = do_read,
    };
    bool is_read = effect->kind == WORKER_EFFECT_READ;
    g_autoptr(GError) error = NULL;
    WorkerEvent *answer = worker_event_new_for_run(
        is_read ? WORKER_EVENT_FOLDER : WORKER_EVENT_JOURNALED, effect->run, effect->attempt);

    g_assert(effect->kind < G_N_ELEMENTS(actions));
    answer->batch = effect->batch;
    actions[effect->kind](lane, effect, answer, &error);
    if (is_read)
        return answer;

    answer->journaled.effect = effect->kind;
    answer->journaled.outcome = judge_error(error);
    if (answer->journaled.outcome == WORKER_BROKEN && is_folder_gone(lane, effect))
        answer->journaled.outcome = WORKER_REFUSED;
    if (error)
        answer->journaled.problem = g_strdup(error->message);
    return answer;
}

static bool handle(Lane *lane, Item *item)
{
    bool is_end = item->is_end;

    if (item->effect) {
        WorkerEvent *answer = perform(lane, item->effect);
        bool is_posted = mailbox_post(lane->journal->answers, answer);

        /* It has room for as many answers as there are effects under way. */
        g_assert(is_posted);
    }
    if (item->orders) {
        journal_orders_free(lane->orders);
        lane->orders = g_steal_pointer(&item->orders);
    }
    free_item(item);
    return !is_end;
}

static void *run(void *data)
{
    Lane *lane = data;
    struct pollfd waiting = { .fd = mailbox_fd(lane->items), .events = POLLIN };
    bool goes_on = true;

    while (goes_on) {
        Item *item = mailbox_take(lane->items);

        if (item)
            goes_on = handle(lane, item);
        else if (poll(&waiting, 1, -1) < 0 && errno != EINTR)
            g_error("poll: %s", g_strerror(errno));
    }
    return NULL;
}

/* ---- life --------------------------------------------------------------------------------------
 */

/* All of them or none. */
static bool open_notes(const char *state_dir, RefusalNotes *notes[JOURNAL_LANES], GError **error)
{
    for (unsigned i = 0; i < JOURNAL_LANES; i++) {
        g_autofree char *path = journal_notes_path(state_dir, i);

        notes[i] = refusal_notes_new(path, error);
        if (notes[i])
            continue;
        while (i > 0)
            refusal_notes_free(notes[--i]);
        return false;
    }
    return true;
}

Journal *journal_new(const char *state_dir, const char *boot_id, JournalOrders *orders,
                     Mailbox *answers, GError **error)
{
    g_autofree char *runs = g_build_filename(state_dir, RUNS_FOLDER, NULL);
    g_autoptr(JournalOrders) first = orders;
    RefusalNotes *notes[JOURNAL_LANES];
    Journal *journal;

    if (!file_make_folder(runs, JOURNAL_RUNS_MODE, error) || !open_notes(state_dir, notes, error))
        return NULL;

    journal = g_new0(Journal, 1);
    journal->answers = answers;
    journal->runs = g_steal_pointer(&runs);
    journal->counters = g_build_filename(state_dir, JOURNAL_COUNTERS, NULL);
    journal->boot_id = g_strdup(boot_id);
    for (unsigned i = 0; i < JOURNAL_LANES; i++) {
        Lane *lane = &journal->lanes[i];

        lane->journal = journal;
        lane->notes = notes[i];
        lane->items = mailbox_new(ITEMS_MAX, free_item);
        lane->orders = copy_orders(first);
        lane->thread = g_thread_new("journal", run, lane);
    }
    return journal;
}

static bool post(Lane *lane, WorkerEffect *effect, JournalOrders *orders, bool is_end)
{
    Item *item = g_new0(Item, 1);

    item->effect = effect;
    item->orders = orders;
    item->is_end = is_end;
    if (mailbox_post(lane->items, item))
        return true;
    g_free(item);
    return false;
}

bool journal_do(Journal *journal, WorkerEffect *effect)
{
    /* All attempts of a run have one lane, so that what is done to them is done in its order. */
    unsigned lane = effect->run ? g_str_hash(effect->run) % JOURNAL_LANES : 0;

    return post(&journal->lanes[lane], effect, NULL, false);
}

void journal_set_orders(Journal *journal, JournalOrders *orders)
{
    g_autoptr(JournalOrders) first = orders;

    for (unsigned i = 0; i < JOURNAL_LANES; i++) {
        JournalOrders *copy = copy_orders(first);

        if (!post(&journal->lanes[i], NULL, copy, false))
            journal_orders_free(copy);
    }
}

void journal_free(Journal *journal)
{
    if (!journal)
        return;

    for (unsigned i = 0; i < JOURNAL_LANES; i++) {
        while (!post(&journal->lanes[i], NULL, NULL, true))
            g_usleep(1000);
    }
    for (unsigned i = 0; i < JOURNAL_LANES; i++) {
        g_thread_join(journal->lanes[i].thread);
        mailbox_free(journal->lanes[i].items);
        journal_orders_free(journal->lanes[i].orders);
        refusal_notes_free(journal->lanes[i].notes);
    }
    g_free(journal->runs);
    g_free(journal->counters);
    g_free(journal->boot_id);
    g_free(journal);
}
