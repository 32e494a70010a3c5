/*
 * Whom a sentence means: agents by name, several with "and" between, all of them, or those of a
 * label ("all web servers"). Pure.
 */
#ifndef AGENT1_PHRASES_WHO_H
#define AGENT1_PHRASES_WHO_H

#include "agent1/phrases/phrasebook.h"

#include <glib.h>

/* The target as it is typed ("web1,web2", "all", "role=web"), or NULL; its words are marked in
 * is_used. *out_is_several: more than one target was named. The caller owns it. */
char *who_find(const PhraseFacts *facts, const GPtrArray *words, bool *is_used,
               bool *out_is_several);

/* The agent whose name is nearest to a word that is none of them, borrowed; or NULL. A word with a
 * number at its end looks like a name even when none is near: *out_looks_so. */
const char *who_nearest(const PhraseFacts *facts, const char *word, bool *out_looks_so);

#endif
