/*
 * A host's state, shared by the files that are the host: host.c (the machine and its watch),
 * host_process.c (the agent's process), host_faults.c. Nobody else includes it.
 */
#ifndef TESTS_SIMULATE_HOST_STATE_H
#define TESTS_SIMULATE_HOST_STATE_H

#include "agent2/app/worker_batches.h"
#include "agent2/flow/worker.h"
#include "tests/simulate/broker.h"
#include "tests/simulate/host.h"
#include "tests/simulate/shim_process.h"

#define LANES 8 /* of the journal */

/* A folder under the watch. */
typedef struct Watched {
    bool is_starting; /* its lock was not seen taken yet */
    unsigned number;  /* of the watch: an old look is none */
} Watched;

struct Host {
    Sim *sim;
    unsigned index;
    char *name;
    char *key;

    /* What lasts. */
    RunDisk disk;
    RunDisk backup;
    bool has_backup;
    char boot_id[RUN_BOOT_ID_CHARS + 1];
    unsigned boots;
    int64_t boot_ms; /* true time of the last boot */
    int64_t clock_ms;
    GPtrArray *shims; /* ShimProcess * */
    unsigned max_parallel;
    unsigned queue;

    /* The agent's process. */
    unsigned life;
    Worker *worker; /* NULL: down */
    WorkerBatches *batches;
    GQueue *events;
    GQueue *lanes[LANES]; /* WorkerEffect *, handed over; those of one run have one lane */
    bool is_lane_busy[LANES];
    bool is_draining;
    bool is_stopping;
    bool has_joined;
    GHashTable *watched; /* "<run>.<attempt>" → Watched * */
    unsigned watches;
    BrokerClient *client;
    unsigned timer;
    int64_t last_tick_ms;
    unsigned ticks;
    GHashTable *acknowledged; /* keys of folders whose outcome agent1 has */
    GHashTable *results;      /* MUTANT_RESULT: the ids of those that were sent */
    GPtrArray *unsynced;      /* MUTANT_JOURNAL: folders that are not on disk yet */
};

/* host.c */
int64_t host_boot_now(const Host *host);
void host_watch(Host *host, const char *run, int64_t attempt, bool is_starting);
void host_set_boot_id(Host *host); /* a new one */

/* host_process.c */
void host_process_init(Host *host); /* its client, and its first start */
void host_process_clear(Host *host);
void host_process_start_later(Host *host, int64_t delay_ms);
void host_process_end(Host *host); /* at once, without a word */

#endif
