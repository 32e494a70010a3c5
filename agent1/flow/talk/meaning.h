/*
 * What a whole answer of a language model means: the words are said, the triggers are done as the
 * person who asked, by the same handlers and the same gate as typed ones.
 */
#ifndef AGENT1_FLOW_TALK_MEANING_H
#define AGENT1_FLOW_TALK_MEANING_H

#include "agent1/flow/voice/turn.h"

/* A trigger that only looks, for the model. */
typedef struct Look {
    Trigger trigger;
    char *rest;
} Look;

typedef struct Meaning {
    bool is_tainted;       /* text from outside stood before the answer: what acts is asked about */
    unsigned sources;      /* where it came from (agent1/flow/state/sources.h) */
    bool may_look;         /* what its look-ups bring goes back to it; else the person is told */
    const char *addresses; /* a READ: of another address than one that stands here acts, and so does
                            * a SEARCH: for other words: what they are made of would leave the
                            * house. NULL: neither does */
    bool has_acted;   /* an earlier answer of this talk did something; afterwards: or this one */
    GPtrArray *looks; /* out: Look *, in their order, for the caller to do */
} Meaning;

void meaning_init(Meaning *meaning);
void meaning_clear(Meaning *meaning);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Meaning, meaning_clear)

/* Says and does it in this turn. */
void meaning_act(Core *core, Turn *turn, const char *answer, Meaning *meaning);

#endif
