/*
 * One clause of a sentence: whom it means, when, the task that it spells out, what it names, and
 * the one intent that explains all its words. Pure.
 */
#ifndef AGENT1_PHRASES_CLAUSE_H
#define AGENT1_PHRASES_CLAUSE_H

#include "agent1/phrases/intents.h"
#include "agent1/phrases/phrasebook.h"
#include "agent1/phrases/sentence.h"
#include "common/data/time_spec.h"

#include <glib.h>
#include <stdbool.h>

#define CLAUSE_WORDS_MAX 120

/* What one clause holds. */
typedef struct Clause {
    GPtrArray *words; /* Word *, borrowed */
    bool used[CLAUSE_WORDS_MAX];
    char *target;
    bool has_when;
    TimeSpec when;
    char *wrong_when; /* one that is none, as typed */
    char *literal;
    char *service, *number, *key, *fingerprint, *topic, *message;
    const char *day;
    const Intent *intent; /* NULL: something in it is not understood */
    bool is_destructive;  /* its task */
} Clause;

Clause *clause_new(void);
void clause_free(Clause *clause);

/* Reads the words that were added. *out_is_several: more than one target was named. */
void clause_understand(Clause *clause, const PhraseFacts *facts, bool *out_is_several);

/* The form of an intent with its slots filled; NULL where one is empty. The caller owns it. */
char *clause_fill(const Clause *clause, const char *form);

#endif
