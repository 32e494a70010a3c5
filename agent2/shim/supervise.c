#include "agent2/shim/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent2/shim/descendants.h"
#include "agent2/shim/files.h"

#include "common/base/banned.h"

#define READ_BYTES ((size_t)64 * 1024)

/* Not even KILL ends a process that waits for a broken disk: after this the end is written anyway,
 * and says how many are left. */
#define KILL_LIMIT_MS 10000
#define KILL_PAUSE_MS 20

/* At the end the pipe is emptied, but by no more than a pipe can hold: whoever survived may still
 * be writing. */
#define DRAIN_MAX_BYTES ((size_t)1024 * 1024)

typedef enum {
    PHASE_RUNNING,
    PHASE_TERM,  /* time limit or cancel: TERM was sent, the grace runs */
    PHASE_KILL,  /* KILL was sent */
    PHASE_ENDED, /* the direct child has ended */
    PHASE_STUCK, /* it has not, KILL or not */
} Phase;

typedef struct Watchman {
    const Supervision *on;
    Phase phase;
    EndKind stopped_as; /* END_TIMED_OUT or END_CANCELLED from PHASE_TERM on */
    bool was_stopped;
    int status; /* of waitpid(2), from PHASE_ENDED on */
} Watchman;

/* ---- alarms -----------------------------------------------------------------------------------
 */

bool alarms_init(Alarms *alarms, const char *path)
{
    sigset_t children;

    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, NULL);

    alarms->children = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    alarms->folder = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    alarms->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    return alarms->children >= 0 && alarms->timer >= 0 && alarms->folder >= 0 &&
           inotify_add_watch(alarms->folder, path, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) >= 0;
}

void alarms_clear(Alarms *alarms)
{
    const int descriptors[] = { alarms->children, alarms->folder, alarms->timer };

    for (size_t i = 0; i < sizeof(descriptors) / sizeof(descriptors[0]); i++) {
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    }
    *alarms = (Alarms){ -1, -1, -1 };
}

/* Fires once, after so many milliseconds; 0: at once; negative: never. */
static void set_timer(const Alarms *alarms, int64_t ms)
{
    struct itimerspec when = { .it_value = { 0, 0 } };

    if (ms >= 0) {
        when.it_value.tv_sec = (time_t)(ms / 1000);
        when.it_value.tv_nsec = (long)(ms % 1000) * 1000000;
    }
    if (ms == 0)
        when.it_value.tv_nsec = 1;
    timerfd_settime(alarms->timer, 0, &when, NULL);
}

/* Empties a descriptor whose content tells nothing more than that there is some. */
static bool has_fired(int fd)
{
    char buffer[4096];
    bool has_any = false;

    while (read(fd, buffer, sizeof(buffer)) > 0)
        has_any = true;
    return has_any;
}

/* ---- ending it --------------------------------------------------------------------------------
 */

static void kill_all(const Supervision *on)
{
    if (!cgroup_kill(on->cgroup))
        descendants_signal(SIGKILL);
}

static void send_kill(Watchman *man)
{
    kill_all(man->on);
    man->phase = PHASE_KILL;
    set_timer(man->on->alarms, KILL_LIMIT_MS);
}

/* The time is up or somebody cancelled. Who is stopped must go on to see the TERM. */
static void stop(Watchman *man, EndKind as)
{
    if (man->phase != PHASE_RUNNING)
        return;

    man->stopped_as = as;
    man->was_stopped = true;
    if (man->on->task->kill_grace_ms == 0) {
        send_kill(man);
        return;
    }
    descendants_signal(SIGTERM);
    descendants_signal(SIGCONT);
    man->phase = PHASE_TERM;
    set_timer(man->on->alarms, man->on->task->kill_grace_ms);
}

static void on_timer(Watchman *man)
{
    switch (man->phase) {
    case PHASE_RUNNING:
        stop(man, END_TIMED_OUT);
        return;
    case PHASE_TERM:
        send_kill(man);
        return;
    case PHASE_KILL:
        man->phase = PHASE_STUCK;
        return;
    case PHASE_ENDED:
    case PHASE_STUCK:
        return;
    }
}

/* Reaps whatever has ended; what daemonised becomes a child of the shim. False when there are no
 * children at all any more. */
static bool reap(Watchman *man)
{
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);

        if (pid <= 0)
            return pid == 0;
        if (pid == man->on->command->pid) {
            man->status = status;
            man->phase = PHASE_ENDED;
        }
    }
}

/* ---- output -----------------------------------------------------------------------------------
 */

/* Takes up to max_bytes of output; false at its end. */
static bool take_output(const Supervision *on, size_t max_bytes)
{
    char buffer[READ_BYTES];

    while (max_bytes > 0) {
        size_t wanted = max_bytes < sizeof(buffer) ? max_bytes : sizeof(buffer);
        ssize_t got = read(on->command->output, buffer, wanted);

        if (got == 0)
            return false;
        if (got < 0)
            return errno == EAGAIN || errno == EINTR;
        recorder_add(on->recorder, buffer, (size_t)got);
        max_bytes -= (size_t)got;
    }

    return true;
}

/* ---- the watch --------------------------------------------------------------------------------
 */

static void watch(Watchman *man)
{
    enum { CHILDREN, FOLDER, TIMER, OUTPUT, COUNT };
    const Supervision *on = man->on;
    struct pollfd fds[COUNT] = {
        [CHILDREN] = { .fd = on->alarms->children, .events = POLLIN },
        [FOLDER] = { .fd = on->alarms->folder, .events = POLLIN },
        [TIMER] = { .fd = on->alarms->timer, .events = POLLIN },
        [OUTPUT] = { .fd = on->command->output, .events = POLLIN },
    };

    while (man->phase != PHASE_ENDED && man->phase != PHASE_STUCK) {
        if (poll(fds, COUNT, -1) < 0)
            continue;

        /* The end comes first: who had ended before the alarm ended by itself. */
        if (fds[CHILDREN].revents && has_fired(on->alarms->children))
            reap(man);
        if (man->phase == PHASE_ENDED)
            return;

        if (fds[FOLDER].revents && has_fired(on->alarms->folder) &&
            files_exists(on->folder, RUN_FILE_CANCEL))
            stop(man, END_CANCELLED);
        if (fds[TIMER].revents && has_fired(on->alarms->timer))
            on_timer(man);
        if (fds[OUTPUT].revents && !take_output(on, READ_BYTES))
            fds[OUTPUT].fd = -1;
    }
}

static int64_t boot_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Ends and reaps all that is left; returns how many could not be ended. */
static int64_t end_descendants(Watchman *man)
{
    int64_t limit = boot_ms() + KILL_LIMIT_MS;
    struct pollfd children = { .fd = man->on->alarms->children, .events = POLLIN };

    while (reap(man)) {
        kill_all(man->on);
        if (boot_ms() >= limit)
            return descendants_signal(SIGKILL);
        poll(&children, 1, KILL_PAUSE_MS);
        has_fired(man->on->alarms->children);
    }

    return 0;
}

static int64_t time_ms(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000 + time.tv_usec / 1000;
}

static void describe(const Watchman *man, RunExit *end)
{
    struct rusage usage;

    end->exit_code = -1;
    if (man->phase == PHASE_ENDED && WIFEXITED(man->status))
        end->exit_code = WEXITSTATUS(man->status);
    if (man->phase == PHASE_ENDED && WIFSIGNALED(man->status))
        end->signal = WTERMSIG(man->status);

    end->kind = end->signal > 0 ? END_SIGNALLED : END_EXITED;
    if (man->was_stopped)
        end->kind = man->stopped_as;
    if (command_has_failed(man->on->command, end->reason)) {
        end->kind = END_START_FAILED;
        end->exit_code = -1;
        end->signal = 0;
    }

    getrusage(RUSAGE_CHILDREN, &usage);
    end->user_ms = time_ms(usage.ru_utime);
    end->sys_ms = time_ms(usage.ru_stime);
    end->max_rss_kib = usage.ru_maxrss;
    end->output_bytes = man->on->recorder->total_bytes;
    end->kept_bytes = man->on->recorder->kept_bytes;
}

void supervise(const Supervision *supervision, RunExit *end)
{
    Watchman man = { .on = supervision, .phase = PHASE_RUNNING };
    int64_t started = boot_ms();
    int64_t timeout = supervision->task->timeout_ms;

    set_timer(supervision->alarms, timeout > 0 ? timeout : -1);
    watch(&man);
    end->duration_ms = boot_ms() - started;
    end->survivors = end_descendants(&man);
    take_output(supervision, DRAIN_MAX_BYTES);
    describe(&man, end);
}
