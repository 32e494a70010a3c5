/* Run folders as agent2 handles them: made whole, read as facts, claimed once, removed. */
#include "agent2/edge/run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/problem.h"
#include "tests/unit/agent2/run_folder_fixture.h"

#include "common/base/banned.h"

/* The device of this test: counts the syncs, and fails from one of them on as it is told. */
static unsigned sync_count;
static unsigned sync_fails_from = UINT_MAX;
static int sync_error;

int fsync(int fd)
{
    if (sync_count++ >= sync_fails_from) {
        errno = sync_error;
        return -1;
    }

    return (int)syscall(SYS_fsync, fd);
}

/* And it opens no folder, for want of descriptors, while it is told so. */
static bool is_short_of_descriptors;

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;

    if (flags & O_CREAT) {
        va_list more;

        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    if (is_short_of_descriptors && flags & O_DIRECTORY) {
        errno = EMFILE;
        return -1;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static void test_create(void **state)
{
    g_autofree char *path = create();
    g_autoptr(RunTaskFile) file = NULL;
    g_autofree char *meta = NULL;
    RunTask task = make_task();
    struct stat status;
    size_t length;
    bool existed = false;

    (void)state;

    file = run_folder_read_task(path, NULL);
    assert_non_null(file);
    assert_string_equal(file->task.run, RUN);
    assert_string_equal(file->task.args[0], "/bin/true");
    meta = run_folder_read_meta(path, &length, NULL);
    assert_string_equal(meta, "meta\n");
    assert_int_equal(length, 5);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);

    /* A repeat changes nothing. */
    task.expires_ms = 1;
    task.meta = "other";
    assert_true(run_folder_create(runs, &task, &existed, NULL));
    assert_true(existed);
    g_free(meta);
    meta = run_folder_read_meta(path, &length, NULL);
    assert_string_equal(meta, "meta\n");
    assert_int_equal(count_entries(runs), 1);
}

static void test_create_refuses(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *huge = g_strnfill(RUN_META_MAX_BYTES + 1, 'x');
    g_autofree char *nowhere = g_build_filename(runs, "nowhere", NULL);
    RunTask task = make_task();
    bool existed;

    (void)state;

    task.meta = huge;
    assert_false(run_folder_create(runs, &task, &existed, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_LIMIT));
    g_clear_error(&error);

    task.meta = NULL;
    assert_false(run_folder_create(nowhere, &task, &existed, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_IO));
    g_clear_error(&error);

    task.cwd = "relative";
    assert_false(run_folder_create(runs, &task, &existed, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_LIMIT));
    assert_int_equal(count_entries(runs), 0);
}

/* Order, the folder and its parent: without any of them the ack would be a lie. */
static void test_create_is_durable(void **state)
{
    static const struct {
        const char *what;
        int error;
        Problem code;
    } rows[] = {
        { "no space left", ENOSPC, PROBLEM_FULL },
        { "device error", EIO, PROBLEM_IO },
    };
    RunTask task = make_task();
    unsigned needed;
    bool existed;

    (void)state;

    sync_count = 0;
    g_free(create());
    needed = sync_count;
    assert_int_equal(needed, 3);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (unsigned n = 0; n < needed; n++) {
            g_autoptr(GError) error = NULL;
            bool is_created;

            print_message("  %s at sync %u\n", rows[i].what, n + 1);
            task.attempt++;
            sync_count = 0;
            sync_fails_from = n;
            sync_error = rows[i].error;
            is_created = run_folder_create(runs, &task, &existed, &error);
            sync_fails_from = UINT_MAX;
            assert_false(is_created);
            /* The last one stands for what is there already: nobody may say "not taken, later". */
            assert_true(g_error_matches(error, PROBLEM,
                                        n + 1 < needed ? (int)rows[i].code : (int)PROBLEM_IO));
        }
    }

    /* Those that failed before the last sync left nothing behind. */
    assert_int_equal(count_entries(runs), 1 + 2);
}

/* So many descriptors are left: what cannot be made is not there, and what cannot be seen is said.
 */
static void test_without_descriptors(void **state)
{
    struct rlimit before;
    int lowest = dup(STDERR_FILENO);
    unsigned failed = 0;
    bool is_done = false;

    (void)state;

    close(lowest);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (unsigned spare = 0; !is_done; spare++) {
        const struct rlimit limit = { (rlim_t)lowest + spare, before.rlim_max };
        g_autoptr(GError) error = NULL;
        g_autofree char *path = run_folder_path(runs, RUN, spare + 1);
        RunTask task = make_task();
        RunSnapshot snapshot;
        bool existed = false;
        bool is_read;

        task.attempt = spare + 1;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        is_done = run_folder_create(runs, &task, &existed, &error);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(g_file_test(path, G_FILE_TEST_EXISTS), is_done);
        failed += !is_done;
        if (!is_done) {
            assert_true(g_error_matches(error, PROBLEM, PROBLEM_BUSY));
            continue;
        }

        for (unsigned left = 0; left <= spare; left++) {
            g_autoptr(GError) problem = NULL;
            const struct rlimit low = { (rlim_t)lowest + left, before.rlim_max };

            assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
            is_read = run_folder_read(path, BOOT, true, &snapshot, &problem);
            assert_int_equal(run_folder_is_locked(path), left == 0);
            assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
            assert_true(is_read || g_error_matches(problem, PROBLEM, PROBLEM_BUSY));
        }
        assert_true(is_read);
    }
    assert_true(failed > 0);
    /* What was begun and could not be removed then goes at the next start. */
    g_ptr_array_unref(run_folder_list(runs, NULL));
    assert_int_equal(count_entries(runs), 1);
}

/* "For want of descriptors" says that nothing has changed: the folder that makes a change durable
 * is opened before it. */
static void test_busy_changes_nothing(void **state)
{
    g_autofree char *path = create();
    g_autofree char *tombstone = run_folder_path(runs, RUN, 2);
    g_autofree char *counters = g_build_filename(runs, "counters", NULL);
    unsigned files = count_entries(path);
    RunClaim rejected;
    RunClaim claim;
    bool is_mine;
    bool existed;

    (void)state;

    run_claim_init(&rejected, CLAIM_REJECTED, BOOT, 5, "skill", "no");
    for (unsigned i = 0; i < 5; i++) {
        g_autoptr(GError) error = NULL;
        bool is_done = false;

        is_short_of_descriptors = true;
        if (i == 0)
            is_done = run_folder_claim(path, &rejected, &is_mine, &claim, &error);
        else if (i == 1)
            is_done = run_folder_cancel(path, &error);
        else if (i == 2)
            is_done = run_folder_remove(path, &error);
        else if (i == 3)
            is_done = run_folder_create_tombstone(runs, RUN, 2, &rejected, "", 0, &existed, &error);
        else
            is_done = file_write_atomic(counters, "1", 1, 0600, &error);
        is_short_of_descriptors = false;
        assert_false(is_done);
        assert_true(g_error_matches(error, PROBLEM, PROBLEM_BUSY));
        print_message("  %s\n", error->message);
        assert_true(g_file_test(path, G_FILE_TEST_IS_DIR));
        assert_int_equal(count_entries(path), files);
        assert_int_equal(count_entries(runs), 1);
    }
}

static void test_tombstone(void **state)
{
    g_autofree char *path = run_folder_path(runs, RUN, 3);
    g_autoptr(GError) error = NULL;
    RunSnapshot snapshot;
    RunClaim claim;
    bool existed = true;

    (void)state;

    run_claim_init(&claim, CLAIM_STARTED, BOOT, 5, NULL, NULL);
    assert_false(run_folder_create_tombstone(runs, RUN, 3, &claim, "", 0, &existed, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_INTERNAL));

    run_claim_init(&claim, CLAIM_CANCELLED, BOOT, 5, NULL, "by alice");
    assert_true(run_folder_create_tombstone(runs, RUN, 3, &claim, "m", 1, &existed, NULL));
    assert_false(existed);
    assert_true(run_folder_read(path, BOOT, true, &snapshot, NULL));
    assert_false(snapshot.facts.has_task);
    assert_string_equal(snapshot.claim.reason, "by alice");
    assert_int_equal(recovery_decide(&snapshot.facts), RECOVERY_REPORT_CLAIM);

    run_claim_init(&claim, CLAIM_EXPIRED, BOOT, 5, NULL, NULL);
    assert_true(run_folder_create_tombstone(runs, RUN, 3, &claim, "m", 1, &existed, NULL));
    assert_true(existed);
    assert_true(run_folder_read(path, BOOT, true, &snapshot, NULL));
    assert_int_equal(snapshot.claim.kind, CLAIM_CANCELLED);
}

static void test_claim(void **state)
{
    static const struct {
        const char *what;
        const char *there; /* NULL: no claim yet */
        bool is_mine;
        ClaimKind kind;
    } rows[] = {
        { "nobody's", NULL, true, CLAIM_EXPIRED },
        { "the shim's",
          "format: 1\nclaim: started\nboot: " BOOT
          "\nat: 5\nshim: 8\nleader: 9\nrule: \nreason: \n",
          false, CLAIM_STARTED },
        { "a damaged one", "format: 1\nclaim: sta", false, CLAIM_UNREADABLE },
        { "an empty one", "", false, CLAIM_UNREADABLE },
    };
    g_autofree char *path = create();
    g_autofree char *file = g_build_filename(path, RUN_FILE_CLAIM, NULL);

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *before = NULL;
        g_autofree char *after = NULL;
        RunClaim claim;
        RunClaim found;
        bool is_mine = !rows[i].is_mine;

        print_message("  %s\n", rows[i].what);
        unlink(file);
        if (rows[i].there)
            put(path, RUN_FILE_CLAIM, rows[i].there);
        run_claim_init(&claim, CLAIM_EXPIRED, BOOT, 7, NULL, NULL);
        assert_true(run_folder_claim(path, &claim, &is_mine, &found, NULL));
        assert_int_equal(is_mine, rows[i].is_mine);
        assert_int_equal(found.kind, rows[i].kind);

        /* Again, by somebody who comes later: the first one stays. */
        assert_true(g_file_get_contents(file, &before, NULL, NULL));
        run_claim_init(&claim, CLAIM_REJECTED, BOOT, 8, "paused", NULL);
        assert_true(run_folder_claim(path, &claim, &is_mine, &found, NULL));
        assert_false(is_mine);
        assert_int_equal(found.kind, rows[i].kind);
        assert_true(g_file_get_contents(file, &after, NULL, NULL));
        assert_string_equal(before, after);
    }
}

#define STARTED                                                                                    \
    "format: 1\nclaim: started\nboot: " BOOT "\nat: 5\nshim: 8\nleader: 9\nrule: \nreason: \n"
#define STARTED_THEN                                                                               \
    "format: 1\nclaim: started\nboot: " OTHER "\nat: 5\nshim: 8\nleader: 9\nrule: \nreason: \n"
#define EXITED                                                                                     \
    "format: 1\nend: exited\nexit_code: 0\nsignal: 0\nstarted: 1\nfinished: 2\nduration_ms: 1\n"   \
    "user_ms: 0\nsys_ms: 0\nmax_rss_kib: 1\noutput_bytes: 7\nkept_bytes: 7\nsurvivors: 0\n"        \
    "reason: \n"

/* What its shim says is on disk is not synced again. */
static void test_durable_decisions(void **state)
{
    static const struct {
        const char *name;
        const char *content;
        mode_t mode;
        unsigned syncs;
    } rows[] = {
        { RUN_FILE_CLAIM, STARTED, 0600, 2 },
        { RUN_FILE_CLAIM, STARTED, 0400, 0 },
        { RUN_FILE_EXIT, EXITED, 0600, 2 },
        { RUN_FILE_EXIT, EXITED, 0400, 0 },
    };
    g_autofree char *path = create();

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *file = g_build_filename(path, rows[i].name, NULL);
        RunSnapshot snapshot;

        put(path, rows[i].name, rows[i].content);
        assert_int_equal(chmod(file, rows[i].mode), 0);
        sync_count = 0;
        assert_true(run_folder_read(path, BOOT, true, &snapshot, NULL));
        assert_int_equal(sync_count, rows[i].syncs);
    }
}

static void test_marks(void **state)
{
    g_autofree char *path = create();
    g_autofree char *lost = run_folder_path(runs, RUN, 9);
    RunSnapshot snapshot;

    (void)state;

    assert_true(run_folder_read(path, BOOT, true, &snapshot, NULL));
    assert_false(snapshot.has_cancel || snapshot.is_done);
    for (int i = 0; i < 2; i++) {
        assert_true(run_folder_cancel(path, NULL));
        assert_true(run_folder_mark_done(path, NULL));
    }
    assert_true(run_folder_read(path, BOOT, true, &snapshot, NULL));
    assert_true(snapshot.has_cancel && snapshot.is_done);
    assert_false(run_folder_cancel(lost, NULL));
}

static void test_snapshot(void **state)
{
    static const struct {
        const char *what;
        const char *task; /* NULL: as it was created; "": none */
        const char *claim;
        const char *exit;
        FolderFacts facts; /* task, newer, locked, same boot, claim, exit */
    } rows[] = {
        { "fresh", NULL, NULL, NULL, { 1, 0, 0, 0, CLAIM_NONE, EXIT_NONE } },
        { "started", NULL, STARTED, NULL, { 1, 0, 0, 1, CLAIM_STARTED, EXIT_NONE } },
        { "before a reboot", NULL, STARTED_THEN, NULL, { 1, 0, 0, 0, CLAIM_STARTED, EXIT_NONE } },
        { "ended", NULL, STARTED, EXITED, { 1, 0, 0, 1, CLAIM_STARTED, EXIT_READABLE } },
        { "damaged end", NULL, STARTED, "x", { 1, 0, 0, 1, CLAIM_STARTED, EXIT_UNREADABLE } },
        { "empty end", NULL, STARTED, "", { 1, 0, 0, 1, CLAIM_STARTED, EXIT_UNREADABLE } },
        { "damaged claim", NULL, "x", NULL, { 1, 0, 0, 0, CLAIM_UNREADABLE, EXIT_NONE } },
        { "damaged task", "format: 1\n", NULL, NULL, { 0, 0, 0, 0, CLAIM_NONE, EXIT_NONE } },
        { "newer task", "format: 2\n", NULL, NULL, { 0, 1, 0, 0, CLAIM_NONE, EXIT_NONE } },
        { "newer claim", NULL, "format: 2\n", NULL, { 1, 1, 0, 0, CLAIM_UNREADABLE, EXIT_NONE } },
        { "newer end",
          NULL,
          STARTED,
          "format: 2\n",
          { 1, 1, 0, 1, CLAIM_STARTED, EXIT_UNREADABLE } },
        { "nothing", "", NULL, NULL, { 0, 0, 0, 0, CLAIM_NONE, EXIT_NONE } },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = create();
        g_autofree char *task = g_build_filename(path, RUN_FILE_TASK, NULL);
        RunSnapshot snapshot;

        print_message("  %s\n", rows[i].what);
        if (rows[i].task && *rows[i].task)
            put(path, RUN_FILE_TASK, rows[i].task);
        else if (rows[i].task)
            unlink(task);
        if (rows[i].claim)
            put(path, RUN_FILE_CLAIM, rows[i].claim);
        if (rows[i].exit)
            put(path, RUN_FILE_EXIT, rows[i].exit);

        assert_true(run_folder_read(path, BOOT, true, &snapshot, NULL));
        assert_string_equal(snapshot.run, RUN);
        assert_int_equal(snapshot.attempt, 1);
        assert_int_equal(snapshot.facts.has_task, rows[i].facts.has_task);
        assert_int_equal(snapshot.facts.is_newer, rows[i].facts.is_newer);
        assert_int_equal(snapshot.facts.is_locked, rows[i].facts.is_locked);
        assert_int_equal(snapshot.facts.is_same_boot, rows[i].facts.is_same_boot);
        assert_int_equal(snapshot.facts.claim, rows[i].facts.claim);
        assert_int_equal(snapshot.facts.exit, rows[i].facts.exit);
        if (snapshot.facts.exit == EXIT_READABLE)
            assert_int_equal(snapshot.end.output_bytes, 7);
        assert_true(run_folder_remove(path, NULL));
    }
}

static void test_snapshot_refuses(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *lost = run_folder_path(runs, RUN, 9);
    RunSnapshot snapshot = { .attempt = 77 };

    (void)state;

    assert_false(run_folder_read(lost, BOOT, true, &snapshot, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_IO));
    g_clear_error(&error);
    assert_false(run_folder_read(runs, BOOT, true, &snapshot, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_SYNTAX));
    assert_int_equal(snapshot.attempt, 77);
}

static void test_lock(void **state)
{
    g_autofree char *path = create();
    g_autofree char *file = g_build_filename(path, RUN_FILE_LOCK, NULL);
    g_autofree char *task = g_build_filename(path, RUN_FILE_TASK, NULL);
    RunSnapshot snapshot;
    struct stat order;
    struct stat lock;
    int fd;

    (void)state;

    assert_false(run_folder_is_locked(path));
    assert_int_equal(stat(file, &lock), 0);
    assert_int_equal(stat(task, &order), 0);
    assert_int_equal(lock.st_ino, order.st_ino);

    fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_false(run_folder_is_locked(path));
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    assert_true(run_folder_is_locked(path));
    assert_true(run_folder_read(path, BOOT, true, &snapshot, NULL));
    assert_true(snapshot.facts.is_locked);

    /* Looking leaves the lock free for a shim. */
    assert_int_equal(flock(fd, LOCK_UN), 0);
    assert_true(run_folder_read(path, BOOT, true, &snapshot, NULL));
    assert_false(snapshot.facts.is_locked);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    close(fd);
}

static void test_list(void **state)
{
    g_autofree char *first = create();
    g_autofree char *stranger = g_build_filename(runs, "counters.json", NULL);
    g_autofree char *leftover = g_build_filename(runs, ".new-abcdef", NULL);
    g_autofree char *going = g_build_filename(runs, ".old-" RUN ".9", NULL);
    g_autofree char *nowhere = g_build_filename(runs, "nowhere", NULL);
    g_autoptr(GPtrArray) names = NULL;
    RunClaim claim;
    bool existed;

    (void)state;

    run_claim_init(&claim, CLAIM_CANCELLED, BOOT, 5, NULL, NULL);
    assert_true(run_folder_create_tombstone(runs, "01AAAAAAAAAAAAAAAAAAAAAAAA", 10, &claim, "", 0,
                                            &existed, NULL));
    put(runs, "counters.json", "{}");
    assert_true(file_make_folder(leftover, 0700, NULL));
    put(leftover, "task", "half");
    assert_true(file_make_folder(going, 0700, NULL));

    names = run_folder_list(runs, NULL);
    assert_non_null(names);
    assert_int_equal(names->len, 2);
    assert_string_equal(names->pdata[0], "01AAAAAAAAAAAAAAAAAAAAAAAA.10");
    assert_string_equal(names->pdata[1], RUN ".1");
    assert_false(g_file_test(leftover, G_FILE_TEST_EXISTS));
    assert_false(g_file_test(going, G_FILE_TEST_EXISTS));
    assert_true(g_file_test(stranger, G_FILE_TEST_EXISTS));
    assert_null(run_folder_list(nowhere, NULL));
}

static void test_remove(void **state)
{
    g_autofree char *path = create();
    g_autofree char *going = g_build_filename(runs, ".old-" RUN ".1", NULL);

    (void)state;

    assert_true(file_make_folder(going, 0700, NULL));
    put(going, "head", "of a remove that was cut off");
    assert_true(run_folder_remove(path, NULL));
    assert_int_equal(count_entries(runs), 0);
    assert_true(run_folder_remove(path, NULL));
}

static void test_boot_id(void **state)
{
    char boot_id[RUN_BOOT_ID_CHARS + 1];

    (void)state;

    assert_true(run_folder_boot_id(boot_id, NULL));
    assert_true(boot_id_is_valid(boot_id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_create, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_create_refuses, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_create_is_durable, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_without_descriptors, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_busy_changes_nothing, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_tombstone, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_claim, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_marks, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_durable_decisions, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_snapshot, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_snapshot_refuses, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_lock, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_list, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_remove, make_runs, remove_runs),
        cmocka_unit_test(test_boot_id),
    };

    return cmocka_run_group_tests_name("run_folder", tests, NULL, NULL);
}
