/*
 * Where text that a language model was shown came from, when others may have written it: named to
 * the person whom such a model wants to act for.
 */
#ifndef AGENT1_FLOW_STATE_SOURCES_H
#define AGENT1_FLOW_STATE_SOURCES_H

#include "agent1/flow/state/core_state.h"
#include "common/wire/command.h"

/* Bits; 0: nothing from outside. They are kept in rows (TURNS_IS_TAINTED), so that none changes its
 * meaning. */
enum {
    SOURCE_SOMEWHERE = 1 << 0, /* not known any more */
    SOURCE_QUOTATION = 1 << 1,
    SOURCE_NOTE = 1 << 2,
    SOURCE_PAGE = 1 << 3,
    SOURCE_SEARCH = 1 << 4,
    SOURCE_OUTPUT = 1 << 5, /* of tasks */
    SOURCE_SCHEDULES = 1 << 6,
};

/* What such a look-up brings. */
unsigned sources_of_look(Trigger trigger);

/* "a note and the output of a task"; the caller owns it. */
char *sources_text(const Core *core, unsigned sources);

#endif
