#include "tests/simulate/counts.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/base/banned.h"

static const char *const names[INJECT_COUNT] = {
    [INJECT_AGENT1_CRASH] = "agent1 crashed",
    [INJECT_AGENT_CRASH] = "an agent crashed",
    [INJECT_SHIM_CRASH] = "a shim crashed",
    [INJECT_HOST_REBOOT] = "a host rebooted",
    [INJECT_AGENT1_RESTART] = "agent1 restarted in order",
    [INJECT_AGENT_RESTART] = "an agent restarted in order",
    [INJECT_AGENT1_AWAY] = "agent1 away for minutes",
    [INJECT_AGENT_AWAY] = "an agent away for minutes",
    [INJECT_BROKER_KILL] = "the broker killed",
    [INJECT_PARTITION] = "a link partitioned",
    [INJECT_MESSAGE_LOST] = "a message lost",
    [INJECT_MESSAGE_TWICE] = "a message doubled",
    [INJECT_XMPP_CUT] = "the XMPP link cut",
    [INJECT_DATABASE_FULL] = "agent1's disk full",
    [INJECT_DATABASE_BROKEN] = "agent1's database failed",
    [INJECT_DATABASE_SLOW] = "agent1's disk slow",
    [INJECT_DATABASE_RESTORED] = "agent1's database restored",
    [INJECT_DISK_FULL] = "an agent's disk full",
    [INJECT_JOURNAL_LOST] = "a journal lost",
    [INJECT_JOURNAL_RESTORED] = "a journal restored",
    [INJECT_JOURNALS_SWAPPED] = "two journals swapped",
    [INJECT_CLOCK_SET] = "a clock set",
    [INJECT_SHIM_LATE] = "a shim came late",
    [INJECT_SHIM_NEVER] = "a shim never came",
    [INJECT_LAUNCHER_BUSY] = "the launcher was busy",
    [INJECT_CANCEL] = "a cancel asked",
    [INJECT_PAUSE] = "an agent paused",
    [INJECT_STANDBY] = "all sent to sleep",
    [INJECT_REVOKE] = "an agent revoked",
    [INJECT_WINDOW] = "seeds with a window that closes",
    [INJECT_POLICY] = "seeds where a policy asks",
    [INJECT_SCHEDULE] = "seeds with a schedule",
    [INJECT_ANSWER] = "an approval answered",
    [INJECT_FILE] = "a file promised",
    [INJECT_PUBLICATION] = "a message published",
};

const char *inject_name(Inject inject)
{
    return names[inject];
}

void counts_add(Counts *counts, const Counts *more)
{
    uint64_t *to = (uint64_t *)counts;
    const uint64_t *from = (const uint64_t *)more;

    for (size_t i = 0; i < sizeof *counts / sizeof *to; i++)
        to[i] += from[i];
}

static void print_line(const char *what, uint64_t count)
{
    printf("  %-34s %12" PRIu64 "\n", what, count);
}

void counts_print(const Counts *counts)
{
    printf("simulation\n");
    print_line("seeds", counts->seeds);
    print_line("steps", counts->steps);
    print_line("messages through the broker", counts->messages);
    print_line("chats of people", counts->chats);
    print_line("runs", counts->runs);
    print_line("commands started", counts->starts);
    print_line("flagged unconfirmed on the way", counts->unconfirmed);
    print_line("let go after they waited", counts->gate_passed);
    printf("outcomes\n");
    for (int state = 0; state < RUN_STATE_COUNT; state++) {
        if (counts->outcomes[state] > 0)
            print_line(run_state_name((RunState)state), counts->outcomes[state]);
    }
    printf("injected\n");
    for (int inject = 0; inject < INJECT_COUNT; inject++)
        print_line(names[inject], counts->injected[inject]);
}
