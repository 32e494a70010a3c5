/*
 * The command's process: made ready first, held back, and let go once the claim is durable. So the
 * claim can name it, and nothing but exec is left to do afterwards. Should the shim be killed in
 * between, the process held back ends without having run anything.
 */
#ifndef AGENT2_SHIM_COMMAND_H
#define AGENT2_SHIM_COMMAND_H

#include "agent2/folder/exit.h"
#include "agent2/folder/task.h"
#include "agent2/shim/cgroup.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct Command {
    pid_t pid;  /* also its session and process group */
    int output; /* what it and its descendants write, standard output and error; does not block */
    int gate;   /* closed without a byte: it never runs */
    int report; /* what went wrong before exec */
} Command;

/* Forks it: own session, default signals, standard input /dev/null, environment of the task and
 * RUN_COOKIE=name, user and groups of the task, its working folder. False: errno says why. */
bool command_init(Command *command, const RunTask *task, const char *name, const Cgroup *cgroup);

/* Lets it run. */
void command_release(Command *command);

/* Whether it ended before it ran; then reason says what failed, as "exec: No such file …". */
bool command_has_failed(const Command *command, char reason[RUN_EXIT_REASON_BYTES]);

/* Closes the descriptors; what was not released ends. */
void command_clear(Command *command);

#endif
