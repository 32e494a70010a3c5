#include "agent2/shim/command.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/banned.h"

/* When memory runs out the kernel shall choose the command and not the shim, whose death would make
 * the outcome unknown. Raising one's own score is always allowed. */
#define OOM_SCORE "200"

#define FAILED_STATUS 127

/* What is done between fork and exec, in this order. */
typedef enum {
    STAGE_SESSION,
    STAGE_STREAMS,
    STAGE_GROUPS,
    STAGE_GROUP,
    STAGE_USER,
    STAGE_FOLDER,
    STAGE_EXEC,
    STAGE_COUNT,
} Stage;

static const char *const stage_names[STAGE_COUNT] = {
    [STAGE_SESSION] = "session", [STAGE_STREAMS] = "standard streams",
    [STAGE_GROUPS] = "groups",   [STAGE_GROUP] = "group",
    [STAGE_USER] = "user",       [STAGE_FOLDER] = "working folder",
    [STAGE_EXEC] = "exec",
};

typedef struct Report {
    Stage stage;
    int error;
} Report;

/* The ends of the three pipes that belong to the child. */
typedef struct ChildEnds {
    int output;
    int gate;
    int report;
} ChildEnds;

static void give_up(const ChildEnds *ends, Stage stage)
{
    const Report report = { .stage = stage, .error = errno };

    if (write(ends->report, &report, sizeof(report)) != sizeof(report))
        _exit(FAILED_STATUS + 1);
    _exit(FAILED_STATUS);
}

/* What the shim ignores, and what its starter ignored, is the command's to decide. */
static void reset_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void raise_oom_score(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    /* Refused where the score is higher already: so much the better. */
    if (write(fd, OOM_SCORE, strlen(OOM_SCORE)) < 0)
        errno = 0;
    close(fd);
}

static void become_user(const RunTask *task, const ChildEnds *ends)
{
    gid_t groups[RUN_GROUPS_MAX];
    gid_t gid = (gid_t)task->gid;
    uid_t uid = (uid_t)task->uid;

    if (task->uid == RUN_AS_NOBODY_ELSE)
        return;
    for (unsigned i = 0; i < task->group_count; i++)
        groups[i] = (gid_t)task->groups[i];
    /* Not needed, and not allowed, for who is that user already. */
    if (geteuid() == 0 && setgroups(task->group_count, groups) != 0)
        give_up(ends, STAGE_GROUPS);
    if (setresgid(gid, gid, gid) != 0)
        give_up(ends, STAGE_GROUP);
    if (setresuid(uid, uid, uid) != 0)
        give_up(ends, STAGE_USER);
}

static void exec_task(const RunTask *task, const char *name)
{
    char cookie[sizeof(RUN_COOKIE) + RUN_NAME_SIZE];
    char *environment[RUN_ENV_MAX + 2];

    snprintf(cookie, sizeof(cookie), RUN_COOKIE "=%s", name);
    memcpy(environment, task->env, task->env_count * sizeof(environment[0]));
    environment[task->env_count] = cookie;
    environment[task->env_count + 1] = NULL;

    /* execvp() searches the PATH of the environment that it hands over. */
    environ = environment;
    execvp(task->args[0], task->args);
    environ = NULL;
}

static _Noreturn void run_child(const RunTask *task, const char *name, const Cgroup *cgroup,
                                const ChildEnds *ends)
{
    char byte;

    if (setsid() < 0)
        give_up(ends, STAGE_SESSION);
    cgroup_enter(cgroup);
    raise_oom_score();
    reset_signals();
    umask(022);
    if (dup2(ends->output, STDOUT_FILENO) < 0 || dup2(ends->output, STDERR_FILENO) < 0)
        give_up(ends, STAGE_STREAMS);
    become_user(task, ends);
    if (chdir(task->cwd) != 0)
        give_up(ends, STAGE_FOLDER);

    if (read(ends->gate, &byte, 1) != 1)
        _exit(FAILED_STATUS);
    exec_task(task, name);
    give_up(ends, STAGE_EXEC);
    _exit(FAILED_STATUS);
}

static void close_all(int *descriptors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (descriptors[i] >= 0)
            close(descriptors[i]);
        descriptors[i] = -1;
    }
}

bool command_init(Command *command, const RunTask *task, const char *name, const Cgroup *cgroup)
{
    enum { OUTPUT, GATE, REPORT };
    int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
    ChildEnds ends;

    *command = (Command){ .pid = -1, .output = -1, .gate = -1, .report = -1 };
    if (pipe2(pipes[OUTPUT], O_CLOEXEC) != 0 || pipe2(pipes[GATE], O_CLOEXEC) != 0 ||
        pipe2(pipes[REPORT], O_CLOEXEC) != 0 || fcntl(pipes[OUTPUT][0], F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(pipes[REPORT][0], F_SETFL, O_NONBLOCK) != 0 || (command->pid = fork()) < 0) {
        close_all(pipes[0], 6);
        return false;
    }

    ends = (ChildEnds){ pipes[OUTPUT][1], pipes[GATE][0], pipes[REPORT][1] };
    if (command->pid == 0) {
        /* Without it the gate would stay open, as its own other end is. */
        close(pipes[GATE][1]);
        run_child(task, name, cgroup, &ends);
    }

    close_all((int[]){ ends.output, ends.gate, ends.report }, 3);
    command->output = pipes[OUTPUT][0];
    command->gate = pipes[GATE][1];
    command->report = pipes[REPORT][0];
    return true;
}

void command_release(Command *command)
{
    /* It may have failed and be gone: then the report says why. */
    if (write(command->gate, "", 1) < 0)
        errno = 0;
    close(command->gate);
    command->gate = -1;
}

bool command_has_failed(const Command *command, char reason[RUN_EXIT_REASON_BYTES])
{
    Report report;

    if (read(command->report, &report, sizeof(report)) != sizeof(report) ||
        report.stage >= STAGE_COUNT)
        return false;

    snprintf(reason, RUN_EXIT_REASON_BYTES, "%s: %s", stage_names[report.stage],
             strerror(report.error));
    return true;
}

void command_clear(Command *command)
{
    int descriptors[] = { command->output, command->gate, command->report };
    bool was_held = command->gate >= 0;

    close_all(descriptors, 3);
    if (was_held)
        waitpid(command->pid, NULL, 0);
    *command = (Command){ .pid = -1, .output = -1, .gate = -1, .report = -1 };
}
