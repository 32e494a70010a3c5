#include "common/sys/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/sys/clock.h"

#include "common/base/banned.h"

#define READ_BYTES 4096
/* Where no pidfd can be had, its end is looked for this often. */
#define LOOK_MS 50

typedef enum {
    WAIT_OUTPUT,
    WAIT_ERRORS,
    WAIT_CANCEL,
    WAIT_END,
    WAIT_COUNT,
} Wait;

typedef struct Child {
    pid_t pid;
    size_t output_max_bytes;
    struct pollfd waits[WAIT_COUNT];
    GString *texts[2];
} Child;

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* ---- starting ---- */

static int add_actions(posix_spawn_file_actions_t *actions, const ChildOrder *order, int input_fd,
                       const int writers[2])
{
    int problem = order->folder ? posix_spawn_file_actions_addchdir_np(actions, order->folder) : 0;

    if (problem == 0)
        problem = input_fd >= 0 ? posix_spawn_file_actions_adddup2(actions, input_fd, STDIN_FILENO)
                                : posix_spawn_file_actions_addopen(actions, STDIN_FILENO,
                                                                   "/dev/null", O_RDONLY, 0);
    if (problem == 0)
        problem = posix_spawn_file_actions_adddup2(actions, writers[0], STDOUT_FILENO);
    if (problem == 0)
        problem = posix_spawn_file_actions_adddup2(actions, writers[1], STDERR_FILENO);
    return problem;
}

static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t all;
    sigset_t none;
    int problem;

    sigfillset(&all);
    sigemptyset(&none);
    problem = posix_spawnattr_setsigdefault(attributes, &all);
    if (problem == 0)
        problem = posix_spawnattr_setsigmask(attributes, &none);
    if (problem == 0)
        problem = posix_spawnattr_setflags(
            attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    return problem;
}

/* 0, or an errno. posix_spawn(3) takes texts that it does not change as if it did. */
static int spawn(const ChildOrder *order, int input_fd, const int writers[2], pid_t *out_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int problem;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return ENOMEM;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return ENOMEM;
    }
    problem = add_actions(&actions, order, input_fd, writers);
    if (problem == 0)
        problem = set_attributes(&attributes);
    if (problem == 0)
        problem = posix_spawnp(out_pid, order->argv[0], &actions, &attributes,
                               (char *const *)(gsize)order->argv,
                               (char *const *)(gsize)order->environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return problem;
}

/* What it reads lies in memory: nobody waits for a pipe. 0, or an errno. */
static int open_input(const char *input, int *out_fd)
{
    size_t left = strlen(input);

    *out_fd = memfd_create("input", MFD_CLOEXEC);
    while (*out_fd >= 0 && left > 0) {
        ssize_t length = write(*out_fd, input, left);

        if (length < 0 && errno != EINTR)
            return errno;
        input += MAX(length, 0);
        left -= (size_t)MAX(length, 0);
    }
    return *out_fd < 0 || lseek(*out_fd, 0, SEEK_SET) < 0 ? errno : 0;
}

/* 0, or an errno. */
static int start(Child *child, const ChildOrder *order)
{
    int input_fd = -1;
    int pipes[2][2] = { { -1, -1 }, { -1, -1 } };
    int writers[2];
    int problem = order->input ? open_input(order->input, &input_fd) : 0;

    for (int i = 0; i < 2; i++)
        child->waits[i].fd = -1;
    for (int i = 0; i < 2 && problem == 0; i++) {
        if (pipe2(pipes[i], O_CLOEXEC) != 0)
            problem = errno;
        child->waits[i].fd = pipes[i][0];
        writers[i] = pipes[i][1];
    }
    if (problem == 0)
        problem = spawn(order, input_fd, writers, &child->pid);
    close_fd(&input_fd);
    for (int i = 0; i < 2; i++) {
        close_fd(&pipes[i][1]);
        if (problem != 0)
            close_fd(&child->waits[i].fd);
    }
    return problem;
}

/* ---- waiting ---- */

/* False at the end of what it writes. */
static bool read_some(int fd, GString *text, size_t max_bytes)
{
    char bytes[READ_BYTES];
    ssize_t length = read(fd, bytes, sizeof(bytes));

    if (length < 0)
        return errno == EINTR;
    for (ssize_t i = 0; i < length && text->len < max_bytes; i++) {
        if (bytes[i])
            g_string_append_c(text, bytes[i]);
    }
    return length > 0;
}

static bool has_ended(const Child *child)
{
    siginfo_t info = { 0 };

    return waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == child->pid;
}

/* What it wrote before it ended is in the pipes; what others hold open is not waited for. */
static void drain(Child *child)
{
    for (int i = 0; i < 2; i++) {
        while (child->waits[i].fd >= 0 && child->texts[i]->len < child->output_max_bytes &&
               poll(&child->waits[i], 1, 0) == 1 &&
               read_some(child->waits[i].fd, child->texts[i], child->output_max_bytes)) {
        }
    }
}

/* Until it ended by itself, which is EXITED, or must not go on. */
static ChildKind wait_for(Child *child, const ChildOrder *order)
{
    for (;;) {
        int64_t left_ms = order->deadline_boot_ms - clock_boot_ms();

        if (has_ended(child))
            return CHILD_EXITED;
        if (left_ms <= 0)
            return CHILD_TIMED_OUT;
        if (child->waits[WAIT_END].fd < 0)
            left_ms = MIN(left_ms, LOOK_MS);
        if (poll(child->waits, WAIT_COUNT, (int)MIN(left_ms, G_MAXINT)) <= 0)
            continue;
        if (child->waits[WAIT_CANCEL].revents)
            return CHILD_CANCELLED;
        for (int i = 0; i < 2; i++) {
            if (child->waits[i].revents &&
                !read_some(child->waits[i].fd, child->texts[i], child->output_max_bytes))
                close_fd(&child->waits[i].fd);
        }
    }
}

/* Its group goes before it is buried: until then no other can have its number. */
static void bury(const Child *child, ChildEnd *out)
{
    int status = 0;

    (void)kill(-child->pid, SIGKILL);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (out->kind == CHILD_EXITED && WIFSIGNALED(status))
        out->kind = CHILD_SIGNALLED;
    out->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void child_run(const ChildOrder *order, ChildEnd *out)
{
    Child child = { .waits = { [WAIT_CANCEL] = { .fd = order->cancel_fd } } };
    int problem = start(&child, order);

    *out = (ChildEnd){ .exit_code = -1 };
    if (problem != 0) {
        out->kind = problem == ENOENT ? CHILD_MISSING : CHILD_NOT_STARTED;
        out->output = g_strdup("");
        out->errors = g_strdup(g_strerror(problem));
        return;
    }
    child.output_max_bytes =
        order->output_max_bytes ? order->output_max_bytes : CHILD_OUTPUT_MAX_BYTES;
    for (int i = 0; i < 2; i++)
        child.texts[i] = g_string_new(NULL);
    child.waits[WAIT_END].fd = pidfd_open(child.pid, 0);
    for (int i = 0; i < WAIT_COUNT; i++)
        child.waits[i].events = POLLIN;
    out->kind = wait_for(&child, order);
    drain(&child);
    bury(&child, out);
    for (int i = 0; i < 2; i++)
        close_fd(&child.waits[i].fd);
    close_fd(&child.waits[WAIT_END].fd);
    out->output = g_string_free(child.texts[0], FALSE);
    out->errors = g_string_free(child.texts[1], FALSE);
}

void child_end_clear(ChildEnd *end)
{
    g_free(end->output);
    g_free(end->errors);
}
