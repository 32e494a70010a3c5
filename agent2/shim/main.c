/*
 * agent2-shim <run folder>: runs one attempt of a task under its lock. See agent2/shim/shim.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent2/shim/shim.h"

#include "common/base/banned.h"

#define EXIT_USAGE 64

/* What may reach a shim without being meant for its task, and what writing may raise. */
static const int ignored_signals[] = {
    SIGTERM, SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGUSR1,
    SIGUSR2, SIGALRM, SIGXFSZ, SIGTSTP, SIGTTIN, SIGTTOU,
};

/* Lets go of everything of the starter: its session, descriptors and signals. */
static void detach(void)
{
    sigset_t none;
    int null;

    setsid(); /* refused when it leads one already */
    for (size_t i = 0; i < sizeof(ignored_signals) / sizeof(ignored_signals[0]); i++)
        signal(ignored_signals[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(077);

    close_range(0, UINT_MAX, 0);
    null = open("/dev/null", O_RDWR); /* 0: left open for the command, too */
    if (null != STDIN_FILENO || dup(null) != STDOUT_FILENO || dup(null) != STDERR_FILENO)
        _exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("agent2-shim " VERSION);
        return EXIT_SUCCESS;
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        puts("usage: agent2-shim RUN_FOLDER\n\nRuns one attempt of a task; started by agent2.");
        return EXIT_SUCCESS;
    }
    if (argc != 2 || argv[1][0] == '-' || argv[1][0] == '\0') {
        fputs("usage: agent2-shim RUN_FOLDER\n", stderr);
        return EXIT_USAGE;
    }

    detach();
    return shim_run(argv[1]);
}
