/*
 * Notes: what people have remembered, as far as it is in memory: the keys, with whom each is for.
 * The values are in the store. Who may see which note is decided here.
 */
#ifndef AGENT1_FLOW_STATE_NOTES_H
#define AGENT1_FLOW_STATE_NOTES_H

#include "agent1/flow/state/core_state.h"

/* Whose private notes this speaker may see: his own, where nobody else hears the answer. NULL: none
 * are to be seen here. Borrowed. */
const char *notes_owner(const Speaker *speaker);

/* The key of this id, a row of TABLE_MEMO_KEYS, or NULL. Borrowed. */
const Row *notes_find(const Core *core, const char *id);

bool notes_is_private(const Row *row); /* of either table */

/* The speaker keeps a note of his own under this key, be it that nobody may hear of it here. */
bool notes_has_own(const Core *core, const Speaker *speaker, const char *key);
bool notes_has_shared(const Core *core, const char *key);

/* The keys that this speaker may see: rows of TABLE_MEMO_KEYS, borrowed; the caller unrefs the
 * array.
 */
GPtrArray *notes_seen(const Core *core, const Speaker *speaker);

/* Whether a model that reads this note (a row of TABLE_MEMORIES) for the speaker has to wait for a
 * person before it acts. Not when the speaker typed it by hand, outside of all that others wrote,
 * and it holds nothing but words. */
bool notes_taints(const Speaker *speaker, const Row *row);

/* Why no further note of this user fits, as a limit: how many there may be; 0: one does.
 * *out_is_own: it is the limit of each user. */
unsigned notes_limit(const Core *core, const char *user, bool *out_is_own);

/* A note and its key: a row of TABLE_MEMORIES, taken over. */
void notes_put(Core *core, Row *row);
void notes_remove(Core *core, const char *id);

/* A note was told to somebody who asked. Its row does not cost a sync: it says so with the next
 * notes_write_recalled(). */
void notes_recall(Core *core, const char *id);

/* Once in a while, and in a turn that stores other rows as well. */
void notes_write_recalled(Core *core);

#endif
