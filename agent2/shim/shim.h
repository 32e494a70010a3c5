/*
 * One attempt, from its folder's lock to its `exit`: README.md, delivery rule 3.
 *
 * The shim outlives agent2 and asks it nothing. TERM, HUP and INT do not reach the task: the end of
 * a service or of a terminal must not end what it started; only `cancel` in the folder and the time
 * limit do. Nothing of the shim is tied to its starter's descriptors.
 */
#ifndef AGENT2_SHIM_SHIM_H
#define AGENT2_SHIM_SHIM_H

/* Runs what is in the folder, if it may. Returns 0 also when there was nothing to do; 1 when the
 * shim itself met trouble, which shim.log tells. */
int shim_run(const char *path);

#endif
