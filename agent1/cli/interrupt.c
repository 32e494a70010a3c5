#include "agent1/cli/interrupt.h"

#include <glib-unix.h>
#include <signal.h>

#include "common/base/banned.h"

static void raise_it(Interrupt *interrupt)
{
    interrupt->is_raised = true;
    interrupt->raised(interrupt->data);
}

static gboolean on_interrupt(gpointer data)
{
    raise_it(data);

    return G_SOURCE_CONTINUE;
}

static gboolean on_terminate(gpointer data)
{
    Interrupt *interrupt = data;

    interrupt->end_signal = SIGTERM;
    raise_it(interrupt);

    return G_SOURCE_CONTINUE;
}

static gboolean on_hang_up(gpointer data)
{
    Interrupt *interrupt = data;

    interrupt->end_signal = SIGHUP;
    raise_it(interrupt);

    return G_SOURCE_CONTINUE;
}

void interrupt_init(Interrupt *interrupt, void (*raised)(void *data), void *data)
{
    *interrupt = (Interrupt){ .raised = raised, .data = data };
    interrupt->sources[0] = g_unix_signal_add(SIGINT, on_interrupt, interrupt);
    interrupt->sources[1] = g_unix_signal_add(SIGTERM, on_terminate, interrupt);
    interrupt->sources[2] = g_unix_signal_add(SIGHUP, on_hang_up, interrupt);
}

void interrupt_clear(Interrupt *interrupt)
{
    for (size_t i = 0; i < G_N_ELEMENTS(interrupt->sources); i++)
        g_source_remove(interrupt->sources[i]);
}
