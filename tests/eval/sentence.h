/*
 * A sentence of a person with the agents that it may be about, and what it means: one line of a
 * file for `make eval`.
 */
#ifndef TESTS_EVAL_SENTENCE_H
#define TESTS_EVAL_SENTENCE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "agent1/phrases/phrasebook.h"
#include "common/data/json.h"

#define SENTENCE_AGENTS_MAX 32

/* "want" that is to be asked about, or is too dangerous to be done at once. */
#define WANT_ASK "ask"

typedef struct Sentence {
    Json *json;
    const char *language; /* "en" */
    const char *text;
    char *want;                        /* its lines, or WANT_ASK, or "" */
    char **names[SENTENCE_AGENTS_MAX]; /* the name, then labels */
    PhraseAgent agents[SENTENCE_AGENTS_MAX];
    unsigned agent_count;
} Sentence;

/* Lines as one text: "DELEGATE: web1 | uptime // REPORT:". */
#define SENTENCE_BETWEEN " // "

/* False when the line is none; the sentence is to be cleared all the same. */
bool sentence_init(Sentence *sentence, const char *line, GError **error);
void sentence_clear(Sentence *sentence);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sentence, sentence_clear)

#endif
