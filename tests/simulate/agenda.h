/*
 * What will happen when, in simulated time: a heap of acts in order of their time, and of their
 * entry where the times are equal. An act of a process that died meanwhile does not take place: it
 * remembers in which of its lives the process asked for it.
 */
#ifndef TESTS_SIMULATE_AGENDA_H
#define TESTS_SIMULATE_AGENDA_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef void (*AgendaAct)(void *owner, void *item);

typedef struct AgendaEntry {
    int64_t at_ms;
    uint64_t order;
    AgendaAct act;
    void *owner;
    void *item; /* the act's; freed after it with free_item */
    GDestroyNotify free_item;
    const unsigned *life; /* NULL: it takes place in any case */
    unsigned expected;
} AgendaEntry;

typedef struct Agenda {
    GArray *heap; /* AgendaEntry */
    uint64_t order;
} Agenda;

void agenda_init(Agenda *agenda);
void agenda_clear(Agenda *agenda);

/* life may be NULL; free_item may be NULL when the item is not the agenda's. */
void agenda_add(Agenda *agenda, int64_t at_ms, AgendaAct act, void *owner, void *item,
                GDestroyNotify free_item, const unsigned *life);

/* INT64_MAX: nothing is planned. */
int64_t agenda_next_ms(const Agenda *agenda);

/* Takes the first entry out and does it. */
void agenda_do_next(Agenda *agenda);

#endif
