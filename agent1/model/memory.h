/*
 * What people have remembered: how keys are compared, what may be kept, and how words that somebody
 * looks for become a question to the full-text index. Who sees which note is flow/state/notes.h's.
 */
#ifndef AGENT1_MODEL_MEMORY_H
#define AGENT1_MODEL_MEMORY_H

#include <glib.h>
#include <stdbool.h>

/* The key as it is shown: one blank between words, composed characters. The caller owns it. */
char *memory_key(const char *typed);

/* The id of the row of a key: keys that differ only in case or blanks are the same. Of the note
 * that all share, or of the one that this owner keeps for himself. The caller owns it. */
char *memory_id(const char *typed, const char *owner);

/* Takes --private off what was typed in place of a key, wherever it stands there; in French
 * --privé, and with the dashes that phones make of two. The rest is the caller's. Returns a word
 * that is no option and was meant as one, which the caller owns, or NULL. */
char *memory_take_options(const char *typed, char **out_rest, bool *out_is_private);

/* Whether something stands before --private in a value that ends with it: it was meant for the key.
 */
bool memory_ends_private(const char *value);

/* What stands behind REMEMBER:, for a record that others may read: without what is kept for one
 * person alone. The caller owns it. */
char *memory_record(const char *rest);

typedef enum {
    MEMORY_IS_FINE,
    MEMORY_HAS_NO_KEY,
    MEMORY_KEY_HIDES,   /* hidden or control characters */
    MEMORY_VALUE_HIDES, /* the same */
    MEMORY_KEY_IS_LONG,
    MEMORY_VALUE_IS_LONG,
} MemoryFault;

/* Why a key or a value is not kept. */
MemoryFault memory_judge(const char *key, const char *value);

/* It looks like a password or the like, or tells of one: no model is shown it unasked, and of its
 * value no vector is made. */
bool memory_is_secret(const char *key, const char *value);

/* Words for QUERY_MEMORY_MATCH: each in quotes, so that none of them acts on the index, with a star
 * that also finds what begins so. NULL when the text holds no word. The caller owns it. */
char *memory_match(const char *typed);

#endif
