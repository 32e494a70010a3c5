/*
 * What commands ask the store, and the beginning of what they say of its answer.
 */
#ifndef AGENT1_FLOW_COMMANDS_LOOKUP_H
#define AGENT1_FLOW_COMMANDS_LOOKUP_H

#include "agent1/flow/state/pending.h"
#include "agent1/flow/voice/turn.h"
#include "agent1/model/plan.h"

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

/* The same for a plan that is not live, by its number. */
void lookup_ask_plan(Core *core, Turn *turn, PendingContinue resume, int64_t number);

/* Too many questions wait. */
void lookup_say_busy(Turn *turn);

/* Begins the turn of an answer to lookup_ask_run(), which the caller finishes. The run is the
 * caller's; NULL: there is none, which is said: "7: no such run; <hint>". hint: a text with a
 * translation. */
Run *lookup_begin(Core *core, const Pending *pending, const GPtrArray *rows, const char *hint,
                  Turn *turn);
/* The same for lookup_ask_plan(). NULL: "p7: no such plan; !runs lists the last runs" is said. */
Plan *lookup_begin_plan(Core *core, const Pending *pending, const GPtrArray *rows, Turn *turn);

#define LOOKUP_HINT_RUNS    WORDS_LATER("!runs lists the last ones")
#define LOOKUP_HINT_PENDING WORDS_LATER("!pending lists what waits")

#endif
