/*
 * `llm` of config.json: the chain of language models, in the order in which they are asked. Where
 * the file says nothing, the chain is what the environment offers. The phrasebook stands behind
 * every chain and is not part of it.
 */
#ifndef AGENT1_PORT_MODEL_SETTINGS_H
#define AGENT1_PORT_MODEL_SETTINGS_H

#include "common/data/json.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MODEL_CHAIN_MAX 8

typedef enum {
    PROVIDER_OLLAMA,    /* /api/chat, lines of JSON */
    PROVIDER_OPENAI,    /* /chat/completions, server-sent events: llama.cpp, vLLM, LM Studio, … */
    PROVIDER_ANTHROPIC, /* /v1/messages, server-sent events */
} Provider;

typedef struct ModelSettings {
    int provider;   /* Provider */
    char *base_url; /* without a slash at its end */
    char *model;
    char *api_key; /* once the app has read it from its file or variable; NULL: none */
    char *api_key_file;
    char *api_key_env;
    char *ca_file;          /* NULL: the system's authorities */
    bool has_tools;         /* triggers are offered as tools, too: not every model takes them */
    int64_t timeout_ms;     /* to the first byte, and of silence after it; of embeddings: how long
                               a search waits for its vector */
    int64_t max_tokens;     /* of an answer */
    int64_t context_tokens; /* what one question may cost it */
} ModelSettings;

ModelSettings *model_settings_copy(const ModelSettings *model);
void model_settings_free(void *data);

/* The name of a provider as it is typed: "ollama". */
const char *provider_name(int provider);

typedef struct TalkSettings {
    GPtrArray *chain;          /* ModelSettings * */
    int64_t max_rounds;        /* how many times what a model looked up goes back to it */
    int64_t daily_tokens;      /* of everybody, in and out; 0: no limit */
    int64_t daily_user_tokens; /* of one user */
    ModelSettings *embeddings; /* makes the vectors of notes; NULL: nobody does */
    GPtrArray *refusals;       /* char *: further phrases that mean a model refused */
} TalkSettings;

void talk_settings_free(TalkSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TalkSettings, talk_settings_free)

/* What the environment of the process offers. */
typedef struct ModelEnvironment {
    const char *ollama_host;  /* OLLAMA_HOST, or NULL */
    const char *ollama_model; /* OLLAMA_MODEL, or NULL */
    bool has_anthropic_key;   /* ANTHROPIC_API_KEY is set */
} ModelEnvironment;

/* Reads the object; NULL means that the file has none: the chain is what the environment offers
 * (NULL: nothing). The caller owns the result. Warnings as in record_read(). */
TalkSettings *talk_settings_parse(const Json *object, const ModelEnvironment *environment,
                                  GPtrArray *warnings, GError **error);

#endif
