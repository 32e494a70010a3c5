/*
 * What people have remembered: how keys are compared, what may be kept, and how words that somebody
 * looks for become a question to the full-text index. Where it is kept is flow/trigger_memory.c's.
 */
#ifndef AGENT1_MODEL_MEMORY_H
#define AGENT1_MODEL_MEMORY_H

#include <glib.h>
#include <stdbool.h>

/* The key as it is shown: one blank between words, composed characters. The caller owns it. */
char *memory_key(const char *typed);

/* The id of a key's row: keys that differ only in case or blanks are the same. The caller owns it.
 */
char *memory_id(const char *typed);

/* Why a key or a value is not kept, or NULL. The caller owns it. */
char *memory_judge(const char *key, const char *value);

/* Words for QUERY_MEMORY_MATCH: each in quotes, so that none of them acts on the index, with a star
 * that also finds what begins so. NULL when the text holds no word. The caller owns it. */
char *memory_match(const char *typed);

#endif
