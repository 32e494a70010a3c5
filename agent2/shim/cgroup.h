/*
 * A control group for the command, below the shim's own: the one way to end a tree of processes
 * that no fork can win against. Only where the shim is alone in its group (version 2, as systemd
 * makes one for agent2-run@.service) and may divide it; otherwise nothing here does anything, and
 * agent2/shim/descendants.h has to do.
 */
#ifndef AGENT2_SHIM_CGROUP_H
#define AGENT2_SHIM_CGROUP_H

#include <stdbool.h>

typedef struct Cgroup {
    int own;   /* the shim's group, a folder; -1: there is none to use */
    int entry; /* who writes "0" here moves into the command's group; -1: none */
    int kill;  /* who writes "1" here ends all in it; -1: none */
} Cgroup;

/* Makes the command's group, if it may. */
void cgroup_init(Cgroup *cgroup);

/* Moves the calling process into the group; in the child, before it gives up its rights. */
void cgroup_enter(const Cgroup *cgroup);

/* Ends all in the group; false when there is none. */
bool cgroup_kill(const Cgroup *cgroup);

/* Removes the group, which must be empty by now. */
void cgroup_clear(Cgroup *cgroup);

#endif
