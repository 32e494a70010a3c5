/*
 * Asks a language model as agent1 does, over HTTP, and reads what its answer asks for.
 */
#ifndef TESTS_EVAL_ASKER_H
#define TESTS_EVAL_ASKER_H

#include <glib.h>
#include <stdbool.h>

#include "tests/eval/sentence.h"

typedef struct AskerOptions {
    const char *provider; /* as in config.json */
    const char *model;    /* NULL: the provider's usual one */
    const char *base_url; /* NULL: the provider's usual one */
    int timeout_s;        /* to the first byte, and of silence after it */
} AskerOptions;

typedef struct Asker Asker;

/* The key is that of the environment: ANTHROPIC_API_KEY, OPENAI_API_KEY, OLLAMA_API_KEY. */
Asker *asker_new(const AskerOptions *options, GError **error);
void asker_free(Asker *asker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Asker, asker_free)

/* "ollama qwen2.5:7b-instruct". */
const char *asker_name(const Asker *asker);

typedef struct Asked {
    char *lines;  /* the triggers that count, as Sentence.want has them */
    char *remark; /* what else is to be known of the answer; "" for nothing */
    bool acts;    /* one of them does more than look */
    bool is_none; /* it is no answer: agent1 would ask the next model */
} Asked;

void asked_clear(Asked *asked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* False when the model cannot be asked: nor could it be for the sentences behind this one. */
bool asker_ask(Asker *asker, const Sentence *sentence, Asked *out, GError **error);

#endif
