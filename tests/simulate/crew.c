#include "tests/simulate/crew.h"

#include <glib.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/banned.h"

#define PROCESSES_MAX 64

/* What the processes share. */
typedef struct Member {
    uint64_t seed; /* the one in hand */
    bool is_broken;
    Broken broken;
    Counts counts;
} Member;

typedef struct Shared {
    _Atomic uint64_t next;
    _Atomic bool is_over;
    Member members[PROCESSES_MAX];
} Shared;

static void work(Shared *shared, Member *member, uint64_t end, Mutant mutant)
{
    while (!atomic_load(&shared->is_over)) {
        uint64_t seed = atomic_fetch_add(&shared->next, 1);

        if (seed >= end)
            return;
        member->seed = seed;
        if (!seed_run(seed, mutant, NULL, &member->counts, &member->broken)) {
            member->is_broken = true;
            atomic_store(&shared->is_over, true);
        }
    }
}

static pid_t begin(Shared *shared, Member *member, uint64_t end, Mutant mutant)
{
    pid_t pid = fork();

    if (pid < 0)
        g_error("cannot make a process");
    if (pid == 0) {
        work(shared, member, end, mutant);
        _exit(EXIT_SUCCESS);
    }
    return pid;
}

static void take(const Member *member, int status, CrewResult *out)
{
    bool is_dead = !WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS;

    counts_add(&out->counts, &member->counts);
    if ((!member->is_broken && !is_dead) || (out->is_broken && out->seed < member->seed))
        return;
    out->is_broken = true;
    out->seed = member->seed;
    out->broken = member->broken;
    if (!is_dead)
        return;
    out->broken.promise = PROMISE_SURVIVES;
    g_snprintf(out->broken.problem, sizeof out->broken.problem, "the process ended with %s %d",
               WIFSIGNALED(status) ? "signal" : "status",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

void crew_run(uint64_t first, uint64_t count, unsigned processes, Mutant mutant, CrewResult *out)
{
    pid_t pids[PROCESSES_MAX];
    Shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        g_error("cannot share memory");
    processes = CLAMP(processes, 1, PROCESSES_MAX);
    memset(out, 0, sizeof *out);
    atomic_store(&shared->next, first);
    for (unsigned i = 0; i < processes; i++)
        pids[i] = begin(shared, &shared->members[i], first + count, mutant);
    for (unsigned i = 0; i < processes; i++) {
        int status = 0;

        if (waitpid(pids[i], &status, 0) != pids[i])
            g_error("a process is lost");
        if (!WIFEXITED(status))
            atomic_store(&shared->is_over, true);
        take(&shared->members[i], status, out);
    }
    munmap(shared, sizeof *shared);
}
