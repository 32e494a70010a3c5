/*
 * The vectors of notes (`llm.embeddings`): each is made after its note was stored, and made anew
 * when the note or the model changes, some at a time. Whoever makes them may fail: then nobody asks
 * and nobody waits, and after a rest, longer each time, any text is tried, until one gets its
 * vector. After a call that fails its notes are asked about one at a time, so that none of them
 * keeps the others from it. A note that is refused while any text would do has a row without a
 * vector, and is asked about no more until it changes, or people change files. After some such
 * notes in a row whoever makes vectors fails, whatever any text gets, and is tried with notes, one
 * after each rest. Nothing of this is in memory but what is under way, and who fails.
 */
#ifndef AGENT1_FLOW_STATE_VECTORS_H
#define AGENT1_FLOW_STATE_VECTORS_H

#include "agent1/flow/state/core_state.h"

/* How the vectors are told apart by what made them; NULL: nobody makes any. The caller owns it. */
char *vectors_model(const Core *core);

/* True when somebody makes vectors, and does not fail as far as anybody knows. */
bool vectors_can_ask(const Core *core);

/* Of one text, for somebody who waits for so long; answered by EVENT_EMBEDDED. Somebody must make
 * vectors. */
void vectors_ask(Core *core, const char *id, const char *text);
int64_t vectors_wait_ms(const Core *core);

/* How that went. */
void vectors_tell(Core *core, const EmbedNews *news);

/* A note is new, or the configuration may be. */
void vectors_look_soon(Core *core);
void vectors_configured(Core *core);
/* … by people, who may have mended why notes were refused: each is tried once more. */
void vectors_try_refused(Core *core);

/* EVENT_EMBEDDED of what was asked here; false: it is of something else. */
bool vectors_take(Core *core, const EmbedNews *news);

void vectors_clear(Core *core);

void vectors_tick(Core *core);
int64_t vectors_next_deadline(const Core *core);

#endif
