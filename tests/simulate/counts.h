/*
 * What is counted over all seeds, for the table at the end. Lies in memory that the worker
 * processes share with the one that prints.
 */
#ifndef TESTS_SIMULATE_COUNTS_H
#define TESTS_SIMULATE_COUNTS_H

#include "common/wire/run_state.h"

#include <stdint.h>

/* What is done to the world. */
typedef enum {
    INJECT_AGENT1_CRASH,
    INJECT_AGENT_CRASH,
    INJECT_SHIM_CRASH,
    INJECT_HOST_REBOOT,
    INJECT_AGENT1_RESTART,
    INJECT_AGENT_RESTART,
    INJECT_AGENT1_AWAY,
    INJECT_AGENT_AWAY,
    INJECT_BROKER_KILL,
    INJECT_PARTITION,
    INJECT_MESSAGE_LOST,
    INJECT_MESSAGE_TWICE,
    INJECT_XMPP_CUT,
    INJECT_DATABASE_FULL,
    INJECT_DATABASE_BROKEN,
    INJECT_DATABASE_SLOW,
    INJECT_DATABASE_RESTORED,
    INJECT_DISK_FULL,
    INJECT_JOURNAL_LOST,
    INJECT_JOURNAL_RESTORED,
    INJECT_JOURNALS_SWAPPED,
    INJECT_CLOCK_SET,
    INJECT_SHIM_LATE,
    INJECT_SHIM_NEVER,
    INJECT_LAUNCHER_BUSY,
    INJECT_CANCEL,
    INJECT_PAUSE,
    INJECT_STANDBY,
    INJECT_REVOKE,
    INJECT_WINDOW,
    INJECT_POLICY,
    INJECT_SCHEDULE,
    INJECT_ANSWER,
    INJECT_FILE,
    INJECT_PUBLICATION,
    INJECT_COUNT,
} Inject;

const char *inject_name(Inject inject);

typedef struct Counts {
    uint64_t seeds;
    uint64_t steps; /* of the two cores and of shims */
    uint64_t runs;
    uint64_t starts;
    uint64_t messages;
    uint64_t chats;
    uint64_t unconfirmed;
    uint64_t gate_passed; /* runs that waited for their window and were let go */
    uint64_t outcomes[RUN_STATE_COUNT];
    uint64_t injected[INJECT_COUNT];
} Counts;

void counts_add(Counts *counts, const Counts *more);
void counts_print(const Counts *counts);

#endif
