/*
 * Named points between two durable steps of agent1 and agent2, at which a test can have the program
 * killed as by kill -9: CRASH_AT=<name>[:<nth passage of a thread>] in the environment. Only in
 * builds with ABORT_POINTS (make check=1); otherwise nothing is read and nothing happens. The shim
 * has points of its own (agent2/shim/abort_point.h).
 *
 * tests/faults/test_crash_points.py finds them by their calls, so a name is written out in each.
 */
#ifndef COMMON_SYS_CRASH_POINT_H
#define COMMON_SYS_CRASH_POINT_H

void crash_point(const char *name);

#endif
