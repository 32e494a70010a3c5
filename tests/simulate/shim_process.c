#include "tests/simulate/shim_process.h"

#include "agent2/folder/decide.h"
#include "tests/simulate/truth.h"

#include <string.h>

#include "common/base/banned.h"

#define OUTPUT_TEXT  "done\n"
#define OUTPUT_LINES 60 /* more than is said in a message */

struct ShimProcess {
    Host *host;
    char *run;
    int64_t attempt;
    unsigned life;
    bool is_alive;
    bool has_lock;
    bool is_detached;
    bool is_running; /* its command was released */
    int64_t started_ms;
};

static void step_lock(void *owner, void *item);
static void step_claim(void *owner, void *item);
static char *make_output(const Sim *sim)
{
    GString *output = g_string_new(OUTPUT_TEXT);

    for (unsigned i = 1; sim->plan.has_files && i < OUTPUT_LINES; i++)
        g_string_append_printf(output, "line %u of what there is to tell\n", i);
    return g_string_free(output, FALSE);
}

static void step_release(void *owner, void *item);
static void step_write(void *owner, void *item);

static Sim *sim_of(const ShimProcess *shim)
{
    return host_sim(shim->host);
}

static void next(ShimProcess *shim, int64_t delay_ms, AgendaAct act, void *item)
{
    sim_later(sim_of(shim), delay_ms, act, shim, item, NULL, &shim->life);
}

static int64_t short_while(const ShimProcess *shim)
{
    return dice_between(&sim_of(shim)->dice, 0, 20);
}

/* Its folder, as long as it is the one that it was started on. */
static DiskFolder *folder_of(const ShimProcess *shim)
{
    return shim->is_detached ? NULL
                             : run_disk_find(host_disk(shim->host), shim->run, shim->attempt);
}

ShimProcess *shim_process_new(Host *host, const char *run, int64_t attempt, int64_t delay_ms)
{
    ShimProcess *shim = g_new0(ShimProcess, 1);

    shim->host = host;
    shim->run = g_strdup(run);
    shim->attempt = attempt;
    shim->is_alive = true;
    next(shim, delay_ms, step_lock, NULL);
    return shim;
}

void shim_process_free(void *data)
{
    ShimProcess *shim = data;

    g_free(shim->run);
    g_free(shim);
}

bool shim_process_is_alive(const ShimProcess *shim)
{
    return shim->is_alive;
}

bool shim_process_is_on(const ShimProcess *shim, const char *run, int64_t attempt)
{
    return !shim->is_detached && shim->attempt == attempt && strcmp(shim->run, run) == 0;
}

bool shim_process_holds_lock(const ShimProcess *shim)
{
    return shim->is_alive && shim->has_lock;
}

static void end(ShimProcess *shim)
{
    shim->life++;
    shim->is_alive = false;
    if (shim->has_lock && !shim->is_detached) {
        shim->has_lock = false;
        host_lock_closed(shim->host, shim->run, shim->attempt);
    }
}

/* The processes that it leaves behind end by themselves. */
static void end_survivors(void *owner, void *item)
{
    ShimProcess *shim = owner;
    DiskFolder *folder = folder_of(shim);

    (void)item;
    if (folder)
        folder->facts->has_survivors = false;
}

void shim_process_kill(ShimProcess *shim, bool with_host)
{
    DiskFolder *folder = folder_of(shim);
    Sim *sim = sim_of(shim);
    bool is_claimed = folder && folder->facts->facts.claim == CLAIM_STARTED &&
                      folder->facts->facts.exit == EXIT_NONE && shim->has_lock;

    if (!shim->is_alive)
        return;
    sim_trace(sim, "the shim of %s.%d is killed", shim->run, (int)shim->attempt);
    if (is_claimed)
        truth_lost(sim->truth, shim->run, shim->attempt);
    end(shim);
    if (is_claimed && shim->is_running && !with_host) {
        folder->facts->has_survivors = true;
        sim_later(sim, dice_between(&sim->dice, 0, 60 * SECOND_MS), end_survivors, shim, NULL, NULL,
                  &shim->life);
    }
}

/* True when it was struck here. */
static bool strikes(ShimProcess *shim)
{
    sim_of(shim)->counts->steps++;
    if (!sim_strikes(sim_of(shim), PROCESS_SHIM))
        return false;
    sim_count(sim_of(shim), INJECT_SHIM_CRASH);
    shim_process_kill(shim, false);
    return true;
}

void shim_process_detach(ShimProcess *shim)
{
    shim->is_detached = true;
}

/* ---- before the start ---- */

static ShimVerdict look(const ShimProcess *shim, const DiskFolder *folder)
{
    const ShimFacts facts = {
        .has_claim = folder->facts->facts.claim != CLAIM_NONE,
        .has_exit = folder->facts->facts.exit != EXIT_NONE,
        .has_cancel = folder->facts->has_cancel,
        .now_ms = host_now(shim->host),
        .expires_ms = folder->expires_ms,
        .window_end_ms = folder->window_end_ms,
    };

    return sim_of(shim)->mutant == MUTANT_CLAIM && !facts.has_exit ? SHIM_START
                                                                   : shim_decide(&facts);
}

static void make_claim(const ShimProcess *shim, DiskFolder *folder, ShimVerdict verdict)
{
    RunClaim claim;

    run_claim_init(&claim, shim_verdict_claim(verdict), host_boot_id(shim->host),
                   host_now(shim->host), NULL, NULL);
    run_disk_set_claim(folder, &claim);
    sim_trace(sim_of(shim), "the shim claims %s.%d: %s", shim->run, (int)shim->attempt,
              claim_kind_name(claim.kind));
    truth_claimed(sim_of(shim)->truth, shim->run, shim->attempt, claim.kind);
}

static void step_lock(void *owner, void *item)
{
    ShimProcess *shim = owner;
    DiskFolder *folder = folder_of(shim);
    ShimVerdict verdict;

    (void)item;
    if (!folder || !folder->facts->facts.has_task ||
        host_is_locked(shim->host, shim->run, shim->attempt)) {
        end(shim);
        return;
    }
    shim->has_lock = true;
    host_lock_taken(shim->host, shim->run, shim->attempt);
    if (strikes(shim))
        return;
    verdict = look(shim, folder);
    if (verdict == SHIM_START) {
        next(shim, short_while(shim), step_claim, NULL);
        return;
    }
    if (verdict != SHIM_OBEY)
        make_claim(shim, folder, verdict);
    end(shim);
}

/* The exit's room is reserved, everything that could fail is ready: looks again, and claims. */
static void step_claim(void *owner, void *item)
{
    ShimProcess *shim = owner;
    DiskFolder *folder = folder_of(shim);
    ShimVerdict verdict;

    (void)item;
    if (!folder || host_disk(shim->host)->is_full) {
        end(shim);
        return;
    }
    if (strikes(shim))
        return;
    verdict = look(shim, folder);
    if (verdict != SHIM_OBEY)
        make_claim(shim, folder, verdict);
    if (verdict != SHIM_START) {
        end(shim);
        return;
    }
    if (!strikes(shim))
        next(shim, short_while(shim), step_release, NULL);
}

/* ---- the command ---- */

static void plan_end(ShimProcess *shim, const DiskFolder *folder)
{
    Sim *sim = sim_of(shim);
    int64_t duration_ms = dice_between(&sim->dice, 1, sim->plan.task_max_ms);
    EndKind kind = dice_chance(&sim->dice, 50) ? END_SIGNALLED : END_EXITED;

    if (dice_chance(&sim->dice, 20))
        kind = END_START_FAILED;
    if (folder->timeout_ms > 0 && duration_ms >= folder->timeout_ms) {
        kind = END_TIMED_OUT;
        duration_ms = folder->timeout_ms;
    }
    next(shim, duration_ms, step_write, GINT_TO_POINTER((int)kind));
    if (folder->facts->has_cancel)
        shim_process_see_cancel(shim);
}

static void step_release(void *owner, void *item)
{
    ShimProcess *shim = owner;
    DiskFolder *folder = folder_of(shim);

    (void)item;
    shim->is_running = true;
    shim->started_ms = host_now(shim->host);
    truth_started(sim_of(shim)->truth, shim->run, shim->attempt);
    if (strikes(shim))
        return;
    if (folder) {
        folder->output = make_output(sim_of(shim));
        plan_end(shim, folder);
    } else {
        next(shim, short_while(shim), step_write, GINT_TO_POINTER(END_EXITED));
    }
}

void shim_process_see_cancel(ShimProcess *shim)
{
    Sim *sim = sim_of(shim);

    if (shim->is_alive && shim->is_running)
        next(shim, dice_between(&sim->dice, 0, 6 * SECOND_MS), step_write,
             GINT_TO_POINTER(END_CANCELLED));
}

/* ---- the end ---- */

static void fill_exit(const ShimProcess *shim, const DiskFolder *folder, RunExit *exit,
                      EndKind kind)
{
    Sim *sim = sim_of(shim);
    bool is_failure = dice_chance(&sim->dice, 250);

    *exit = (RunExit){ .kind = kind, .exit_code = -1 };
    if (kind == END_EXITED)
        exit->exit_code = is_failure ? 1 + (int64_t)dice_below(&sim->dice, 255) : 0;
    if (kind == END_SIGNALLED)
        exit->signal = 11;
    if (kind == END_START_FAILED)
        g_strlcpy(exit->reason, "exec: No such file or directory", sizeof exit->reason);
    exit->started_ms = shim->started_ms;
    exit->finished_ms = host_now(shim->host);
    exit->duration_ms = MAX(exit->finished_ms - exit->started_ms, 0);
    exit->output_bytes = exit->kept_bytes =
        (int64_t)strlen(folder->output ? folder->output : OUTPUT_TEXT);
}

static void step_unlock(void *owner, void *item)
{
    (void)item;
    if (!strikes(owner))
        end(owner);
}

/* The command ended; its exit appears at once and whole, by a rename. */
static void step_write(void *owner, void *item)
{
    ShimProcess *shim = owner;
    DiskFolder *folder = folder_of(shim);
    RunExit exit;

    shim->life++; /* another end that was planned does not come */
    if (strikes(shim))
        return;
    if (folder) {
        fill_exit(shim, folder, &exit, (EndKind)GPOINTER_TO_INT(item));
        folder->facts->end = exit;
        folder->facts->facts.exit = EXIT_READABLE;
        sim_trace(sim_of(shim), "the command of %s.%d ended: %s", shim->run, (int)shim->attempt,
                  end_kind_name(exit.kind));
        truth_exited(sim_of(shim)->truth, shim->run, shim->attempt, &exit);
    }
    next(shim, short_while(shim), step_unlock, NULL);
}
