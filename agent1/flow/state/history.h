/*
 * What people and models said to each other, by conversation: of one person through one door, or
 * in one room. A bounded number of turns is kept for a day; `!reset` forgets them.
 * What pages, agents and strangers wrote is no turn; what a model said after it had read such text
 * is a tainted one, and so is what a person quoted.
 */
#ifndef AGENT1_FLOW_STATE_HISTORY_H
#define AGENT1_FLOW_STATE_HISTORY_H

#include "agent1/flow/state/core_state.h"

/* Whose turns a message belongs to. The caller owns it. */
char *history_conversation(const Speaker *speaker);

/* sources: what stood before it (agent1/flow/state/sources.h); 0: it is not tainted. */
void history_add(Core *core, const char *conversation, ModelSpeaker speaker, const char *text,
                 unsigned sources);

/* The last turns that fit into so many tokens, the oldest first, beginning with a person's: added
 * to words (ModelWords *). The sources of all of them. */
unsigned history_recall(const Core *core, const char *conversation, int64_t tokens,
                        GPtrArray *words);

/* A turn of the last day is tainted. */
bool history_is_tainted(const Core *core, const char *conversation);

/* What of a conversation is worth a summary: its older turns, when all of them together cost more
 * than so many tokens or are nearly as many as are kept. The id of the last one to be summed up,
 * the caller's; NULL: it is short. */
char *history_long(const Core *core, const char *conversation, int64_t tokens);

/* Adds the turns up to that one to words, as many of the last of them as fit into so many tokens.
 * Their sources. */
unsigned history_recall_until(const Core *core, const char *conversation, const char *last_id,
                              int64_t tokens, GPtrArray *words);

/* One text in place of all turns up to that one; nothing when they are gone meanwhile. */
void history_sum_up(Core *core, const char *conversation, const char *last_id, const char *text,
                    unsigned sources);

/* Returns how many turns there were. */
unsigned history_forget(Core *core, const char *conversation);

/* Drops what is older than a day. It looks at every turn: for now and then. */
void history_forget_old(Core *core);

/* About how many tokens a text costs: models differ, and none tells beforehand. */
int64_t history_tokens(const char *text);

#endif
