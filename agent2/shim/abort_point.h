/*
 * Named points between two durable steps, at which a test can have the shim killed as by kill -9:
 * the name stands in the file `abort_at` of the run folder; or, as "<name> stop", at which it stops
 * until it gets CONT, so that the test can do something in between. Only in builds with
 * ABORT_POINTS (make check=1); otherwise nothing is read and nothing happens.
 *
 * In order: locked, reserved, held (the command is ready), claimed, released, ended, written
 * (renamed or not, the end may not be durable yet).
 */
#ifndef AGENT2_SHIM_ABORT_POINT_H
#define AGENT2_SHIM_ABORT_POINT_H

void abort_point(int folder, const char *name);

#endif
