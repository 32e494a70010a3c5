/*
 * One sentence of a person as words with their concepts: lower case, accents and elisions gone,
 * quoted text apart, fixed turns as one word. Pure.
 */
#ifndef AGENT1_PHRASES_SENTENCE_H
#define AGENT1_PHRASES_SENTENCE_H

#include <glib.h>
#include <stdbool.h>

#define SENTENCE_MAX_CHARS 400

typedef struct Word {
    char *text;  /* as typed; of a quotation what stands in it */
    char *plain; /* in lower case, without accents */
    const char
        *concept; /* of the lexicon; "number", "quote", "comma", "colon", "stop"; NULL: unknown */
    const char *end; /* where it ends in the text */
    const char *start;
    size_t taken; /* how many words its turn has; 1: it is none */
} Word;

/* Word *, freed with the array; start and end point into the text. */
GPtrArray *sentence_read(const char *text);

#endif
