#include "tests/simulate/sim.h"

#include "common/wire/key.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/banned.h"

void sim_trace(Sim *sim, const char *format, ...)
{
    va_list arguments;

    if (!sim->trace)
        return;

    fprintf(sim->trace, "%9.3f ", (double)sim->now_ms / 1000);
    va_start(arguments, format);
    vfprintf(sim->trace, format, arguments);
    va_end(arguments);
    fputc('\n', sim->trace);
}

void sim_break(Sim *sim, Promise promise, const char *format, ...)
{
    va_list arguments;

    if (sim->is_broken)
        return;

    sim->is_broken = true;
    sim->promise = promise;
    va_start(arguments, format);
    sim->problem = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sim_trace(sim, "BROKEN: %s: %s", promise_text(promise), sim->problem);
}

bool sim_strikes(Sim *sim, Process process)
{
    if (sim->is_healed || sim->plan.crashes_left[process] == 0 ||
        !dice_chance(&sim->dice, sim->plan.crash_permille[process]))
        return false;

    sim->plan.crashes_left[process]--;
    return true;
}

void sim_count(Sim *sim, Inject inject)
{
    sim->counts->injected[inject]++;
}

void sim_later(Sim *sim, int64_t delay_ms, AgendaAct act, void *owner, void *item,
               GDestroyNotify free_item, const unsigned *life)
{
    agenda_add(&sim->agenda, sim->now_ms + MAX(delay_ms, 0), act, owner, item, free_item, life);
}

char *sim_key(uint8_t byte)
{
    Key key;

    memset(key.bytes, byte, sizeof key.bytes);
    return key_print(&key);
}
