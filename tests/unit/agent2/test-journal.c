/* The journal on a real file system: each effect, its answer, and what stands on disk. */
#include "agent2/edge/journal.h"

#include "agent2/edge/run_folder.h"
#include "common/base/limits.h"
#include "common/sys/file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define RUN     "01M7Y2HRDZ0097XPAE7KH45SMW"
#define OTHER   "01M7Y2HRDZ0097XPAE7KH45SMX"
#define BOOT_ID "ba8cff58-e2cf-43d3-b8cc-714febe0880b"
#define LATER   INT64_C(4102444800000)

/* The device of this test counts the syncs, and has no room while it is told so. */
static int sync_count;
static int has_no_room;

int fsync(int fd)
{
    if (g_atomic_int_get(&has_no_room)) {
        errno = ENOSPC;
        return -1;
    }
    g_atomic_int_inc(&sync_count);
    return (int)syscall(SYS_fsync, fd);
}

typedef struct Fixture {
    char *folder;
    Mailbox *answers;
    Journal *journal;
    WorkerEvent *answer; /* the last one */
} Fixture;

static void free_event(void *event)
{
    worker_event_free(event);
}

static JournalOrders *new_orders(void)
{
    JournalOrders *orders = journal_orders_new();
    static const char *const environment[] = { "PATH=/bin", "LANG=C", NULL };

    orders->kill_grace_ms = 1000;
    orders->folder = g_strdup("/");
    orders->environment = g_new0(char *, 3);
    for (int i = 0; environment[i]; i++)
        orders->environment[i] = g_strdup(environment[i]);
    return orders;
}

static int set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    fixture->folder = g_strdup("/tmp/test-journal-XXXXXX");
    assert_non_null(g_mkdtemp(fixture->folder));
    fixture->answers = mailbox_new(100, free_event);
    fixture->journal = journal_new(fixture->folder, BOOT_ID, new_orders(), fixture->answers, NULL);
    assert_non_null(fixture->journal);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;

    journal_free(fixture->journal);
    mailbox_free(fixture->answers);
    worker_event_free(fixture->answer);
    file_remove_tree(fixture->folder, NULL);
    g_free(fixture->folder);
    g_free(fixture);
    return 0;
}

/* Gives the only effect to the journal and waits for the answer. */
static const WorkerEvent *perform(Fixture *fixture, WorkerEffects *effects)
{
    WorkerEffect *effect = g_ptr_array_steal_index(effects->list, 0);
    int64_t deadline = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;

    assert_int_equal(effects->list->len, 0);
    assert_true(journal_do(fixture->journal, effect));
    worker_event_free(fixture->answer);
    while (!(fixture->answer = mailbox_take(fixture->answers))) {
        assert_true(g_get_monotonic_time() < deadline);
        g_usleep(200);
    }
    return fixture->answer;
}

static WorkerOrder *new_order(const char *text)
{
    WorkerOrder *order = worker_order_new();
    g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
    g_autoptr(GStrvBuilder) environment = g_strv_builder_new();

    g_strv_builder_add_many(argv, "/bin/sh", "-c", text, NULL);
    g_strv_builder_add_many(environment, "LANG=fr", "MORE=1", NULL);
    order->argv = g_strv_builder_end(argv);
    order->environment = g_strv_builder_end(environment);
    order->expires_ms = LATER;
    order->timeout_ms = 5000;
    return order;
}

static const WorkerEvent *create(Fixture *fixture, WorkerEffects *effects)
{
    worker_effects_create(effects, RUN, 1, new_order("echo hello"), "{\"number\":7}");
    return perform(fixture, effects);
}

static char *path_of(const Fixture *fixture)
{
    return journal_run_path(fixture->folder, RUN, 1);
}

static void test_create(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    const WorkerEvent *answer = create(fixture, effects);
    g_autofree char *path = path_of(fixture);
    g_autoptr(RunTaskFile) file = NULL;
    g_autofree char *meta = NULL;

    assert_int_equal(answer->kind, WORKER_EVENT_JOURNALED);
    assert_string_equal(answer->run, RUN);
    assert_int_equal(answer->attempt, 1);
    assert_int_equal(answer->journaled.effect, WORKER_EFFECT_CREATE);
    assert_int_equal(answer->journaled.outcome, WORKER_STORED);
    assert_false(answer->journaled.existed);
    file = run_folder_read_task(path, NULL);
    assert_non_null(file);
    assert_string_equal(file->task.args[2], "echo hello");
    assert_string_equal(file->task.boot_id, BOOT_ID);
    assert_int_equal(file->task.env_count, 3);
    assert_string_equal(file->task.env[0], "PATH=/bin");
    assert_string_equal(file->task.env[1], "LANG=fr"); /* the skill's comes over ours */
    assert_string_equal(file->task.env[2], "MORE=1");
    assert_int_equal(file->task.kill_grace_ms, 1000);
    meta = run_folder_read_meta(path, NULL, NULL);
    assert_string_equal(meta, "{\"number\":7}");

    answer = create(fixture, effects);
    assert_int_equal(answer->journaled.outcome, WORKER_STORED);
    assert_true(answer->journaled.existed);
}

static void test_an_order_that_does_not_fit(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    g_autofree char *text = g_strnfill(RUN_TASK_MAX_BYTES, 'x');
    g_autofree char *path = path_of(fixture);
    const WorkerEvent *answer;

    worker_effects_create(effects, RUN, 1, new_order(text), "{}");
    answer = perform(fixture, effects);
    assert_int_equal(answer->journaled.outcome, WORKER_REFUSED);
    assert_non_null(answer->journaled.problem);
    assert_int_equal(access(path, F_OK), -1);
}

static void test_claims(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    const WorkerEvent *answer;

    create(fixture, effects);
    worker_effects_claim(effects, RUN, 1, CLAIM_EXPIRED, 1795012000000, NULL, "too late");
    answer = perform(fixture, effects);
    assert_int_equal(answer->journaled.outcome, WORKER_STORED);
    assert_true(answer->journaled.is_mine);
    assert_int_equal(answer->journaled.claim.at_ms, 1795012000000);

    worker_effects_claim(effects, RUN, 1, CLAIM_CANCELLED, 1795012000001, NULL, NULL);
    answer = perform(fixture, effects);
    assert_int_equal(answer->journaled.outcome, WORKER_STORED);
    assert_false(answer->journaled.is_mine);
    assert_int_equal(answer->journaled.claim.kind, CLAIM_EXPIRED);
    assert_string_equal(answer->journaled.claim.reason, "too late");

    worker_effects_claim(effects, OTHER, 1, CLAIM_CANCELLED, 1795012000001, NULL, NULL);
    answer = perform(fixture, effects);
    assert_int_equal(answer->journaled.outcome, WORKER_REFUSED); /* no such folder */
}

static void test_tombstones(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    const WorkerEvent *answer;

    worker_effects_tombstone(effects, RUN, 1, CLAIM_REJECTED, 1795012000000, "skill", "no", "{}");
    answer = perform(fixture, effects);
    assert_int_equal(answer->journaled.outcome, WORKER_STORED);
    assert_false(answer->journaled.existed);
    worker_effects_read(effects, WORKER_READ_STATE, RUN, 1);
    answer = perform(fixture, effects);
    assert_int_equal(answer->kind, WORKER_EVENT_FOLDER);
    assert_non_null(answer->read.folder);
    assert_false(answer->read.folder->facts.has_task);
    assert_int_equal(answer->read.folder->claim.kind, CLAIM_REJECTED);
    assert_string_equal(answer->read.folder->claim.rule, "skill");
    assert_string_equal(answer->read.folder->meta, "{}");
    assert_true(answer->read.folder->facts.is_same_boot);

    worker_effects_tombstone(effects, RUN, 1, CLAIM_CANCELLED, 0, NULL, NULL, "{}");
    assert_true(perform(fixture, effects)->journaled.existed);
}

static void test_marks_and_removal(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    g_autofree char *path = path_of(fixture);
    const WorkerEvent *answer;

    create(fixture, effects);
    worker_effects_cancel(effects, RUN, 1);
    assert_int_equal(perform(fixture, effects)->journaled.outcome, WORKER_STORED);
    worker_effects_done(effects, RUN, 1);
    assert_int_equal(perform(fixture, effects)->journaled.outcome, WORKER_STORED);
    worker_effects_read(effects, WORKER_READ_STATE, RUN, 1);
    answer = perform(fixture, effects);
    assert_true(answer->read.folder->has_cancel);
    assert_true(answer->read.folder->is_done);
    worker_effects_remove(effects, RUN, 1);
    assert_int_equal(perform(fixture, effects)->journaled.outcome, WORKER_STORED);
    assert_int_equal(access(path, F_OK), -1);
    worker_effects_read(effects, WORKER_READ_RESULT, RUN, 1);
    answer = perform(fixture, effects);
    assert_null(answer->read.folder);
    assert_non_null(answer->read.problem);
}

static void test_reads_output(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    g_autofree char *path = path_of(fixture);
    g_autofree char *head = g_build_filename(path, RUN_FILE_HEAD, NULL);
    const WorkerEvent *answer;

    create(fixture, effects);
    assert_true(file_write_atomic(head, "0123456789", 10, 0600, NULL));
    worker_effects_read(effects, WORKER_READ_RESULT, RUN, 1);
    answer = perform(fixture, effects);
    assert_int_equal(answer->read.kind, WORKER_READ_RESULT);
    assert_int_equal(g_bytes_get_size(answer->read.output.head), 10);
    assert_int_equal(g_bytes_get_size(answer->read.output.tail), 10);
    assert_int_equal(answer->read.output.tail_offset, 0);

    worker_effects_read(effects, WORKER_READ_PROGRESS, RUN, 1);
    answer = perform(fixture, effects);
    assert_null(answer->read.output.head);
    assert_int_equal(g_bytes_get_size(answer->read.output.tail), 10);
    assert_int_equal(answer->read.folder->output_end, 10);

    worker_effects_read_output(effects, RUN, 1, 7, "01M7Y2HRDZ0097XPAE7KH45SMZ");
    answer = perform(fixture, effects);
    assert_string_equal(answer->read.output.in_reply_to, "01M7Y2HRDZ0097XPAE7KH45SMZ");
    assert_int_equal(answer->read.output.offset, 7);
    assert_memory_equal(g_bytes_get_data(answer->read.output.head, NULL), "789", 3);

    worker_effects_read_output(effects, RUN, 1, 10, "x");
    answer = perform(fixture, effects);
    assert_int_equal(g_bytes_get_size(answer->read.output.head), 0);
}

/* What is told of a run for the first time must stay. What was told before is durable already. */
static void test_reads_sync_what_is_news(void **state)
{
    static const struct {
        const char *what;
        WorkerReadKind kind;
        bool is_news;
        int syncs;
    } rows[] = {
        { "its end", WORKER_READ_STATE, true, 2 },
        { "that it runs", WORKER_READ_PROGRESS, true, 2 },
        { "that it still runs", WORKER_READ_PROGRESS, false, 0 },
        { "its result again", WORKER_READ_RESULT, false, 0 },
        { "its output", WORKER_READ_OUTPUT, false, 0 },
    };
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();

    worker_effects_tombstone(effects, RUN, 1, CLAIM_EXPIRED, 1795012000000, NULL, NULL, "{}");
    perform(fixture, effects);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("  %s\n", rows[i].what);
        if (rows[i].kind == WORKER_READ_OUTPUT)
            worker_effects_read_output(effects, RUN, 1, 0, "x");
        else if (rows[i].kind == WORKER_READ_PROGRESS)
            worker_effects_read_progress(effects, RUN, 1, rows[i].is_news);
        else
            worker_effects_read(effects, rows[i].kind, RUN, 1);
        g_atomic_int_set(&sync_count, 0);
        assert_non_null(perform(fixture, effects)->read.folder);
        assert_int_equal(g_atomic_int_get(&sync_count), rows[i].syncs);
    }
}

/* At the start: the names of the folders together, and of each what decides, unless agent1 has it.
 */
static void test_start_syncs_what_is_news(void **state)
{
    static const struct {
        const char *what;
        bool has_cancel;
        bool has_claim;
        bool is_done;
        int syncs;
    } rows[] = {
        { "not started", false, false, false, 1 },
        { "to be cancelled", true, false, false, 2 },
        { "decided", false, true, false, 3 },
        { "told and taken", false, false, true, 1 },
    };
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();

    create(fixture, effects);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) folders = NULL;

        print_message("  %s\n", rows[i].what);
        if (rows[i].has_cancel) {
            worker_effects_cancel(effects, RUN, 1);
            perform(fixture, effects);
        }
        if (rows[i].has_claim) {
            worker_effects_claim(effects, RUN, 1, CLAIM_EXPIRED, 1795012000000, NULL, NULL);
            perform(fixture, effects);
        }
        if (rows[i].is_done) {
            worker_effects_done(effects, RUN, 1);
            perform(fixture, effects);
        }
        g_atomic_int_set(&sync_count, 0);
        folders = journal_read_folders(fixture->folder, BOOT_ID, NULL);
        assert_int_equal(folders->len, 1);
        assert_int_equal(g_atomic_int_get(&sync_count), rows[i].syncs);
    }
}

static void test_counters(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = journal_read_counters(fixture->folder, &error);
    const WorkerEvent *answer;

    assert_null(text);
    assert_null(error);
    worker_effects_counters(effects, "one", 41);
    answer = perform(fixture, effects);
    assert_int_equal(answer->journaled.effect, WORKER_EFFECT_COUNTERS);
    assert_int_equal(answer->journaled.version, 41);
    assert_int_equal(answer->journaled.outcome, WORKER_STORED);
    text = journal_read_counters(fixture->folder, &error);
    assert_string_equal(text, "one");
}

static void test_a_broken_folder_is_said(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();

    file_remove_tree(fixture->folder, NULL);
    worker_effects_counters(effects, "two", 42);
    assert_int_not_equal(perform(fixture, effects)->journaled.outcome, WORKER_STORED);
}

static void test_reads_everything_at_the_start(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    g_autoptr(GPtrArray) folders = NULL;
    g_autoptr(GError) error = NULL;
    const WorkerFolder *folder;

    create(fixture, effects);
    worker_effects_tombstone(effects, OTHER, 3, CLAIM_EXPIRED, 1795012000000, NULL, NULL, "{}");
    perform(fixture, effects);
    folders = journal_read_folders(fixture->folder, BOOT_ID, &error);
    if (!folders)
        fail_msg("%s", error->message);
    assert_int_equal(folders->len, 2);
    folder = g_ptr_array_index(folders, 0);
    assert_string_equal(folder->run, RUN);
    assert_true(folder->facts.has_task);
    assert_int_equal(folder->facts.claim, CLAIM_NONE);
    folder = g_ptr_array_index(folders, 1);
    assert_int_equal(folder->attempt, 3);
    assert_int_equal(folder->facts.claim, CLAIM_EXPIRED);
}

/* Neither its order nor anything else of it costs another folder. */
static void test_a_folder_that_cannot_be_read_at_the_start(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    g_autoptr(GPtrArray) folders = NULL;
    g_autofree char *path = path_of(fixture);
    g_autofree char *claim = g_build_filename(path, RUN_FILE_CLAIM, NULL);
    const WorkerFolder *folder;

    create(fixture, effects);
    assert_int_equal(mkdir(claim, 0700), 0);
    worker_effects_tombstone(effects, OTHER, 3, CLAIM_EXPIRED, 1795012000000, NULL, NULL, "{}");
    perform(fixture, effects);
    folders = journal_read_folders(fixture->folder, BOOT_ID, NULL);
    assert_non_null(folders);
    assert_int_equal(folders->len, 2);
    folder = g_ptr_array_index(folders, 0);
    assert_string_equal(folder->run, RUN);
    assert_int_equal(folder->attempt, 1);
    assert_non_null(strstr(folder->problem, "not a regular file"));
    assert_string_equal(folder->meta, "{\"number\":7}");
    folder = g_ptr_array_index(folders, 1);
    assert_null(folder->problem);
    assert_int_equal(folder->facts.claim, CLAIM_EXPIRED);
}

/* A refusal is durable though there is no room for a tombstone; with room it becomes one. */
static void test_a_tombstone_without_room(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    const WorkerEvent *answer;
    const WorkerFolder *folder;

    for (unsigned i = 0; i < 3; i++) {
        bool has_room = i == 2;
        g_autoptr(GPtrArray) folders = NULL;

        g_atomic_int_set(&has_no_room, !has_room);
        worker_effects_tombstone(effects, RUN, 1, CLAIM_REJECTED, 1795012000000, "policy",
                                 "agent's disk is full", "{\"number\":7}");
        answer = perform(fixture, effects);
        g_atomic_int_set(&has_no_room, 0);
        assert_int_equal(answer->journaled.outcome, has_room ? WORKER_STORED : WORKER_DISK_FULL);
        assert_int_equal(answer->journaled.is_noted, !has_room);
        folders = journal_read_folders(fixture->folder, BOOT_ID, NULL);
        assert_int_equal(folders->len, 1);
        folder = g_ptr_array_index(folders, 0);
        assert_string_equal(folder->run, RUN);
        assert_int_equal(folder->is_noted, !has_room);
        assert_int_equal(folder->claim.kind, CLAIM_REJECTED);
        assert_string_equal(folder->claim.reason, "agent's disk is full");
        assert_string_equal(folder->meta, "{\"number\":7}");
    }
}

/* A cancel came while there was no room, was not answered, and its task came afterwards. */
static void test_a_note_that_was_overtaken(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    g_autoptr(GPtrArray) folders = NULL;

    g_atomic_int_set(&has_no_room, 1);
    worker_effects_tombstone(effects, RUN, 1, CLAIM_CANCELLED, 1795012000000, NULL, NULL, "{}");
    assert_true(perform(fixture, effects)->journaled.is_noted);
    g_atomic_int_set(&has_no_room, 0);
    create(fixture, effects);
    worker_effects_remove(effects, RUN, 1);
    assert_int_equal(perform(fixture, effects)->journaled.outcome, WORKER_STORED);
    folders = journal_read_folders(fixture->folder, BOOT_ID, NULL);
    assert_int_equal(folders->len, 0);
}

/* So many fit; what does not is not noted. */
static void test_notes_are_bounded(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    g_autofree char *large = g_strnfill(4096, 'x');
    unsigned noted = 0;

    for (int64_t attempt = 1; attempt <= 40; attempt++) {
        g_atomic_int_set(&has_no_room, 1);
        worker_effects_tombstone(effects, RUN, attempt, CLAIM_REJECTED, 1795012000000, "policy",
                                 "no", attempt == 1 ? large : "{}");
        noted += perform(fixture, effects)->journaled.is_noted;
        g_atomic_int_set(&has_no_room, 0);
    }
    assert_int_equal(noted, 16);
}

static void test_other_orders(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    JournalOrders *orders = new_orders();
    g_autofree char *path = path_of(fixture);
    g_autoptr(RunTaskFile) file = NULL;

    orders->max_output = 1 << 20;
    journal_set_orders(fixture->journal, orders);
    create(fixture, effects);
    file = run_folder_read_task(path, NULL);
    assert_int_equal(file->task.max_output, 1 << 20);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_create),
        TEST(test_an_order_that_does_not_fit),
        TEST(test_claims),
        TEST(test_tombstones),
        TEST(test_marks_and_removal),
        TEST(test_reads_output),
        TEST(test_reads_sync_what_is_news),
        TEST(test_start_syncs_what_is_news),
        TEST(test_counters),
        TEST(test_a_broken_folder_is_said),
        TEST(test_reads_everything_at_the_start),
        TEST(test_a_folder_that_cannot_be_read_at_the_start),
        TEST(test_a_tombstone_without_room),
        TEST(test_a_note_that_was_overtaken),
        TEST(test_notes_are_bounded),
        TEST(test_other_orders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
