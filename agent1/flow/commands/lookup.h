/*
 * What commands ask the store, and the beginning of what they say of its answer.
 */
#ifndef AGENT1_FLOW_COMMANDS_LOOKUP_H
#define AGENT1_FLOW_COMMANDS_LOOKUP_H

#include "agent1/flow/state/pending.h"
#include "agent1/flow/voice/turn.h"

/* Everything is borrowed. */
typedef struct Lookup {
    PendingContinue resume;
    const char *argument; /* what was typed, for the answer */
    QueryKind kind;
    const char *text;
    int64_t number;
    unsigned limit;
} Lookup;

/* Asks the store; says so when too many questions wait already. */
void lookup_ask(Core *core, Turn *turn, const Lookup *lookup);

/* The same for one run: by its ULID, or by its number where id is NULL. */
void lookup_ask_run(Core *core, Turn *turn, PendingContinue resume, const char *argument,
                    int64_t number, const char *id);

/* Too many questions wait. */
void lookup_say_busy(Turn *turn);

/* Begins the turn of an answer to lookup_ask_run(), which the caller finishes. The run is the
 * caller's; NULL: there is none, which is said: "7: no such run; <hint>". hint: a text with a
 * translation. */
Run *lookup_begin(Core *core, const Pending *pending, const GPtrArray *rows, const char *hint,
                  Turn *turn);
#define LOOKUP_HINT_RUNS    WORDS_LATER("!runs lists the last ones")
#define LOOKUP_HINT_PENDING WORDS_LATER("!pending lists what waits")

#endif
