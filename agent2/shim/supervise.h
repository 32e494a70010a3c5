/*
 * From the command's start to the end of everything that it started: output, time limit, cancel,
 * and what is left behind. Rule 3's last part and the paragraph after the rules in README.md.
 */
#ifndef AGENT2_SHIM_SUPERVISE_H
#define AGENT2_SHIM_SUPERVISE_H

#include "agent2/folder/exit.h"
#include "agent2/shim/cgroup.h"
#include "agent2/shim/command.h"
#include "agent2/shim/recorder.h"

#include <stdbool.h>
#include <stdint.h>

/* What wakes the shim. Opened before the claim, so that nothing can fail or be missed after it. */
typedef struct Alarms {
    int children; /* signalfd: SIGCHLD, which stays blocked */
    int folder;   /* inotify: `cancel` appears in the run folder */
    int timer;    /* CLOCK_BOOTTIME, which counts through suspend */
} Alarms;

/* path is the run folder's. False: errno says why. */
bool alarms_init(Alarms *alarms, const char *path);
void alarms_clear(Alarms *alarms);

typedef struct Supervision {
    int folder;
    const RunTask *task;
    const Alarms *alarms;
    const Cgroup *cgroup;
    Command *command;
    Recorder *recorder;
} Supervision;

/*
 * Watches the released command until it has ended, ends what descends from it, and fills *end but
 * for the clock times. Does not wait for the end of the output: the direct child's end counts.
 */
void supervise(const Supervision *supervision, RunExit *end);

#endif
