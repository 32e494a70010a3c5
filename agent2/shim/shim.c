#include "agent2/shim/shim.h"

#include <errno.h>
#include <stdbool.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "agent2/folder/claim.h"
#include "agent2/folder/decide.h"
#include "agent2/folder/exit.h"
#include "agent2/folder/task.h"
#include "agent2/shim/abort_point.h"
#include "agent2/shim/cgroup.h"
#include "agent2/shim/command.h"
#include "agent2/shim/files.h"
#include "agent2/shim/recorder.h"
#include "agent2/shim/supervise.h"

#include "common/base/banned.h"

typedef struct Shim {
    const char *path;
    const char *name; /* the folder's, the last part of the path */
    int folder;
    int lock;
    int exit_fd; /* reserved */
    char *text;  /* what the task borrows from */
    RunTask task;
    char boot_id[RUN_BOOT_ID_CHARS + 1];
    Alarms alarms;
    Cgroup cgroup;
    Command command;
} Shim;

static int trouble(const Shim *shim, const char *what)
{
    files_log(shim->folder, what, errno);
    return EXIT_FAILURE;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool read_boot_id(char out[RUN_BOOT_ID_CHARS + 1])
{
    char text[64];

    if (files_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", text, sizeof(text)) < 0)
        return false;
    text[strcspn(text, "\n")] = '\0';
    if (!boot_id_is_valid(text))
        return false;

    memcpy(out, text, RUN_BOOT_ID_CHARS + 1);
    return true;
}

/* The task must be this folder's: a copy under another name would be a second start. */
static bool read_task(Shim *shim)
{
    const char *problem = "not there";
    ssize_t length;

    shim->text = malloc(RUN_TASK_MAX_BYTES + 1);
    length = shim->text
                 ? files_read(shim->folder, RUN_FILE_TASK, shim->text, RUN_TASK_MAX_BYTES + 1)
                 : -1;
    if (length >= 0 &&
        run_task_parse(shim->text, (size_t)length, &shim->task, &problem) == LINES_OK) {
        char expected[RUN_NAME_SIZE];

        run_name_print(expected, shim->task.run, shim->task.attempt);
        if (strcmp(expected, shim->name) == 0)
            return true;
        problem = "of another folder";
    }

    files_log(shim->folder, "task", 0);
    files_log(shim->folder, problem, 0);
    return false;
}

static ShimVerdict decide(const Shim *shim)
{
    const ShimFacts facts = {
        .has_claim = files_exists(shim->folder, RUN_FILE_CLAIM),
        .has_exit = files_exists(shim->folder, RUN_FILE_EXIT),
        .has_cancel = files_exists(shim->folder, RUN_FILE_CANCEL),
        .now_ms = now_ms(),
        .expires_ms = shim->task.expires_ms,
        .window_end_ms = shim->task.window_end_ms,
    };

    return shim_decide(&facts);
}

/* Makes the claim that goes with the verdict. False: somebody was first, or it could not be made
 * durable; *out_is_there tells whether it stands there all the same. */
static bool make_claim(const Shim *shim, ShimVerdict verdict, bool *out_is_there)
{
    char text[RUN_CLAIM_MAX_BYTES];
    RunClaim claim;
    size_t length;

    run_claim_init(&claim, shim_verdict_claim(verdict), shim->boot_id, now_ms(), NULL, NULL);
    if (claim.kind == CLAIM_STARTED) {
        claim.shim = getpid();
        claim.leader = shim->command.pid;
    }

    *out_is_there = false;
    if (!run_claim_print(&claim, text, sizeof(text), &length)) {
        errno = EINVAL;
        return false;
    }
    return files_create_once(shim->folder, RUN_FILE_CLAIM, text, length, out_is_there);
}

static int write_exit(Shim *shim, RunExit *end)
{
    char text[RUN_EXIT_MAX_BYTES];
    size_t length;

    errno = EINVAL;
    if (!run_exit_print(end, text, sizeof(text), &length) ||
        !files_finish(shim->folder, shim->exit_fd, RUN_FILE_EXIT, text, length))
        return trouble(shim, RUN_FILE_EXIT);

    abort_point(shim->folder, "written");
    return EXIT_SUCCESS;
}

/* The claim says started, but is not known to be durable: nothing runs, and that is its end. */
static int end_unstarted(Shim *shim)
{
    RunExit end = { .kind = END_START_FAILED, .exit_code = -1 };

    end.started_ms = end.finished_ms = now_ms();
    snprintf(end.reason, sizeof(end.reason), "claim: %s", strerror(errno));
    return write_exit(shim, &end);
}

/* The command was claimed: runs it to its end. */
static int run_command(Shim *shim)
{
    RunExit end = { .started_ms = now_ms() };
    Recorder recorder;
    const Supervision supervision = {
        .folder = shim->folder,
        .task = &shim->task,
        .alarms = &shim->alarms,
        .cgroup = &shim->cgroup,
        .command = &shim->command,
        .recorder = &recorder,
    };

    command_release(&shim->command);
    abort_point(shim->folder, "released");
    recorder_init(&recorder, shim->folder, output_plan(shim->task.max_output));
    supervise(&supervision, &end);
    recorder_clear(&recorder);
    end.finished_ms = now_ms();
    abort_point(shim->folder, "ended");

    return write_exit(shim, &end);
}

/* Makes everything ready that could fail, and at last looks, claims and runs. */
static int start(Shim *shim)
{
    ShimVerdict verdict;
    bool is_there;

    shim->exit_fd = files_reserve(shim->folder, RUN_FILE_EXIT, RUN_EXIT_MAX_BYTES);
    if (shim->exit_fd < 0)
        return trouble(shim, "no room for the exit");
    abort_point(shim->folder, "reserved");

    cgroup_init(&shim->cgroup);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || !alarms_init(&shim->alarms, shim->path) ||
        !command_init(&shim->command, &shim->task, shim->name, &shim->cgroup))
        return trouble(shim, "cannot make ready");
    abort_point(shim->folder, "held");

    /* Looked at again: `cancel` may have come, or the last second passed. */
    verdict = decide(shim);
    if (!make_claim(shim, verdict, &is_there)) {
        if (is_there)
            return end_unstarted(shim);
        return verdict == SHIM_OBEY || errno == EEXIST ? EXIT_SUCCESS
                                                       : trouble(shim, RUN_FILE_CLAIM);
    }
    if (verdict != SHIM_START)
        return EXIT_SUCCESS;

    abort_point(shim->folder, "claimed");
    return run_command(shim);
}

static int run_locked(Shim *shim)
{
    ShimVerdict verdict;
    bool is_there;

    if (!read_boot_id(shim->boot_id))
        return trouble(shim, "boot id");
    if (!read_task(shim))
        return EXIT_FAILURE;
    abort_point(shim->folder, "locked");

    verdict = decide(shim);
    if (verdict == SHIM_OBEY)
        return EXIT_SUCCESS;
    if (verdict == SHIM_START)
        return start(shim);
    if (!make_claim(shim, verdict, &is_there) && errno != EEXIST)
        return trouble(shim, RUN_FILE_CLAIM);
    return EXIT_SUCCESS;
}

/* The last part of the path; NULL when that is no name. */
static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    return *name ? name : NULL;
}

int shim_run(const char *path)
{
    Shim shim = {
        .path = path,
        .name = name_of(path),
        .exit_fd = -1,
        .alarms = { -1, -1, -1 },
        .cgroup = { -1, -1, -1 },
        .command = { -1, -1, -1, -1 },
    };
    int status;

    shim.folder = shim.name ? files_open_locked(path, &shim.lock) : -1;
    if (shim.folder < 0)
        return errno == EWOULDBLOCK ? EXIT_SUCCESS : EXIT_FAILURE;

    status = run_locked(&shim);

    command_clear(&shim.command);
    cgroup_clear(&shim.cgroup);
    if (shim.exit_fd >= 0)
        files_release(shim.folder, shim.exit_fd, RUN_FILE_EXIT);
    free(shim.text);
    /* Before the close, which wakes agent2: it shall find the lock free. */
    flock(shim.lock, LOCK_UN);
    close(shim.lock);
    /* Closing an inotify descriptor waits for the kernel, up to a millisecond: nobody else need. */
    alarms_clear(&shim.alarms);
    close(shim.folder);
    return status;
}
