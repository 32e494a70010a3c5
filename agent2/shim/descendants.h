/*
 * The processes that descend from this one, a child subreaper, found in /proc: daemonising moves
 * them nearer, never away. A control group is better where there is one (agent2/shim/cgroup.h).
 */
#ifndef AGENT2_SHIM_DESCENDANTS_H
#define AGENT2_SHIM_DESCENDANTS_H

/* Sends the signal to every descendant that has not ended; returns how many there were. Those that
 * are born meanwhile are found the next time. 0 also means: nobody can be seen. */
unsigned descendants_signal(int signal_number);

#endif
