/*
 * A machine with an agent on it: its disk (run folders, counters), its clock, the shims that live
 * there, and the agent's process around the real core of agent2: batches, the journal, the watch
 * and the launcher as agent2/app/worker_executor.c and agent2/edge have them. The process may crash
 * after every step, every durable effect and every outward one; the machine may reboot.
 */
#ifndef TESTS_SIMULATE_HOST_H
#define TESTS_SIMULATE_HOST_H

#include "agent2/port/worker_event.h"
#include "tests/simulate/sim.h"
#include "tests/support/run_disk.h"

Host *host_new(Sim *sim, unsigned index);
void host_free(Host *host);

unsigned host_index(const Host *host);
const char *host_name(const Host *host);
Host *host_find(const Sim *sim, const char *name); /* NULL: none */
Sim *host_sim(const Host *host);
RunDisk *host_disk(Host *host);
const char *host_boot_id(const Host *host);
int64_t host_now(const Host *host); /* its wall clock */

/* True while the agent is connected, and has been told no other. */
bool host_is_linked(const Host *host);

/* An event for the agent's core; takes it. Lost while the process is down. */
void host_post(Host *host, WorkerEvent *event);

/* ---- for shims ---- */

/* True when a shim holds the folder's lock. */
bool host_is_locked(const Host *host, const char *run, int64_t attempt);
/* A shim let go of its lock, however it ended; the watch sees it. */
void host_lock_closed(Host *host, const char *run, int64_t attempt);
/* A shim took its lock. */
void host_lock_taken(Host *host, const char *run, int64_t attempt);

/* ---- faults ---- */

void host_crash(Host *host, int64_t away_ms); /* negative: as long as a supervisor takes */
void host_stop(Host *host);                   /* in order, and started again: an upgrade */
void host_reboot(Host *host);
void host_kill_shim(Host *host);
void host_fill_disk(Host *host, int64_t for_ms);
void host_lose_journal(Host *host);
void host_back_up(Host *host);
void host_restore_journal(Host *host);
void host_swap_journals(Host *one, Host *other);
void host_set_clock(Host *host, int64_t by_ms);
void host_heal(Host *host);

/* At the end: what of the folders agent1 has not taken over; NULL: nothing. The caller owns it. */
char *host_unacknowledged(const Host *host);

#endif
