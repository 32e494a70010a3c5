#include "agent2/edge/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent2/folder/names.h"
#include "common/base/problem.h"

#include "common/base/banned.h"

#define SYSTEMCTL   "systemctl"
#define UNIT_PREFIX "agent2-run@"
#define UNIT_SUFFIX ".service"

struct Launcher {
    int socket; /* each message is the path of a run folder */
    pid_t spawner;
};

/* ---- the spawner: a process of its own, after the fork ----------------------------------------
 */

typedef struct Spawner {
    int socket;
    LauncherMode mode;
    const char *shim_path;
} Spawner;

#define SOCKET_FD (STDERR_FILENO + 1)

/* It ends with its socket and not by a signal for its group. Ignoring SIGCHLD means that the kernel
 * buries the shims: nobody waits for them. */
static const int ignored_signals[] = { SIGTERM, SIGHUP, SIGINT, SIGCHLD };

/* All that a shim and systemctl may know of agent2's environment. */
static const char *const kept_variables[] = { "PATH", "ASAN_OPTIONS" };

static void keep_environment(void)
{
    char *kept[G_N_ELEMENTS(kept_variables)];

    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        const char *value = getenv(kept_variables[i]);

        kept[i] = g_strdup(value);
    }
    clearenv();
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (kept[i])
            setenv(kept_variables[i], kept[i], 1);
        g_free(kept[i]);
    }
}

/* What a shim that died at once would have done: a Watch takes it for that. */
static void report_failure(const char *folder)
{
    char path[PATH_MAX + sizeof("/" RUN_FILE_LOCK)];
    int fd;

    g_snprintf(path, sizeof(path), "%s/" RUN_FILE_LOCK, folder);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        close(fd);
}

static void reset_signals(void)
{
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
}

/* Without a copy of this process, which fork(2) would take the time for. */
static void start_shim(const Spawner *spawner, const char *folder)
{
    char *const argv[] = { (char *)(gsize)spawner->shim_path, (char *)(gsize)folder, NULL };
    posix_spawnattr_t attributes;
    sigset_t all;
    pid_t pid;

    sigfillset(&all);
    if (posix_spawnattr_init(&attributes) != 0 ||
        posix_spawnattr_setsigdefault(&attributes, &all) != 0 ||
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF) != 0 ||
        posix_spawn(&pid, spawner->shim_path, NULL, &attributes, argv, environ) != 0)
        report_failure(folder);
    posix_spawnattr_destroy(&attributes);
}

static _Noreturn void start_unit(const char *folder)
{
    const char *slash = strrchr(folder, '/');
    char unit[sizeof(UNIT_PREFIX UNIT_SUFFIX) + NAME_MAX];
    int status = -1;
    pid_t pid;

    /* A run folder's name needs no escaping: digits, capital letters and a dot. */
    g_snprintf(unit, sizeof(unit), UNIT_PREFIX "%s" UNIT_SUFFIX, slash ? slash + 1 : folder);
    reset_signals();
    pid = fork();
    if (pid == 0) {
        execlp(SYSTEMCTL, SYSTEMCTL, "start", "--no-block", "--no-ask-password", unit, NULL);
        _exit(EXIT_FAILURE);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        report_failure(folder);
    _exit(EXIT_SUCCESS);
}

static void spawn(const Spawner *spawner, const char *folder)
{
    pid_t pid;

    switch (spawner->mode) {
    case LAUNCHER_SPAWN:
        start_shim(spawner, folder);
        return;
    case LAUNCHER_UNIT:
        pid = fork();
        if (pid < 0)
            report_failure(folder);
        if (pid == 0)
            start_unit(folder);
        return;
    }
}

/* Lets go of agent2: its session, terminal, signals and every descriptor but the socket. */
static void detach(Spawner *spawner)
{
    int socket = fcntl(spawner->socket, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigset_t none;

    if (socket < 0 || null < 0 || chdir("/") != 0)
        _exit(EXIT_FAILURE);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    if (socket != SOCKET_FD)
        dup3(socket, SOCKET_FD, O_CLOEXEC);
    close_range(SOCKET_FD + 1, UINT_MAX, 0);
    spawner->socket = SOCKET_FD;

    prctl(PR_SET_NAME, "agent2-spawner");
    setsid();
    reset_signals();
    for (size_t i = 0; i < G_N_ELEMENTS(ignored_signals); i++)
        signal(ignored_signals[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void run_spawner(Spawner spawner)
{
    char folder[PATH_MAX];

    detach(&spawner);
    keep_environment();
    for (;;) {
        ssize_t length = recv(spawner.socket, folder, sizeof(folder) - 1, 0);

        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            _exit(EXIT_SUCCESS); /* agent2 is gone */
        folder[length] = '\0';
        spawn(&spawner, folder);
    }
}

/* ---- agent2's side ----------------------------------------------------------------------------
 */

static bool shim_is_usable(const char *shim_path, GError **error)
{
    if (shim_path && g_path_is_absolute(shim_path) && access(shim_path, X_OK) == 0)
        return true;

    g_set_error(error, PROBLEM, PROBLEM_MISSING, "%s: not a program that can be run",
                shim_path ? shim_path : "(no shim)");
    return false;
}

Launcher *launcher_new(LauncherMode mode, const char *shim_path, GError **error)
{
    Launcher *launcher;
    int ends[2];
    pid_t pid;

    if (mode == LAUNCHER_SPAWN && !shim_is_usable(shim_path, error))
        return NULL;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "cannot make a socket for the spawner: %s",
                    g_strerror(errno));
        return NULL;
    }

    pid = fork();
    if (pid == 0)
        run_spawner((Spawner){ .socket = ends[1], .mode = mode, .shim_path = shim_path });
    close(ends[1]);
    if (pid < 0) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "cannot fork the spawner: %s", g_strerror(errno));
        close(ends[0]);
        return NULL;
    }

    launcher = g_new0(Launcher, 1);
    launcher->socket = ends[0];
    launcher->spawner = pid;
    return launcher;
}

void launcher_free(Launcher *launcher)
{
    if (!launcher)
        return;

    close(launcher->socket);
    waitpid(launcher->spawner, NULL, 0);
    g_free(launcher);
}

bool launcher_start(Launcher *launcher, const char *run_folder, GError **error)
{
    size_t length = strlen(run_folder);
    Problem code;

    if (!g_path_is_absolute(run_folder) || length >= PATH_MAX) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s: not an absolute path", run_folder);
        return false;
    }
    if (send(launcher->socket, run_folder, length, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
        return true;

    code = errno == EAGAIN || errno == ENOBUFS ? PROBLEM_FULL : PROBLEM_IO;
    g_set_error(error, PROBLEM, (int)code, "%s: cannot ask for a shim: %s", run_folder,
                g_strerror(errno));
    return false;
}
