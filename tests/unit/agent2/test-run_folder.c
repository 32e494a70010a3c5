/* Run folders as agent2 handles them: made whole, read as facts, claimed once, read while written.
 */
#include "agent2/edge/run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/problem.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

#define RUN   "01JD6Q8W3MZX5T4R7V9B2C0DFG"
#define BOOT  "3b2a1c4d-0000-4e5f-8a9b-0123456789ab"
#define OTHER "ffffffff-0000-4e5f-8a9b-0123456789ab"

static char command[] = "/bin/true";

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

/* Every test has a folder for runs of its own. */
static char *runs;

static int make_runs(void **state)
{
    (void)state;
    runs = g_dir_make_tmp("test-run_folder-XXXXXX", NULL);
    return runs ? 0 : -1;
}

static int remove_runs(void **state)
{
    bool is_gone = file_remove_tree(runs, NULL);

    (void)state;
    g_clear_pointer(&runs, g_free);
    return is_gone ? 0 : -1;
}

static RunTask make_task(void)
{
    return (RunTask){
        .run = RUN,
        .attempt = 1,
        .boot_id = BOOT,
        .expires_ms = 1732150000000,
        .window_end_ms = RUN_NO_WINDOW,
        .max_output = RUN_OUTPUT_MIN,
        .uid = RUN_AS_NOBODY_ELSE,
        .gid = RUN_AS_NOBODY_ELSE,
        .cwd = "/",
        .arg_count = 1,
        .args = { command },
    };
}

static char *create(void)
{
    RunTask task = make_task();
    bool existed = true;

    assert_true(run_folder_create(runs, &task, "meta\n", 5, &existed, NULL));
    assert_false(existed);
    return run_folder_path(runs, RUN, 1);
}

static void put(const char *path, const char *name, const char *content)
{
    g_autofree char *file = g_build_filename(path, name, NULL);

    assert_true(g_file_set_contents(file, content, -1, NULL));
}

static unsigned count_entries(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    unsigned count = 0;

    assert_non_null(dir);
    while (g_dir_read_name(dir))
        count++;
    return count;
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
    assert_true(run_folder_create(runs, &task, "other", 5, &existed, NULL));
    assert_true(existed);
    g_free(meta);
    meta = run_folder_read_meta(path, &length, NULL);
    assert_string_equal(meta, "meta\n");
    assert_int_equal(count_entries(runs), 1);
}

static void test_create_refuses(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *huge = g_malloc0(RUN_META_MAX_BYTES + 1);
    g_autofree char *nowhere = g_build_filename(runs, "nowhere", NULL);
    RunTask task = make_task();
    bool existed;

    (void)state;

    assert_false(run_folder_create(runs, &task, huge, RUN_META_MAX_BYTES + 1, &existed, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_LIMIT));
    g_clear_error(&error);

    assert_false(run_folder_create(nowhere, &task, "", 0, &existed, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_IO));
    g_clear_error(&error);

    task.cwd = "relative";
    assert_false(run_folder_create(runs, &task, "", 0, &existed, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_LIMIT));
    assert_int_equal(count_entries(runs), 0);
}

/* Order, meta, the folder and its parent: without any of them the ack would be a lie. */
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
    assert_int_equal(needed, 4);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (unsigned n = 0; n < needed; n++) {
            g_autoptr(GError) error = NULL;
            bool is_created;

            print_message("  %s at sync %u\n", rows[i].what, n + 1);
            task.attempt++;
            sync_count = 0;
            sync_fails_from = n;
            sync_error = rows[i].error;
            is_created = run_folder_create(runs, &task, "m", 1, &existed, &error);
            sync_fails_from = UINT_MAX;
            assert_false(is_created);
            assert_true(g_error_matches(error, PROBLEM, (int)rows[i].code));
        }
    }

    /* Those that failed before the last sync left nothing behind. */
    assert_int_equal(count_entries(runs), 1 + 2);
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
    assert_true(run_folder_read(path, BOOT, &snapshot, NULL));
    assert_false(snapshot.facts.has_task);
    assert_string_equal(snapshot.claim.reason, "by alice");
    assert_int_equal(recovery_decide(&snapshot.facts), RECOVERY_REPORT_CLAIM);

    run_claim_init(&claim, CLAIM_EXPIRED, BOOT, 5, NULL, NULL);
    assert_true(run_folder_create_tombstone(runs, RUN, 3, &claim, "m", 1, &existed, NULL));
    assert_true(existed);
    assert_true(run_folder_read(path, BOOT, &snapshot, NULL));
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

static void test_marks(void **state)
{
    g_autofree char *path = create();
    g_autofree char *lost = run_folder_path(runs, RUN, 9);
    RunSnapshot snapshot;

    (void)state;

    assert_true(run_folder_read(path, BOOT, &snapshot, NULL));
    assert_false(snapshot.has_cancel || snapshot.is_done);
    for (int i = 0; i < 2; i++) {
        assert_true(run_folder_cancel(path, NULL));
        assert_true(run_folder_mark_done(path, NULL));
    }
    assert_true(run_folder_read(path, BOOT, &snapshot, NULL));
    assert_true(snapshot.has_cancel && snapshot.is_done);
    assert_false(run_folder_cancel(lost, NULL));
}

#define STARTED                                                                                    \
    "format: 1\nclaim: started\nboot: " BOOT "\nat: 5\nshim: 8\nleader: 9\nrule: \nreason: \n"
#define STARTED_THEN                                                                               \
    "format: 1\nclaim: started\nboot: " OTHER "\nat: 5\nshim: 8\nleader: 9\nrule: \nreason: \n"
#define EXITED                                                                                     \
    "format: 1\nend: exited\nexit_code: 0\nsignal: 0\nstarted: 1\nfinished: 2\nduration_ms: 1\n"   \
    "user_ms: 0\nsys_ms: 0\nmax_rss_kib: 1\noutput_bytes: 7\nkept_bytes: 7\nsurvivors: 0\n"        \
    "reason: \n"

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

        assert_true(run_folder_read(path, BOOT, &snapshot, NULL));
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

    assert_false(run_folder_read(lost, BOOT, &snapshot, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_IO));
    g_clear_error(&error);
    assert_false(run_folder_read(runs, BOOT, &snapshot, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_SYNTAX));
    assert_int_equal(snapshot.attempt, 77);
}

static void test_lock(void **state)
{
    g_autofree char *path = create();
    g_autofree char *file = g_build_filename(path, RUN_FILE_LOCK, NULL);
    RunSnapshot snapshot;
    int fd;

    (void)state;

    assert_false(run_folder_is_locked(path));
    assert_false(g_file_test(file, G_FILE_TEST_EXISTS));

    fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_false(run_folder_is_locked(path));
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    assert_true(run_folder_is_locked(path));
    assert_true(run_folder_read(path, BOOT, &snapshot, NULL));
    assert_true(snapshot.facts.is_locked);

    /* Looking leaves the lock free for a shim. */
    assert_int_equal(flock(fd, LOCK_UN), 0);
    assert_true(run_folder_read(path, BOOT, &snapshot, NULL));
    assert_false(snapshot.facts.is_locked);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    close(fd);
}

static void test_output(void **state)
{
    static const struct {
        const char *what;
        int64_t offset;
        size_t max_bytes;
        int64_t found;
        const char *bytes;
    } rows[] = {
        { "from the beginning", 0, 100, 0, "0123456789" },
        { "a little", 2, 3, 2, "234" },
        { "nothing asked", 0, 0, 0, "" },
        { "in the gap", 12, 100, 20, "abcdefghijKLM" },
        { "across two parts", 28, 4, 28, "ijKL" },
        { "the rest", 31, 100, 31, "LM" },
        { "at the end", 33, 100, 33, "" },
        { "beyond it", 1000, 100, 1000, "" },
    };
    g_autofree char *path = create();

    (void)state;

    assert_int_equal(run_folder_output_end(path), 0);
    put(path, "head", "0123456789");
    assert_int_equal(run_folder_output_end(path), 10);
    put(path, "tail.30", "KLM");
    put(path, "tail.20", "abcdefghij");
    put(path, "tail.x", "not a part");
    assert_int_equal(run_folder_output_end(path), 33);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *bytes = NULL;
        int64_t found = -1;
        size_t length = 999;

        print_message("  %s\n", rows[i].what);
        bytes =
            run_folder_read_output(path, rows[i].offset, rows[i].max_bytes, &found, &length, NULL);
        assert_non_null(bytes);
        assert_int_equal(found, rows[i].found);
        assert_int_equal(length, strlen(rows[i].bytes));
        assert_string_equal(bytes, rows[i].bytes);
    }
}

static void test_tail(void **state)
{
    static const struct {
        const char *what;
        size_t max_bytes;
        int64_t found;
        const char *bytes;
    } rows[] = {
        { "within the last part", 2, 31, "LM" },
        { "over two parts", 5, 28, "ijKLM" },
        { "not over the gap", 100, 20, "abcdefghijKLM" },
    };
    g_autofree char *path = create();
    g_autofree char *none = NULL;
    int64_t found;
    size_t length;

    (void)state;

    none = run_folder_read_tail(path, 10, &found, &length, NULL);
    assert_non_null(none);
    assert_int_equal(length, 0);

    put(path, "head", "0123456789");
    put(path, "tail.20", "abcdefghij");
    put(path, "tail.30", "KLM");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *bytes = NULL;

        print_message("  %s\n", rows[i].what);
        bytes = run_folder_read_tail(path, rows[i].max_bytes, &found, &length, NULL);
        assert_non_null(bytes);
        assert_int_equal(found, rows[i].found);
        assert_string_equal(bytes, rows[i].bytes);
        assert_int_equal(length, strlen(bytes));
    }
}

/* A process that rotates as fast as it can, as a shim would, 64 bytes a part. Byte n of the output
 * is 'a' + n % 26. */
static void rotate_until_killed(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char names[2][RUN_TAIL_SIZE] = { "", "" };

    for (int64_t start = 0;; start += 64) {
        char bytes[64];
        char *name = names[start / 64 % 2];
        int fd;

        for (int i = 0; i < 64; i++)
            bytes[i] = (char)('a' + (start + i) % 26);
        unlinkat(folder, name, 0);
        tail_name_print(name, start);
        fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, bytes, 30) != 30 || write(fd, bytes + 30, 34) != 34)
            _exit(1);
        close(fd);
    }
}

static void test_output_while_it_rotates(void **state)
{
    g_autofree char *path = create();
    int64_t last = 0;
    unsigned read = 0;
    pid_t pid = fork();

    (void)state;

    assert_true(pid >= 0);
    if (pid == 0)
        rotate_until_killed(path);
    while (run_folder_output_end(path) == 0)
        ;
    for (int i = 0; i < 3000; i++) {
        g_autofree char *bytes = NULL;
        int64_t offset;
        size_t length;

        /* Such a speed it may well give up on, but what it returns is right. */
        bytes = run_folder_read_tail(path, 100, &offset, &length, NULL);
        if (!bytes)
            continue;
        read++;
        assert_true(offset + (int64_t)length >= last);
        last = offset + (int64_t)length;
        for (size_t at = 0; at < length; at++)
            assert_int_equal(bytes[at], 'a' + (offset + (int64_t)at) % 26);
    }
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_true(read > 100);
    assert_true(last > 0);
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

/* A child that lives until its pipe is closed; with the cookie, or as the leader of a session. */
static pid_t start_survivor(const char *cookie, int *out_pipe)
{
    int pipes[2];
    char byte;
    pid_t pid;

    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char *const argv[] = { (char[]){ "cat" }, NULL };
        char *environment[] = { (char[]){ "A=b" }, g_strdup(cookie), NULL };

        setsid();
        close(pipes[1]);
        dup2(pipes[0], 0);
        if (cookie)
            execve("/bin/cat", argv, environment);
        else
            _exit(read(0, &byte, 1) == 0 ? 0 : 1);
        _exit(2);
    }

    close(pipes[0]);
    *out_pipe = pipes[1];
    return pid;
}

static void test_survivors(void **state)
{
    static const struct {
        const char *what;
        const char *cookie;
        bool is_leader;
        bool is_found;
    } rows[] = {
        { "the cookie", RUN_COOKIE "=" RUN ".1", false, true },
        { "another one's cookie", RUN_COOKIE "=" RUN ".11", false, false },
        { "the session", NULL, true, true },
        { "another session", NULL, false, false },
    };
    g_autofree char *path = create();

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RunClaim claim = { .kind = CLAIM_STARTED, .leader = 0 };
        int pipe;
        pid_t pid = start_survivor(rows[i].cookie, &pipe);

        print_message("  %s\n", rows[i].what);
        /* Until it has run cat, or setsid(), it is a copy of this test. */
        while (getpgid(pid) != pid)
            ;
        if (rows[i].cookie) {
            g_autofree char *link = g_strdup_printf("/proc/%d/exe", (int)pid);
            g_autofree char *exe = NULL;

            do {
                g_free(exe);
                exe = g_file_read_link(link, NULL);
            } while (!exe || strstr(exe, "test-run_folder"));
        }
        if (rows[i].is_leader)
            claim.leader = pid;
        assert_int_equal(run_folder_has_survivors(path, &claim), rows[i].is_found);

        close(pipe);
        /* A zombie is no survivor. */
        assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
        assert_false(run_folder_has_survivors(path, &claim));
        assert_int_equal(waitpid(pid, NULL, 0), pid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_create, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_create_refuses, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_create_is_durable, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_tombstone, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_claim, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_marks, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_snapshot, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_snapshot_refuses, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_lock, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_output, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_tail, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_output_while_it_rotates, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_list, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_remove, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_survivors, make_runs, remove_runs),
        cmocka_unit_test(test_boot_id),
    };

    alarm(60); /* the end of any wait for another process */
    return cmocka_run_group_tests_name("run_folder", tests, NULL, NULL);
}
