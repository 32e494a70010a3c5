/*
 * A shim, step by step as agent2/shim/shim.c takes them, with the real decisions: lock, look,
 * reserve, look again and claim, release the command, watch it, write the exit, unlock. It may be
 * killed between any two of them; its command then lives on without it for a while.
 */
#ifndef TESTS_SIMULATE_SHIM_PROCESS_H
#define TESTS_SIMULATE_SHIM_PROCESS_H

#include "tests/simulate/host.h"

typedef struct ShimProcess ShimProcess;

/* Starts one on a folder, after the delay. Owned by the host, see shim_process_free(). */
ShimProcess *shim_process_new(Host *host, const char *run, int64_t attempt, int64_t delay_ms);
void shim_process_free(void *shim);

bool shim_process_is_alive(const ShimProcess *shim);
bool shim_process_is_on(const ShimProcess *shim, const char *run, int64_t attempt);
bool shim_process_holds_lock(const ShimProcess *shim);

/* kill -9. With its host, its command dies as well. */
void shim_process_kill(ShimProcess *shim, bool with_host);

/* `cancel` appeared in its folder. */
void shim_process_see_cancel(ShimProcess *shim);

/* Its folder is gone, or another's: it writes nothing any more. */
void shim_process_detach(ShimProcess *shim);

#endif
