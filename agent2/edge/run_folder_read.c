/* Reading run folders: what recovery decides on, the order, and what agent2 kept beside it. */
#include "agent2/edge/run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/problem.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

#define ENVIRONMENT_MAX_BYTES (4 * 1024 * 1024)

/* ---- the lock ---------------------------------------------------------------------------------
 */

typedef enum {
    LOCK_FREE,
    LOCK_HELD,   /* by a shim */
    LOCK_UNSEEN, /* there is no descriptor to look with: errno */
} Lock;

/*
 * Takes the lock for a moment, shared, so that no shim can begin between two looks; *out_fd is -1
 * when it was not taken. flags: O_CREAT or 0. Opened for reading only: a Watch takes the closing of
 * a writer for the end of a shim.
 */
static Lock borrow_lock(const char *path, int flags, int *out_fd)
{
    g_autofree char *file = g_build_filename(path, RUN_FILE_LOCK, NULL);
    int fd = open(file, O_RDONLY | flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool is_held;

    *out_fd = fd;
    if (fd < 0)
        return file_problem(errno) == PROBLEM_BUSY ? LOCK_UNSEEN : LOCK_FREE;
    if (flock(fd, LOCK_SH | LOCK_NB) == 0)
        return LOCK_FREE;

    is_held = errno == EWOULDBLOCK;
    close(fd);
    *out_fd = -1;
    return is_held ? LOCK_HELD : LOCK_FREE;
}

bool run_folder_is_locked(const char *path)
{
    int fd;
    Lock lock = borrow_lock(path, 0, &fd);

    if (fd >= 0)
        close(fd);
    return lock != LOCK_FREE;
}

/* ---- the snapshot -----------------------------------------------------------------------------
 */

typedef enum {
    FOUND_NOTHING,
    FOUND_TEXT,
    FOUND_TOO_MUCH,
    FOUND_ERROR,
} Found;

static Found read_one(const char *path, const char *name, size_t max_bytes, char **out_text,
                      size_t *out_length, GError **error)
{
    g_autofree char *file = g_build_filename(path, name, NULL);
    g_autoptr(GError) problem = NULL;

    *out_text = file_read(file, max_bytes, out_length, &problem);
    if (*out_text)
        return FOUND_TEXT;
    if (g_error_matches(problem, PROBLEM, PROBLEM_MISSING))
        return FOUND_NOTHING;
    if (g_error_matches(problem, PROBLEM, PROBLEM_LIMIT))
        return FOUND_TOO_MUCH;

    g_propagate_error(error, g_steal_pointer(&problem));
    return FOUND_ERROR;
}

static bool read_claim(const char *path, RunSnapshot *snapshot, GError **error)
{
    g_autofree char *text = NULL;
    size_t length = 0;
    Found found = read_one(path, RUN_FILE_CLAIM, RUN_CLAIM_MAX_BYTES, &text, &length, error);

    snapshot->claim = (RunClaim){ .kind = found == FOUND_NOTHING ? CLAIM_NONE : CLAIM_UNREADABLE };
    if (found == FOUND_TEXT && run_claim_parse(text, length, &snapshot->claim) == LINES_NEWER)
        snapshot->facts.is_newer = true;
    snapshot->facts.claim = snapshot->claim.kind;
    return found != FOUND_ERROR;
}

static bool read_exit(const char *path, RunSnapshot *snapshot, GError **error)
{
    g_autofree char *text = NULL;
    size_t length = 0;
    Found found = read_one(path, RUN_FILE_EXIT, RUN_EXIT_MAX_BYTES, &text, &length, error);
    LinesVerdict verdict = LINES_BROKEN;

    if (found == FOUND_TEXT)
        verdict = run_exit_parse(text, length, &snapshot->end);
    snapshot->facts.exit = verdict == LINES_OK ? EXIT_READABLE : EXIT_UNREADABLE;
    if (found == FOUND_NOTHING)
        snapshot->facts.exit = EXIT_NONE;
    if (verdict == LINES_NEWER)
        snapshot->facts.is_newer = true;
    return found != FOUND_ERROR;
}

static bool read_order(const char *path, RunSnapshot *snapshot, GError **error)
{
    g_autofree char *text = NULL;
    g_autofree RunTask *task = g_new(RunTask, 1);
    size_t length = 0;
    Found found = read_one(path, RUN_FILE_TASK, RUN_TASK_MAX_BYTES, &text, &length, error);
    LinesVerdict verdict = LINES_BROKEN;

    if (found == FOUND_TEXT)
        verdict = run_task_parse(text, length, task, NULL);
    snapshot->facts.has_task = verdict == LINES_OK;
    if (verdict == LINES_NEWER)
        snapshot->facts.is_newer = true;
    return found != FOUND_ERROR;
}

static bool has_file(const char *path, const char *name)
{
    g_autofree char *file = g_build_filename(path, name, NULL);

    return g_file_test(file, G_FILE_TEST_EXISTS);
}

/* The shim takes the right to write away once content and name are on disk. */
static bool is_said_durable(const char *path, const char *name)
{
    g_autofree char *file = g_build_filename(path, name, NULL);
    struct stat status;

    return lstat(file, &status) == 0 && S_ISREG(status.st_mode) && !(status.st_mode & S_IWUSR);
}

/* Syncs the file that decides, and its name: who wrote it may have been killed before it did.
 * Nothing follows from there being none. */
static bool sync_decision(const char *path, const RunSnapshot *snapshot, GError **error)
{
    const FolderFacts *facts = &snapshot->facts;
    const char *name = facts->exit != EXIT_NONE ? RUN_FILE_EXIT : RUN_FILE_CLAIM;

    if (facts->exit == EXIT_NONE && facts->claim == CLAIM_NONE)
        return !snapshot->has_cancel || file_sync_folder(path, error);
    if (is_said_durable(path, name))
        return !snapshot->has_cancel || file_sync_folder(path, error);
    return file_sync_content(path, name, error) && file_sync_folder(path, error);
}

bool run_folder_read(const char *path, const char *boot_id, bool is_news, RunSnapshot *out,
                     GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    RunSnapshot snapshot = { .attempt = 0 };
    bool is_read;
    Lock lock;
    int fd;

    if (!run_name_parse(name, snapshot.run, &snapshot.attempt)) {
        g_set_error(error, PROBLEM, PROBLEM_SYNTAX, "%s: not the name of a run folder", path);
        return false;
    }

    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s: no such run folder", path);
        return false;
    }

    /* With the lock in hand no shim can start, claim and end between these looks. */
    lock = borrow_lock(path, O_CREAT, &fd);
    if (lock == LOCK_UNSEEN) {
        g_set_error(error, PROBLEM, PROBLEM_BUSY, "%s: cannot look at its lock: %s", path,
                    g_strerror(errno));
        return false;
    }
    snapshot.facts.is_locked = lock == LOCK_HELD;
    is_read = read_order(path, &snapshot, error) && read_claim(path, &snapshot, error) &&
              read_exit(path, &snapshot, error);
    if (fd >= 0)
        close(fd);

    if (!is_read)
        return false;

    snapshot.facts.is_same_boot = strcmp(snapshot.claim.boot_id, boot_id) == 0;
    snapshot.has_cancel = has_file(path, RUN_FILE_CANCEL);
    snapshot.is_done = has_file(path, RUN_FILE_DONE);
    if (is_news && !snapshot.is_done && !sync_decision(path, &snapshot, error))
        return false;

    snapshot.output_end = run_folder_output_end(path);
    *out = snapshot;
    return true;
}

/* ---- the order and its companion --------------------------------------------------------------
 */

RunTaskFile *run_folder_read_task(const char *path, GError **error)
{
    g_autofree char *file = g_build_filename(path, RUN_FILE_TASK, NULL);
    g_autoptr(RunTaskFile) read = g_new0(RunTaskFile, 1);
    const char *problem;
    size_t length;

    read->text = file_read(file, RUN_TASK_MAX_BYTES, &length, error);
    if (!read->text)
        return NULL;
    if (run_task_parse(read->text, length, &read->task, &problem) != LINES_OK) {
        g_set_error(error, PROBLEM, PROBLEM_SYNTAX, "%s: %s", file, problem);
        return NULL;
    }

    return g_steal_pointer(&read);
}

void run_task_file_free(RunTaskFile *file)
{
    if (!file)
        return;

    g_free(file->text);
    g_free(file);
}

char *run_folder_read_meta(const char *path, size_t *out_length, GError **error)
{
    g_autofree char *file = g_build_filename(path, RUN_FILE_META, NULL);
    g_autoptr(RunTaskFile) order = NULL;
    const char *meta;

    if (g_file_test(file, G_FILE_TEST_EXISTS)) /* a tombstone */
        return file_read(file, RUN_META_MAX_BYTES, out_length, error);

    order = run_folder_read_task(path, error);
    if (!order)
        return NULL;
    meta = order->task.meta ? order->task.meta : "";
    if (out_length)
        *out_length = strlen(meta);
    return g_strdup(meta);
}

/* ---- survivors --------------------------------------------------------------------------------
 */

/* The session of a living process, from /proc/<pid>/stat; 0 for one that has ended. */
static int64_t session_of(const char *process)
{
    g_autofree char *file = g_build_filename("/proc", process, "stat", NULL);
    g_autofree char *text = file_read(file, 4096, NULL, NULL);
    const char *rest = text ? strrchr(text, ')') : NULL;
    int session;
    char state;

    /* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it, so the number fits */
    if (!rest || sscanf(rest, ") %c %*d %*d %d", &state, &session) != 2 || state == 'Z')
        return 0;
    return session;
}

static bool has_cookie(const char *process, const char *cookie)
{
    g_autofree char *file = g_build_filename("/proc", process, "environ", NULL);
    size_t length = 0;
    g_autofree char *text = file_read(file, ENVIRONMENT_MAX_BYTES, &length, NULL);

    for (size_t at = 0; text && at < length; at += strlen(text + at) + 1) {
        if (strcmp(text + at, cookie) == 0)
            return true;
    }

    return false;
}

bool run_folder_has_survivors(const char *path, const RunClaim *claim)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *cookie = g_strconcat(RUN_COOKIE, "=", name, NULL);
    g_autoptr(GDir) dir = g_dir_open("/proc", 0, NULL);
    const char *process;

    if (!dir)
        return true; /* nobody can say that nothing is left */
    while ((process = g_dir_read_name(dir))) {
        if (!g_ascii_isdigit(process[0]))
            continue;
        if ((claim->leader > 0 && session_of(process) == claim->leader) ||
            has_cookie(process, cookie))
            return true;
    }

    return false;
}
