/*
 * What makes agentctl stop waiting: Ctrl-C, or a request to end (SIGTERM, SIGHUP). Belongs to the
 * main loop.
 */
#ifndef AGENT1_CLI_INTERRUPT_H
#define AGENT1_CLI_INTERRUPT_H

#include <glib.h>
#include <stdbool.h>

typedef struct Interrupt {
    bool is_raised;             /* until somebody takes it back */
    int end_signal;             /* that asked the program to end; 0: none did */
    void (*raised)(void *data); /* called each time */
    void *data;
    guint sources[3];
} Interrupt;

/* Takes over the three signals. */
void interrupt_init(Interrupt *interrupt, void (*raised)(void *data), void *data);
void interrupt_clear(Interrupt *interrupt);

#endif
