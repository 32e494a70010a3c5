/*
 * What single words and fixed turns of English and French mean to the phrasebook: one table of
 * concepts. Words are in lower case and without accents. Pure.
 */
#ifndef AGENT1_PHRASES_LEXICON_H
#define AGENT1_PHRASES_LEXICON_H

#include <stdbool.h>
#include <stddef.h>

/* Says nothing: politeness, articles, prepositions. */
#define CONCEPT_FILLER "filler"

/* The concept of a word, or NULL. Static. */
const char *lexicon_concept(const char *word);

/* The concept of the longest turn ("mises a jour") at the beginning of the words; *out_count is how
 * many words it has. NULL: none. */
const char *lexicon_turn(const char *const *words, size_t count, size_t *out_count);

/* True for the names of services that need no "service" beside them. */
bool lexicon_is_service(const char *word);

/* True for programs that "run" may be followed by without quotes; for those that destroy. */
bool lexicon_is_program(const char *word);
bool lexicon_is_destructive(const char *word);

/* True when the word stands in a list that is separated by spaces. */
bool lexicon_list_has(const char *list, const char *word);

#endif
